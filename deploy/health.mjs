/** Whether the service in this container is alive (`node deploy/health.mjs`) or ready (`… readyz`), for engines without HTTP probes. */
const door = process.argv[2] ?? 'healthz';
try {
  const { status } = await fetch(`http://127.0.0.1:${process.env.PORT || 8080}/${door}`, { signal: AbortSignal.timeout(2_000) });
  process.exitCode = status === 200 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
