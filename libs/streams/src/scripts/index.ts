import { armScript, claimDueScript } from './deadlines.js';
import { leaveScript, pressureScript, trimScript } from './inbox.js';
import { acknowledgeScript, expireScript, leftBehindScript } from './many-sessions.js';
import { publishScript, storeScript, type StoreReply } from './publish.js';
import { rebuildScript } from './rebuild.js';

const all = [
  ...[publishScript, storeScript, rebuildScript, acknowledgeScript, expireScript, leftBehindScript],
  ...[armScript, claimDueScript, trimScript, pressureScript, leaveScript],
];

/** What ioredis wants to know of every script when a connection is made. */
export const scriptDefinitions = Object.fromEntries(all.map(({ name, definition }) => [name, definition]));

export { acknowledgeScript, armScript, claimDueScript, expireScript, leaveScript, leftBehindScript };
export { pressureScript, publishScript, rebuildScript, storeScript, trimScript };
export type { StoreReply };
