import type { Server } from 'node:http';

/** Seldom enough to cost nothing, often enough for limits of seconds. */
const LOOK_EVERY_MS = 500;
const IDLE_MS = 5_000;
/** Headers are a few packets; who takes longer for them than for a body means no good. */
const HEADERS_SHARE = 3;

/**
 * A request has to arrive within `requestMs`, its headers in a third of that; else it is answered 408 and its connection closed.
 * To be called before the server listens. Answers may take as long as they like: followers of a session wait for hours.
 */
export const boundArrival = (server: Server, requestMs: number): void => {
  server.requestTimeout = requestMs;
  server.headersTimeout = Math.ceil(requestMs / HEADERS_SHARE);
  server.keepAliveTimeout = IDLE_MS;
  // An option of `createServer`, which Nest calls without any; it is read when the server begins to listen.
  Object.assign(server, { connectionsCheckingInterval: LOOK_EVERY_MS });
};
