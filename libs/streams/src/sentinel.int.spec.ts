import { findRedisServer, startRedisSentinel, type RedisSentinelServers } from '@inquest/servers';
import { Redis } from 'ioredis';
import { checkRedis } from './check-redis.js';
import { Bench, decision, opening, until } from './support.spec.js';

/** A Sentinel that was not scheduled for two seconds takes its clock for wrong and does nothing for thirty (TILT). */
const FAILOVER_MS = 75_000;

describe('behind a Sentinel', () => {
  let servers: RedisSentinelServers | undefined;
  let bench: Bench | undefined;
  beforeAll(async () => {
    if ((await findRedisServer()).image !== undefined) return;
    servers = await startRedisSentinel();
    bench = Bench.on(`redis+sentinel://:${servers.password}@127.0.0.1:${servers.sentinelPort}/${servers.masterName}`);
  }, 60_000);
  afterAll(async () => {
    await bench?.end();
    await servers?.stop();
  });

  it(
    'publishes and reads on at the replica once the master is gone',
    async () => {
      if (!servers || !bench)
        return console.info('Skipped: a Sentinel needs a Redis that is installed; here it runs in a container.');
      const { master, replica, password } = servers;
      expect(await checkRedis(bench.redis)).toMatchObject({ mode: 'standalone' });
      const seen = new Set<string>();
      bench.read({ inbox: 'solver', handler: async ({ session }) => void seen.add(session) });
      const { streams } = bench;
      const publishUntilStored = async (id: string): Promise<void> => {
        // As its callers do: what a lost connection leaves open is published again, under the same key.
        await until(
          () =>
            streams.publish(opening(id, { to: ['solver', 'recorder'] })).then(
              ({ status }) => status !== 'gone',
              () => false,
            ),
          `the publication of ${id}`,
          FAILOVER_MS,
        );
      };
      await publishUntilStored('before');
      await until(() => seen.has('before'));
      const heir = new Redis({ port: replica.port, password });
      await until(async () => (await heir.exists('aiops:agent:before')) === 1, 'the replica having what the master has');

      await master.kill();
      await publishUntilStored('after');
      await until(() => seen.has('after'), 'the reader hearing the new master', FAILOVER_MS);
      expect(await heir.role()).toEqual(expect.arrayContaining(['master']));
      expect((await streams.read('before')).map(({ type }) => type)).toEqual(['session.opened']);
      expect((await streams.publish(decision('before'))).status).toBe('published');
      heir.disconnect();
    },
    3 * FAILOVER_MS,
  );
});
