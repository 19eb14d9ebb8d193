import { z } from 'zod';
import { Script } from './script.js';

/**
 * Takes entries off the pending lists of one group in many streams. KEYS: streams. ARGV: group, then per stream the number of ids
 * before the ids. Answers the place and the error of each stream that could not: what stands at its key is none.
 */
export const acknowledgeScript = new Script(
  'aiopsAcknowledge',
  undefined,
  `
local failed, at = {}, 2
for i, stream in ipairs(KEYS) do
  local last = at + tonumber(ARGV[at])
  local reply = redis.pcall('XACK', stream, ARGV[1], unpack(ARGV, at + 1, last))
  if type(reply) == 'table' then
    if not string.find(reply.err, 'WRONGTYPE', 1, true) then return reply end
    failed[#failed + 1] = { i, reply.err }
  end
  at = last + 1
end
return failed
`,
  z.array(z.tuple([z.coerce.number(), z.string()])),
);

/** KEYS: any. ARGV: seconds until they go. */
export const expireScript = new Script(
  'aiopsExpire',
  undefined,
  `for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[1]) end`,
  z.null(),
);
