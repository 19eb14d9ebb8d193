import type { Redis } from 'ioredis';
import { UnfitRedisError } from './errors.js';
import { isCluster, type RedisConnection } from './redis-connection.js';

export interface RedisFacts {
  readonly flavour: 'redis' | 'valkey';
  readonly version: string;
  readonly maxmemoryPolicy: string;
  readonly mode: 'standalone' | 'cluster';
}

const OLDEST_MAJOR = 7;

/** Asks every master what it is. Throws an UnfitRedisError for a server before 7.0 or one that evicts keys when memory is short. */
export const checkRedis = async (redis: RedisConnection): Promise<RedisFacts> => {
  if (!isCluster(redis)) return factsOf(redis);
  await redis.ping();
  const facts = await Promise.all(redis.nodes('master').map(factsOf));
  const [first] = facts;
  if (!first) throw new UnfitRedisError('the cluster', 'it has no master', 'Wait until it has formed.');
  return first;
};

const factsOf = async (node: Redis): Promise<RedisFacts> => {
  const facts = factsFrom(await node.info());
  const { name: master, host = 'localhost', port = 6379 } = node.options;
  const name = master === undefined ? `${host}:${port}` : `the master ${master}`;
  if (Number(facts.version.split('.', 1)[0]) < OLDEST_MAJOR) {
    throw new UnfitRedisError(name, `${facts.flavour} ${facts.version} is too old`, 'Use Redis 7.0 or newer, or Valkey.');
  }
  if (facts.maxmemoryPolicy !== 'noeviction') {
    throw new UnfitRedisError(
      name,
      `its maxmemory-policy is ${facts.maxmemoryPolicy}, which drops sessions when memory is short`,
      'Run CONFIG SET maxmemory-policy noeviction and set it in redis.conf, or in the parameter group of a managed server.',
    );
  }
  return facts;
};

export const factsFrom = (info: string): RedisFacts => {
  const value = (name: string): string | undefined => new RegExp(`^${name}:([^\\r\\n]+)`, 'm').exec(info)?.[1];
  const valkey = value('valkey_version');
  return {
    flavour: valkey ? 'valkey' : 'redis',
    version: valkey ?? value('redis_version') ?? '0',
    maxmemoryPolicy: value('maxmemory_policy') ?? 'unknown',
    // Valkey calls it server_mode, unless it was told to pass for a Redis.
    mode: (value('server_mode') ?? value('redis_mode')) === 'cluster' ? 'cluster' : 'standalone',
  };
};
