import { z } from 'zod';
import { Script } from './script.js';

/** XINFO answers a list of name, value, name, value. */
const readGroups = `
local function groupsOf(key)
  if redis.call('EXISTS', key) == 0 then return {} end
  local groups = {}
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', key)) do
    local group = {}
    for i = 1, #flat, 2 do group[flat[i]] = flat[i + 1] end
    groups[#groups + 1] = group
  end
  return groups
end
local function before(left, right)
  local leftMs, leftSeq = string.match(left, '(%d+)-(%d+)')
  local rightMs, rightSeq = string.match(right, '(%d+)-(%d+)')
  if leftMs ~= rightMs then return tonumber(leftMs) < tonumber(rightMs) end
  return tonumber(leftSeq) < tonumber(rightSeq)
end
`;

/**
 * Drops what every group has acknowledged: everything below the lowest id that is pending or not yet delivered. XTRIM itself ignores
 * pending entries, and trimming by length loses what nobody has read. KEYS: inbox.
 */
export const trimScript = new Script(
  'aiopsTrim',
  1,
  `${readGroups}
local floor
for _, group in ipairs(groupsOf(KEYS[1])) do
  local lowest = group['last-delivered-id']
  if group['pending'] > 0 then
    local pending = redis.call('XPENDING', KEYS[1], group['name'])[2]
    if before(pending, lowest) then lowest = pending end
  end
  if not floor or before(lowest, floor) then floor = lowest end
end
if not floor then return 0 end
return redis.call('XTRIM', KEYS[1], 'MINID', '~', floor)
`,
  z.coerce.number(),
);

/** KEYS: inbox. Answers length, pending, the oldest unfinished id or '', now in ms. */
export const pressureScript = new Script(
  'aiopsPressure',
  1,
  `${readGroups}
local time = redis.call('TIME')
local now = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
local groups, pending, oldest = groupsOf(KEYS[1]), 0, ''
local function consider(id) if id and (oldest == '' or before(id, oldest)) then oldest = id end end
for _, group in ipairs(groups) do
  pending = pending + group['pending']
  if group['pending'] > 0 then consider(redis.call('XPENDING', KEYS[1], group['name'])[2]) end
  local unread = redis.call('XRANGE', KEYS[1], '(' .. group['last-delivered-id'], '+', 'COUNT', '1')
  if #unread > 0 then consider(unread[1][1]) end
end
if #groups == 0 then
  local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', '1')
  if #first > 0 then consider(first[1][1]) end
end
return { redis.call('XLEN', KEYS[1]), pending, oldest, now }
`,
  z.tuple([z.coerce.number(), z.coerce.number(), z.string(), z.coerce.number()]),
);

/** A consumer leaves its group, unless it still has entries: deleting it would drop them. KEYS: inbox. ARGV: group, consumer. */
export const leaveScript = new Script(
  'aiopsLeave',
  1,
  `
local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], '-', '+', '1', ARGV[2])
if pending.err or #pending > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
`,
  z.coerce.number(),
);
