import { startPostgres, startRedis } from '@inquest/servers';
import { connectRedis, closeRedis } from '@inquest/streams';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** One Redis and one PostgreSQL for everyone who is measured, configured as users run them. */
export interface BenchServers {
  readonly redisUrl: string;
  readonly redisPid: number;
  /** As superuser, to a database of its own. */
  readonly databaseUrl: string;
  /** Of the process whose children serve the connections. */
  readonly postgresPid: number;
}

export interface ServerHouse {
  /** An empty Redis and an empty database. What was in Redis before is gone. */
  fresh(): Promise<BenchServers>;
  stop(): Promise<void>;
}

/** Redis with its log synced every second; PostgreSQL with fsync and synchronous commit, as it comes, but for `settings`. */
export const openServers = async (settings: readonly string[] = []): Promise<ServerHouse> => {
  const [redis, postgres] = await Promise.all([startRedis({ appendOnly: true }), startPostgres({ settings })]);
  let last: string | undefined;
  return {
    fresh: async () => {
      await emptied(redis.url);
      const name = `bench_${randomUUID().slice(0, 8)}`;
      await asSuperuser(postgres.url, async (client) => {
        if (last) await client.query(`DROP DATABASE ${last} WITH (FORCE)`);
        await client.query(`CREATE DATABASE ${name}`);
        await client.query('CHECKPOINT'); // Nobody pays for what was written before.
      });
      last = name;
      const databaseUrl = new URL(postgres.url);
      databaseUrl.pathname = `/${name}`;
      return { redisUrl: redis.url, redisPid: redis.pid, databaseUrl: databaseUrl.href, postgresPid: postgres.pid };
    },
    stop: async () => {
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
};

const emptied = async (url: string): Promise<void> => {
  const redis = connectRedis(url, { name: 'bench' });
  await redis.flushall();
  await closeRedis(redis);
};

const asSuperuser = async (connectionString: string, work: (client: Client) => Promise<void>): Promise<void> => {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
};
