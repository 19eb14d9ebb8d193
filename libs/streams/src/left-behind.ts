import { z } from 'zod';
import { answersKey, sessionKey } from './keys.js';
import { isCluster, type RedisConnection } from './redis-connection.js';
import { leftBehindScript } from './scripts/index.js';
import { send } from './send.js';

const PREFIX = sessionKey('?').slice(0, -1);
/** One script looks at as many, while nobody else is served. */
const SCANNED_AT_ONCE = 100;
/** Older ones were not in anybody's hands when Redis went; what they left was seen to then. */
const YOUNG_MS = 10 * 60_000;

const Scanned = z.tuple([z.string(), z.array(z.string())]);
const SessionId = z.uuid();

/**
 * Asks `look` about every session that has a stream, some at a time, and answers those that it names. Walks over all keys: for when a
 * server has come back, not for every second.
 */
export const sessionsLeftBehind = async (
  redis: RedisConnection,
  look: (ids: readonly string[]) => Promise<readonly string[]>,
): Promise<string[]> => {
  const found = new Set<string>();
  for (const server of isCluster(redis) ? redis.nodes('master') : [redis]) {
    let cursor = '0';
    do {
      const page = await send(server, Scanned, 'scan', cursor, 'MATCH', `${PREFIX}*`, 'COUNT', SCANNED_AT_ONCE, 'TYPE', 'stream');
      const ids = page[1].map((key) => key.slice(PREFIX.length)).filter((id) => SessionId.safeParse(id).success);
      for (const id of await look(ids)) found.add(id);
      [cursor] = page;
    } while (cursor !== '0');
  }
  return [...found];
};

/**
 * Those of these sessions, all in one slot, whose keys do not expire, and young ones of which one of these groups still has something
 * pending though they do: open ones, and those that ended while Redis forgot it.
 */
export const leftBehind = async (
  redis: RedisConnection,
  ids: readonly string[],
  groups: readonly string[],
): Promise<readonly string[]> => {
  if (ids.length === 0) return [];
  const keys = ids.flatMap((id) => [sessionKey(id), answersKey(id)]);
  const young = ids.map((id) => (Date.now() - bornAtMs(id) > YOUNG_MS ? 0 : 1));
  const places = await leftBehindScript.run(redis, keys.length, ...keys, ...young, ...groups);
  return places.flatMap((place) => ids[place - 1] ?? []);
};

/** The time that a UUID of version 7 begins with; of any other it says nothing and is long ago or far away. */
const bornAtMs = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
