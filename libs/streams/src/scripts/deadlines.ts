import { z } from 'zod';
import { Script } from './script.js';

const nowMs = `
local function nowMs()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
`;

/** Epoch ms of this server, given as such or counted from now; the other is ''. */
export const momentOf = `${nowMs}
local function momentOf(atMs, inMs)
  return atMs ~= '' and atMs or string.format('%.0f', nowMs() + tonumber(inMs))
end
`;

/** KEYS: deadlines. ARGV: session, epoch ms or '', ms from now or ''. The earlier of two moments stays. */
export const armScript = new Script(
  'aiopsArm',
  1,
  `${momentOf}
return redis.call('ZADD', KEYS[1], 'LT', momentOf(ARGV[2], ARGV[3]), ARGV[1])
`,
  z.coerce.number(),
);

/** KEYS: deadlines. ARGV: lease in ms, limit. Whoever claims has the sessions to itself until the lease ends. */
export const claimDueScript = new Script(
  'aiopsClaimDue',
  1,
  `${nowMs}
local now = nowMs()
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', '0', ARGV[2])
for _, session in ipairs(due) do redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[1])), session) end
return due
`,
  z.array(z.string()),
);
