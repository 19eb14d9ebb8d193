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

/**
 * Whose keys do not expire, or of which one of the groups has something pending though they do. KEYS: per session its stream and its
 * answers. ARGV: per session 1 when its pending lists count, else 0; then the groups. Answers their places, from 1.
 */
export const leftBehindScript = new Script(
  'aiopsLeftBehind',
  undefined,
  `
local left, never, gone = {}, -1, -2
local sessions = #KEYS / 2
local hasPending = function(stream)
  for at = sessions + 1, #ARGV do
    local reply = redis.pcall('XPENDING', stream, ARGV[at])
    if not reply.err then
      if reply[1] > 0 then return true end
    -- The stream or the group may have gone meanwhile.
    elseif not string.find(reply.err, 'NOGROUP', 1, true) then return reply end
  end
  return false
end
for i = 1, sessions do
  local stream = KEYS[2 * i - 1]
  local expires = redis.call('PTTL', stream)
  local is_left = expires == never or redis.call('PTTL', KEYS[2 * i]) == never
  if not is_left and expires ~= gone and ARGV[i] == '1' then is_left = hasPending(stream) end
  if type(is_left) == 'table' then return is_left end
  if is_left then left[#left + 1] = i end
end
return left
`,
  z.array(z.number()),
);
