import { z } from 'zod';
import { Script } from './script.js';

/**
 * Builds a session's stream beside the old one and renames it into its place, so that no reader sees half of it.
 *
 * KEYS: stream, answers, stream beside, answers beside; all in one slot.
 * ARGV: replace, closed, number of groups, groups…, then per entry: id, seq, key, type, role, body, traceparent.
 */
const lua = `
local stream, answers, newStream, newAnswers = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local sound = redis.call('TYPE', stream).ok == 'stream' and redis.call('TYPE', answers).ok == 'hash'
if ARGV[1] ~= '1' and sound then return 0 end
redis.call('DEL', newStream, newAnswers)
local firstEntry = 4 + tonumber(ARGV[3])
for i = 4, firstEntry - 1 do redis.call('XGROUP', 'CREATE', newStream, ARGV[i], '0', 'MKSTREAM') end
local last, highest = '', 0
for i = firstEntry, #ARGV, 7 do
  last = redis.call('XADD', newStream, ARGV[i], 'seq', ARGV[i + 1], 'type', ARGV[i + 3], 'role', ARGV[i + 4],
    'body', ARGV[i + 5], 'traceparent', ARGV[i + 6])
  redis.call('HSET', newAnswers, ARGV[i + 2], last)
  highest = math.max(highest, tonumber(ARGV[i + 1]))
end
redis.call('HSET', newAnswers, '#seq', string.format('%d', highest))
if ARGV[2] == '1' then redis.call('HSET', newAnswers, '#closed', last) end
redis.call('RENAME', newStream, stream)
redis.call('RENAME', newAnswers, answers)
return 1
`;

export const rebuildScript = new Script('aiopsRebuild', 4, lua, z.coerce.number());
