/** Jest's global teardown: stops what the global setup started. */
export default async function stopServers() {
  await Promise.all((globalThis.inquestTestServers ?? []).map((server) => server?.stop()));
}
