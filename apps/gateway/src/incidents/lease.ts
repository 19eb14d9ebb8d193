import type { RedisConnection } from '@inquest/streams';

/**
 * Takes a lease, which lapses by itself when its holder dies. False while another holds it. One that lasts longer than any is given
 * had Redis' clock set back under it, and is free: nobody would get it until the clock has caught up.
 */
export const takeLease = async (redis: RedisConnection, key: string, holder: string, forMs: number): Promise<boolean> =>
  (await redis.set(key, holder, 'PX', forMs, 'NX')) === 'OK' ||
  ((await redis.pttl(key)) > forMs && (await redis.set(key, holder, 'PX', forMs)) === 'OK');
