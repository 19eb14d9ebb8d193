import { connectRedis } from '@inquest/streams';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { codeOf } from '../error-code.js';
import type { Rig } from '../rig.js';

const ANSWER_MS = 300;
const UNTIL_MS = 15_000;

/** Waits until something is so; `what` is for the error. */
export const until = async (what: string, isSo: () => Promise<boolean>, withinMs = UNTIL_MS): Promise<void> => {
  const end = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`After ${withinMs} ms it is still not so that ${what}.`);
    await pause(20);
  }
};

/** Whether a new connection to Redis is answered at once. The first thing that goes wrong with it counts as no. */
export const redisAnswers = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const settle = (answers: boolean): void => {
      clearTimeout(tooLong);
      redis.disconnect();
      resolve(answers);
    };
    const tooLong = setTimeout(() => settle(false), ANSWER_MS);
    const redis = connectRedis(url, { name: 'probe', onError: () => settle(false) });
    redis.ping().then(
      () => settle(true),
      () => settle(false),
    );
  });

/** What becomes of a statement on a new connection to PostgreSQL: `ok`, a SQLSTATE or system code, or `silent`. */
export const postgresSays = async (url: string, statement = 'SELECT 1'): Promise<string> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: ANSWER_MS, query_timeout: ANSWER_MS });
  client.on('error', () => undefined); // It also fails what is under way.
  try {
    await client.connect();
    await client.query(statement);
    return 'ok';
  } catch (error) {
    return codeOf(error) || 'silent';
  } finally {
    void client.end();
  }
};

/** Of the running server: another one after each start. */
export const postgresStart = async ({ databaseUrl }: Rig): Promise<string> => {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ at: string }>('SELECT pg_postmaster_start_time()::text AS at');
    return rows[0]?.at ?? '';
  } finally {
    await client.end();
  }
};
