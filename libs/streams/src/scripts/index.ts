import { armScript, claimDueScript } from './deadlines.js';
import { leaveScript, pressureScript, trimScript } from './inbox.js';
import { publishScript } from './publish.js';
import { rebuildScript } from './rebuild.js';

const all = [publishScript, rebuildScript, armScript, claimDueScript, trimScript, pressureScript, leaveScript];

/** What ioredis wants to know of every script when a connection is made. */
export const scriptDefinitions = Object.fromEntries(all.map(({ name, numberOfKeys, lua }) => [name, { numberOfKeys, lua }]));

export { armScript, claimDueScript, leaveScript, pressureScript, publishScript, rebuildScript, trimScript };
