import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import type { Places } from './evidence.js';
import { STANDARD } from './expectations.js';
import type { History } from './history.js';
import { RedisFacts } from './redis-facts.js';

const LOOK_EVERY_MS = 200;
/** A server that still comes back must not hold up a look for longer. */
const ANSWER_MS = 5_000;

/**
 * Waits until every session has its end on record and a stream that expires, nothing is pending and no deadline is armed. False when that was not
 * so within `withinMs`, by whatever is then still there.
 */
export const quiesce = async (places: Places, history: History, withinMs: number): Promise<boolean> => {
  const giveUpAtMs = performance.now() + withinMs;
  const pool = new Pool({
    connectionString: places.databaseUrl,
    max: 1,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  });
  pool.on('error', () => undefined); // The next look has a new connection.
  try {
    while (performance.now() < giveUpAtMs) {
      if (await isQuiet(places, pool, history)) return true;
      await pause(LOOK_EVERY_MS);
    }
    return false;
  } finally {
    await pool.end();
  }
};

const isQuiet = async (places: Places, pool: Pool, history: History): Promise<boolean> => {
  const redis = new Redis(places.redisUrl, {
    protocol: 2,
    enableAutoPipelining: true,
    commandTimeout: ANSWER_MS,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined); // Every command says so too.
  try {
    return (await allHaveEnded(pool, history)) && (await nothingIsLeft(new RedisFacts(redis), history));
  } catch {
    return false; // Redis or Postgres is not back yet.
  } finally {
    redis.disconnect();
  }
};

const allHaveEnded = async (pool: Pool, history: History): Promise<boolean> => {
  const { rows: open } = await pool.query('SELECT 1 FROM open_sessions LIMIT 1');
  if (open.length > 0) return false;
  const { rows } = await pool.query<{ session_id: string }>(
    `SELECT session_id FROM agent_sessions WHERE type IN ('decision.made', 'session.failed')`,
  );
  const ended = new Set(rows.map(({ session_id: sessionId }) => sessionId));
  return history.acceptances.every(({ sessionId }) => ended.has(sessionId));
};

const nothingIsLeft = async (redis: RedisFacts, { acceptances }: History): Promise<boolean> => {
  const { unfinished, inboxes } = await redis.inboxes();
  if (unfinished.length > 0 || inboxes.some(({ length }) => length > STANDARD.inboxLengthMax)) return false;
  if ((await redis.deadlines()).size > 0) return false;
  const expire = await Promise.all(acceptances.map(({ sessionId }) => redis.streamExpires(sessionId)));
  if (expire.includes(false)) return false;
  const perSession = await Promise.all((await redis.sessionIds()).map((sessionId) => redis.unfinishedOf(sessionId)));
  return perSession.every((facts) => facts.length === 0);
};
