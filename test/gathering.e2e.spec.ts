import { SessionOpened } from '@inquest/contracts';
import { fakeHttpServer, type FakeHttpServer } from '@inquest/testing';
import { System } from './support/system.js';
import { until } from './support/until.js';

/** Longer than this spec lasts: only the death of its gateway ends a gathering here. */
const COLLECT_MS = 60_000;

describe('SIGKILL of a gateway that gathers evidence', () => {
  let loki: FakeHttpServer;
  let system: System;
  beforeAll(async () => {
    loki = await fakeHttpServer();
    system = await System.start({
      replicas: 2,
      env: { INQUEST_LOKI_URL: loki.url, INQUEST_COLLECT_MS: String(COLLECT_MS) },
    });
  }, 240_000);
  afterAll(async () => {
    await system.stop();
    await loki.close();
  });

  it('leaves the session to another one, which gathers anew and opens it once, long before gathering could have ended', async () => {
    loki.on('/', () => undefined);
    const sessionId = await system.open({ service: 'checkout', namespace: 'shop' });
    await until('the first gateway asks', async () => loki.asked.length > 0);
    const asked = loki.asked.length;
    const killedMs = Date.now();
    await system.processes.kill('gateway', 0);
    await until('the other gateway asks', async () => loki.asked.length > asked, 20_000);
    loki.on('/', { json: { status: 'success', data: { resultType: 'streams', result: [] } } });
    await system.processes.kill('gateway', 1);
    await system.processes.restart('gateway', 0);
    // Two gateways have died of it: the third does not try what may have ended them.
    const { output_json: opened } = await system.heard(sessionId, 'session.opened', 30_000);
    expect(Date.now() - killedMs).toBeLessThan(COLLECT_MS);
    expect(SessionOpened.shape.data.parse(opened).evidence.logs).toEqual([]);
    await system.decided(sessionId);
    const rows = await system.rows(sessionId);
    expect(rows.filter(({ type }) => type === 'session.opened')).toHaveLength(1);
    expect(rows.filter(({ type }) => type === 'decision.made')).toHaveLength(1);
  }, 180_000);
});
