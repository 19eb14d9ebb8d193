import { z } from 'zod';
import { answersKey, sessionKey } from './keys.js';
import { isCluster, type RedisConnection } from './redis-connection.js';
import { Count, send } from './send.js';

const PREFIX = sessionKey('?').slice(0, -1);
const SCANNED_AT_ONCE = 500;
/** Older ones were not in anybody's hands when Redis went; what they left was seen to then. */
const YOUNG_MS = 10 * 60_000;

const Scanned = z.tuple([z.string(), z.array(z.string())]);
/** How many there are, the first, the last, and how many each consumer has. */
const PendingSummary = z.tuple([z.coerce.number()]).rest(z.unknown());
const SessionId = z.uuid();

/**
 * Sessions whose keys do not expire, and young ones of which one of these groups still has something pending though they do: open
 * ones, and those that ended while Redis forgot it. Walks over all keys: for when a server has come back, not for every second.
 */
export const sessionsLeftBehind = async (redis: RedisConnection, groups: readonly string[]): Promise<string[]> => {
  const found = new Set<string>();
  for (const server of isCluster(redis) ? redis.nodes('master') : [redis]) {
    let cursor = '0';
    do {
      const page = await send(server, Scanned, 'scan', cursor, 'MATCH', `${PREFIX}*`, 'COUNT', SCANNED_AT_ONCE, 'TYPE', 'stream');
      const ids = page[1].map((key) => key.slice(PREFIX.length)).filter((id) => SessionId.safeParse(id).success);
      const left = await Promise.all(ids.map((id) => isLeftBehind(redis, id, groups)));
      ids.filter((_, index) => left[index]).forEach((id) => found.add(id));
      [cursor] = page;
    } while (cursor !== '0');
  }
  return [...found];
};

export const isLeftBehind = async (redis: RedisConnection, sessionId: string, groups: readonly string[]): Promise<boolean> => {
  const key = sessionKey(sessionId);
  const expiresInMs = await Promise.all([key, answersKey(sessionId)].map((one) => send(redis, Count, 'pttl', one)));
  if (expiresInMs.includes(NEVER)) return true;
  if (expiresInMs[0] === GONE || Date.now() - bornAtMs(sessionId) > YOUNG_MS) return false;
  const pending = await Promise.all(groups.map((group) => pendingIn(redis, key, group)));
  return pending.some((count) => count > 0);
};

const NEVER = -1;
const GONE = -2;

/** Zero too when the stream or the group has gone meanwhile. */
const pendingIn = async (redis: RedisConnection, key: string, group: string): Promise<number> => {
  try {
    return (await send(redis, PendingSummary, 'xpending', key, group))[0];
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOGROUP')) return 0;
    throw error;
  }
};

/** The time that a UUID of version 7 begins with; of any other it says nothing and is long ago or far away. */
const bornAtMs = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
