import { HealthRegistry } from './health.js';

describe('health', () => {
  it('is alive as long as every loop turns, whatever has become of Redis', async () => {
    const health = new HealthRegistry();
    let turning = true;
    health.watchLoop('inbox', () => turning);
    health.watchDependency('redis', () => Promise.reject(new Error('ECONNREFUSED')));
    expect(health.liveness()).toEqual({ ok: true, checks: { inbox: 'turning' } });
    expect(await health.readiness()).toEqual({ ok: false, checks: { redis: 'down: ECONNREFUSED' } });
    turning = false;
    expect(health.liveness()).toEqual({ ok: false, checks: { inbox: 'stuck' } });
  });

  it('is ready when all it needs answers, and says no from the first SIGTERM', async () => {
    const health = new HealthRegistry();
    health.watchDependency('redis', () => Promise.resolve('PONG'));
    expect(await health.readiness()).toEqual({ ok: true, checks: { redis: 'up' } });
    health.beginShutdown();
    expect(await health.readiness()).toEqual({ ok: false, checks: { service: 'shutting down' } });
  });

  it('does not wait for ever for what never answers', async () => {
    jest.useFakeTimers();
    try {
      const health = new HealthRegistry();
      health.watchDependency('postgres', () => new Promise(() => undefined));
      const readiness = health.readiness();
      await jest.advanceTimersByTimeAsync(1_000);
      expect(await readiness).toEqual({ ok: false, checks: { postgres: 'no answer within 1000 ms' } });
    } finally {
      jest.useRealTimers();
    }
  });
});
