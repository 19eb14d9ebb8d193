import { checkRedis } from './check-redis.js';
import { UnfitRedisError } from './errors.js';
import { Bench } from './support.spec.js';

describe('checking Redis', () => {
  let bench: Bench;
  beforeAll(async () => (bench = await Bench.start()));
  afterAll(() => bench.end());

  it('says what it is', async () => {
    expect(await checkRedis(bench.redis)).toMatchObject({
      mode: 'standalone',
      maxmemoryPolicy: 'noeviction',
      version: expect.stringMatching(/^\d+\.\d+/) as string,
    });
  });

  it('refuses one that evicts keys, and says how to change that', async () => {
    await bench.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const error: unknown = await checkRedis(bench.redis).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnfitRedisError);
    expect(String(error)).toMatch(/allkeys-lru.*CONFIG SET maxmemory-policy noeviction/);
    await bench.call('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  });
});
