import type { Server } from 'node:http';

const LOOK_EVERY_MS = 25;

/** Stops listening and resolves when the requests in flight are answered, or after `patienceMs`. */
export const drain = async (server: Server, patienceMs: number): Promise<void> => {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that is kept alive counts as open until somebody closes it after its last answer.
  const sweeping = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS);
  const patience = new Promise<void>((resolve) => setTimeout(resolve, patienceMs).unref());
  await Promise.race([closed, patience]);
  clearInterval(sweeping);
};
