import { closeRedis, connectRedis, type RedisConnection } from '@inquest/streams';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rig } from '../rig.js';
import type { Fault } from './fault.js';
import { last, type Pace } from './pace.js';

/** What can happen to Redis, failover aside. */
export const redisFaults = (pace: Pace): readonly Fault[] => [
  {
    name: 'Redis SIGKILL with AOF',
    victims: ['redis'],
    unavailable: ({ options }) => (options.redis.appendOnly ? undefined : 'start the rig with an append-only file'),
    run: async ({ redis }, _victim, random) => {
      await redis.kill();
      await last(pace.downMs, random);
      await redis.restart();
    },
  },
  {
    name: 'Redis SIGKILL without AOF',
    victims: ['redis'],
    run: async ({ redis }, _victim, random) => {
      await redis.kill();
      await rm(join(redis.dataDir, 'appendonlydir'), { recursive: true, force: true });
      await last(pace.downMs, random);
      await redis.restart();
    },
  },
  {
    name: 'Redis SIGSTOP',
    victims: ['redis'],
    run: async ({ redis }, _victim, random) => {
      process.kill(redis.pid, 'SIGSTOP');
      try {
        await last(pace.stillMs, random);
      } finally {
        process.kill(redis.pid, 'SIGCONT');
      }
    },
  },
  { name: 'Redis FLUSHALL', victims: ['redis'], run: async (rig) => void (await directly(rig, (redis) => redis.flushall())) },
];

/** Does something on a connection of its own that no proxy disturbs. */
export const directly = async <T>(
  { redisUrl }: Pick<Rig, 'redisUrl'>,
  work: (redis: RedisConnection) => Promise<T>,
): Promise<T> => {
  const redis = connectRedis(redisUrl, { name: 'crash' });
  try {
    return await work(redis);
  } finally {
    await closeRedis(redis);
  }
};
