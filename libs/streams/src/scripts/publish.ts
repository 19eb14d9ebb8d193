import { z } from 'zod';
import { momentOf } from './deadlines.js';
import { Script } from './script.js';

/**
 * Stores one message in a session's stream, or says why not. Both keys are in one slot.
 *
 * KEYS: stream, answers (a hash: key → stream id; `#seq` the last number given; `#bytes` of all bodies; `#closed` the terminal entry).
 * ARGV: key, type, role, body, traceparent, opens, closes, answering group, then five lists, each with its length before it:
 *       answered ids, addressed groups, all groups, groups that outlast a terminal event, seats to be joined.
 * Answers with 1 at the end when all of those seats are taken, else 0.
 *
 * It reads before it writes, and its first write is the one that a full server refuses: an error leaves nothing half done.
 */
const store = `
local stream, answers = KEYS[1], KEYS[2]
local key, kind, role, body, trace = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local opens, closes, group = ARGV[6] == '1', ARGV[7] == '1', ARGV[8]
local at = 9
local function list()
  local items, last = {}, at + tonumber(ARGV[at])
  for i = at + 1, last do items[#items + 1] = ARGV[i] end
  at = last + 1
  return items
end
local answered, addressed, groups, lasting, seats = list(), list(), list(), list(), list()
-- Of a session that was rebuilt nobody has counted the bytes: more than are ever asked for.
local UNKNOWN = 2 ^ 50
local bytes = UNKNOWN

-- The turn is over, whoever has answered it.
local function settle()
  if group ~= '' and #answered > 0 then redis.call('XACK', stream, group, unpack(answered)) end
end

local function joined()
  for _, seat in ipairs(seats) do if redis.call('HEXISTS', answers, seat) == 0 then return 0 end end
  return 1
end

local function store()
local state = redis.call('HMGET', answers, key, '#closed', '#seq', '#bytes')
local known, closed, seq = state[1], state[2], state[3]
local fresh = not seq
if fresh and (not opens or redis.call('EXISTS', stream) == 1) then return { 'gone' } end
if known then
  local stored = redis.call('XRANGE', stream, known, known)
  if #stored == 0 then return { 'gone' } end
  settle()
  return { 'already-answered', known, stored[1][2], joined() }
end
if closed then
  settle()
  return { 'closed' }
end

if fresh then
  seq, state[4] = 0, '0'
  for _, name in ipairs(groups) do redis.call('XGROUP', 'CREATE', stream, name, '0', 'MKSTREAM') end
end
seq = string.format('%d', tonumber(seq) + 1)
local id = redis.call('XADD', stream, 'NOMKSTREAM', '*',
  'seq', seq, 'type', kind, 'role', role, 'body', body, 'traceparent', trace)
if not id then return { 'gone' } end
if closes then
  redis.call('HSET', answers, key, id, '#seq', seq, '#closed', id)
else
  bytes = (tonumber(state[4]) or UNKNOWN) + #body
  redis.call('HSET', answers, key, id, '#seq', seq, '#bytes', string.format('%d', bytes))
end

local outlasts = {}
for _, name in ipairs(lasting) do outlasts[name] = true end
for _, name in ipairs(addressed) do
  if not closes or outlasts[name] then
    local claim = { 'XCLAIM', stream, name, 'inbox', '0', id, 'FORCE', 'JUSTID', 'LASTID', id }
    local claimed = redis.pcall(unpack(claim))
    if claimed.err then
      redis.call('XGROUP', 'CREATE', stream, name, '0')
      redis.call(unpack(claim))
    end
  end
end
settle()
if closes then
  for _, name in ipairs(groups) do
    local open = outlasts[name] and {} or redis.pcall('XPENDING', stream, name, '-', '+', '1000')
    if not open.err then
      for _, item in ipairs(open) do redis.call('XACK', stream, name, item[1]) end
    end
  end
end
return { 'published', id, seq, joined() }
end
`;

/**
 * On a server of its own a publication is one script, where a cluster needs one per slot: the deadline is armed, the message stored
 * and what is stored announced in the inboxes, with its body when that is short enough to travel.
 *
 * KEYS: as above, deadlines, the inboxes to announce in and, if its entry is named, the inbox that is answered.
 * ARGV: as above, then session, epoch ms or '', ms from now or '', bytes of the longest body and of the longest session that travels,
 * group and id of the entry that is answered or '' and '', and per inbox which of the two it is given, `body` or `session`, and whether
 * it is told only when all seats are taken (1 or 0).
 *
 * A session travels as its entries stand in the stream: `said:1` (id, seq, type, role and traceparent), `body:1`, `said:2` ….
 */
