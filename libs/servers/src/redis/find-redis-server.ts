import { NoRedisError } from '../errors.js';
import type { Progress, RedisBinary } from './redis-binary.js';
import { redisFromApt } from './redis-from-apt.js';
import { redisFromDocker } from './redis-from-docker.js';
import { redisFromPath } from './redis-from-path.js';
import { redisFromRegistry } from './redis-from-registry.js';

export interface Way {
  name: string;
  find: (progress: Progress) => Promise<RedisBinary>;
}

/** Cheapest first. */
export const waysToRedis: readonly Way[] = [
  { name: 'on the PATH', find: redisFromPath },
  { name: "from the distribution's packages", find: (progress) => redisFromApt(progress) },
  { name: 'from Docker', find: redisFromDocker },
  { name: 'built from its sources', find: (progress) => redisFromRegistry(progress) },
];

/**
 * The first way that works. Throws NoRedisError, which says what to install, when none does. What was fetched stays in the cache,
 * so only the first run on a machine takes longer than some milliseconds.
 */
export const findRedisServer = async (
  progress: Progress = () => undefined,
  ways: readonly Way[] = waysToRedis,
): Promise<RedisBinary> => {
  const attempts: { way: string; fault: string }[] = [];
  for (const { name, find } of ways) {
    try {
      return await find(progress);
    } catch (error) {
      attempts.push({ way: name, fault: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new NoRedisError(attempts);
};
