import { Redis } from 'ioredis';
import { z } from 'zod';
import type { System } from './system.js';

/** Every row of every table, each with all its columns, as text. */
export const allRows = async (system: System): Promise<string[]> => {
  const tables = await system.query<{ name: string }>(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const rows = await Promise.all(
    tables.map(async ({ name }) =>
      (await system.query<{ row: string }>(`select t::text as row from ${name} t`)).map(({ row }) => `${name} ${row}`),
    ),
  );
  return rows.flat();
};

/** Every key of Redis with its value, as text. */
export const allKeys = async (url: string): Promise<string[]> => {
  const redis = new Redis(url);
  try {
    const keys = z.array(z.string()).parse(await redis.keys('*'));
    return await Promise.all(keys.map(async (key) => `${key} ${JSON.stringify(await valueOf(redis, key))}`));
  } finally {
    redis.disconnect();
  }
};

const valueOf = async (redis: Redis, key: string): Promise<unknown> => {
  const type = await redis.type(key);
  if (type === 'string') return redis.get(key);
  if (type === 'hash') return redis.hgetall(key);
  if (type === 'stream') return redis.xrange(key, '-', '+');
  if (type === 'zset') return redis.zrange(key, '0', '-1');
  if (type === 'set') return redis.smembers(key);
  return redis.lrange(key, 0, -1);
};