const announce = `
local session, atMs, inMs = ARGV[at], ARGV[at + 1], ARGV[at + 2]
local bodyMax, sessionMax = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
local askedGroup, askedId = ARGV[at + 5], ARGV[at + 6]
local lastInbox = askedId == '' and #KEYS or #KEYS - 1
-- A key beside the session's that holds something else must not look as if the session were gone.
local function refusal(name, reply)
  if type(reply) ~= 'table' or not reply.err then return nil end
  return string.find(reply.err, 'WRONGTYPE', 1, true) and { 'foreign', name } or reply
end
if atMs ~= '' or inMs ~= '' then
  local refused = refusal(KEYS[3], redis.pcall('ZADD', KEYS[3], 'LT', momentOf(atMs, inMs), session))
  if refused then return refused end
end
local result = store()
-- Nobody has to look at it any more, and what was asked is answered: the last of all that happens.
local function finish()
  if closes or result[1] == 'closed' then
    local refused = refusal(KEYS[3], redis.pcall('ZREM', KEYS[3], session))
    if refused then return refused end
  end
  return askedId ~= '' and refusal(KEYS[#KEYS], redis.pcall('XACK', KEYS[#KEYS], askedGroup, askedId)) or result
end
local id, fields
if result[1] == 'published' then
  id, fields = result[2], { 'seq', result[3], 'type', kind, 'role', role, 'body', body, 'traceparent', trace }
elseif result[1] == 'already-answered' then
  id, fields = result[2], result[3]
else
  return result[1] == 'closed' and finish() or result
end
local stored = {}
for i = 1, #fields, 2 do stored[fields[i]] = fields[i + 1] end
local header = { 'session', session, 'id', id, 'seq', stored.seq, 'type', stored.type, 'traceparent', stored.traceparent or '' }
local headers = #header
local function withBody()
  if #stored.body > bodyMax then return header, headers end
  header[headers + 1], header[headers + 2] = 'body', stored.body
  return header, headers + 2
end
local function withSession()
  if bytes > sessionMax then return header, headers end
  local whole, length = { unpack(header, 1, headers) }, 0
  for i, entry in ipairs(redis.call('XRANGE', stream, '-', '+', 'COUNT', '100')) do
    local said = entry[2]
    if #said ~= 10 or said[7] ~= 'body' then return header, headers end
    -- Counted again, as a publisher of an older version counts nothing.
    length = length + #said[8]
    if length > sessionMax or i == 100 then return header, headers end
    local n = #whole
    whole[n + 1], whole[n + 2] = 'said:' .. i, table.concat({ entry[1], said[2], said[4], said[6], said[10] }, ' ')
    whole[n + 3], whole[n + 4] = 'body:' .. i, said[8]
  end
  return whole, #whole
end
for i = 4, lastInbox do
  local flags = at + 7 + 2 * (i - 4)
  if ARGV[flags + 1] == '0' or result[4] == 1 then
    local given, last = (ARGV[flags] == 'session' and withSession or withBody)()
    local refused = refusal(KEYS[i], redis.pcall('XADD', KEYS[i], '*', unpack(given, 1, last)))
    if refused then return refused end
  end
end
return finish()
`;

/** What became of a message. */
const StoreReply = z.union([
  z.tuple([z.literal('published'), z.string(), z.coerce.number(), z.coerce.number()]),
  z.tuple([z.literal('already-answered'), z.string(), z.array(z.string()), z.coerce.number()]),
  z.tuple([z.literal('gone')]),
  z.tuple([z.literal('closed')]),
]);

export type StoreReply = z.infer<typeof StoreReply>;

export const storeScript = new Script('aiopsStore', 2, `${store}return store()`, StoreReply);

/** The key of an inbox or of the deadlines holds something of another kind. */
const Foreign = z.tuple([z.literal('foreign'), z.string()]);

export const publishScript = new Script(
  'aiopsPublish',
  undefined,
  `${momentOf}${store}${announce}`,
  z.union([StoreReply, Foreign]),
);
