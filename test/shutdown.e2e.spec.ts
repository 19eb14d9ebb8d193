import { SERVICES, type Service } from '@inquest/standalone';
import { startRig, type Rig } from './crash/rig.js';

const DRAIN_MS = 1_000;
/** What Kubernetes gives a pod before SIGKILL, by default. */
const GRACE_MS = 30_000;

/** What would otherwise wait for the servers to come back: it would run on, unseen, once whoever started it is gone. */
describe('SIGTERM while neither Redis nor PostgreSQL answers', () => {
  const lines: string[] = [];
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({
      replicas: 1,
      redis: { appendOnly: false },
      env: { INQUEST_DRAIN_MS: String(DRAIN_MS), INQUEST_SHUTDOWN_DELAY_MS: '0' },
      onLine: (_name, line) => void lines.push(line),
    });
    // The proxies still take connections and end them, which is how an outage looks through a load balancer.
    await Promise.all([rig.redis.kill(), rig.postgres.stop()]);
  }, 60_000);
  afterAll(() => rig.stop());

  it(
    'ends every service in time',
    async () => {
      const started = performance.now();
      const ended = new Set<Service>();
      await Promise.all(SERVICES.map((service) => rig.processes.kill(service, 0, 'SIGTERM').then(() => ended.add(service))));
      expect([...ended].sort()).toEqual([...SERVICES].sort());
      expect(performance.now() - started).toBeLessThan(GRACE_MS);
    },
    2 * GRACE_MS,
  );
});
