import { connectRedis, type RedisConnection } from '@inquest/streams';
import { freshRedis } from '@inquest/testing';
import { until } from '../gateway.harness.spec.js';
import { GatheringLease } from './gathering-lease.js';

const KEY = 'aiops:lease:gathering:s-1';
let server: Awaited<ReturnType<typeof freshRedis>>;
let redis: RedisConnection;
beforeEach(async () => {
  server = await freshRedis();
  redis = connectRedis(server.url, { name: 'spec', onError: () => undefined });
});
afterEach(async () => {
  redis.disconnect();
  await server.stop();
});

const lease = (gateway: string) => new GatheringLease(redis, { INQUEST_CONSUMER: gateway }, { warn: () => undefined } as never);
const attempt = async (gateway: string): Promise<boolean | undefined> => {
  let may: boolean | undefined;
  await lease(gateway).holding('s-1', async (mayGather) => void (may = mayGather));
  return may;
};

it('is held by one at a time, however long the work takes, and given back after it, broken or not', async () => {
  let finish = (): void => undefined;
  const working = lease('a').holding('s-1', () => new Promise((resolve) => (finish = resolve)));
  await until(async () => (await redis.exists(KEY)) === 1);
  // Without being renewed it would be gone by then.
  await redis.pexpire(KEY, 1_500);
  await until(async () => (await redis.pttl(KEY)) > 2_000);
  expect(await attempt('b')).toBeUndefined();
  finish();
  expect(await working).toBe(true);
  expect(await redis.exists(KEY)).toBe(0);
  await expect(lease('a').holding('s-1', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await redis.exists(KEY)).toBe(0);
});

it('lapses soon after its holder died, and allows one more to gather', async () => {
  await redis.incr('aiops:lease:gathered:s-1');
  await redis.set(KEY, 'dead', 'PX', 300);
  expect(await attempt('b')).toBeUndefined();
  expect(await until(() => attempt('b'))).toBe(true);
  expect(await attempt('c')).toBe(false);
});

it('is not taken back from whoever holds it now, by one that was paused for longer than it lasts', async () => {
  await lease('a').holding('s-1', async () => void (await redis.set(KEY, 'b', 'PX', 2_000)));
  expect(await redis.get(KEY)).toBe('b');
});

it("is free when Redis' clock was set back under it", async () => {
  await redis.set(KEY, 'dead', 'PX', 3_600_000);
  expect(await attempt('b')).toBe(true);
});
