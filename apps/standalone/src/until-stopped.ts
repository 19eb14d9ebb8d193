/**
 * Runs a program until it ends or is told to stop: by SIGINT, SIGTERM, SIGHUP, or by the end of the process that started
 * it over an IPC channel. A second signal ends it at once. Then the process exits: 0, or 1 when the program failed.
 */
export const untilStopped = async (usage: string, program: (interrupted: AbortSignal) => Promise<void>): Promise<never> => {
  const stopping = new AbortController();
  const stop = (): void => (stopping.signal.aborted ? process.exit(1) : stopping.abort());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  if (process.connected) process.on('disconnect', () => stopping.abort());
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    process.stdout.write(`${usage}\n`);
    return process.exit(0);
  }
  try {
    await program(stopping.signal);
    return process.exit(0);
  } catch (error) {
    process.stderr.write(`\n${explained(error, usage)}\n`);
    return process.exit(isUsage(error) ? 2 : 1);
  }
};

const isUsage = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

/** Errors that are meant for people bring a name of their own; of others the stack is what helps. */
const explained = (error: unknown, usage: string): string => {
  if (!(error instanceof Error)) return String(error);
  if (isUsage(error)) return `${error.message}\n\n${usage}`;
  return error.name === 'Error' || error.name === 'TypeError' ? (error.stack ?? error.message) : error.message;
};
