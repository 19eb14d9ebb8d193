import { STREAM_GROUPS } from '@inquest/agent';
import { emptySnapshot, evidenceItems, SessionOpened, type EvidenceItem, type EvidenceSnapshot } from '@inquest/contracts';
import { diagnose } from '@inquest/rca';
import type { AcceptedIncident } from '@inquest/record';
import { connectRedis, SessionStreams, type RedisConnection } from '@inquest/streams';
import { anIncident, fakeHttpServer, fakeKubernetes, freshRedis, OPENED_AT_MS, type FakeHttpServer } from '@inquest/testing';
import { startHarness, until, type Harness } from '../gateway.harness.spec.js';
import { GatheringLease } from './gathering-lease.js';
import { Opener } from './opener.js';

const SECRET = 'ghp_9aK2mPq7RtZx4VbN8cLs1WdFhJ3gYuEoQi5T';
const alert = {
  title: 'Checkout is slow',
  service: 'checkout',
  namespace: 'shop',
  startsAt: new Date(OPENED_AT_MS).toISOString(),
};

/** Answers every query with one series. */
const fakePrometheus = async (): Promise<FakeHttpServer> => {
  const server = await fakeHttpServer();
  const values = [[OPENED_AT_MS / 1_000, '0.25']];
  server.on('/api/v1/query_range', {
    json: { status: 'success', data: { resultType: 'matrix', result: [{ metric: { pod: 'checkout-a' }, values }] } },
  });
  return server;
};

const openedFrom = async (streams: SessionStreams, sessionId: unknown): Promise<SessionOpened> => {
  const entry = await until(async () => (await streams.readable(String(sessionId)))[0], 15_000);
  return SessionOpened.parse(JSON.parse(entry.body));
};
const itemsOf = ({ data }: SessionOpened): EvidenceItem[] => evidenceItems(data.evidence).map(({ item }) => item);

describe('a session with sources of evidence', () => {
  let [kubernetes, prometheus]: FakeHttpServer[] = [];
  let door: Harness;
  beforeAll(async () => {
    [kubernetes, prometheus] = await Promise.all([fakeKubernetes(), fakePrometheus()]);
    kubernetes.on('/api/v1/namespaces/shop/pods/checkout-r2-abc12/log?', { text: `FATAL cannot log in with token ${SECRET}\n` });
    door = await startHarness({
      INQUEST_KUBERNETES: kubernetes.url,
      INQUEST_PROMETHEUS_URL: prometheus.url,
      INQUEST_PROMETHEUS_AUTHORIZATION: 'Bearer opaque-prometheus',
      INQUEST_COLLECT_MS: '2000',
    });
  });
  afterAll(async () => {
    await door.close();
    await Promise.all([kubernetes?.close(), prometheus?.close()]);
  });

  it('opens with what they say, beside what came with the incident, and without its secrets', async () => {
    const evidence = { logs: [{ id: 'mine', status: 'ok', title: 'Given by hand', text: 'slow since ten' }] };
    const { status, body } = await door.send('POST', '/v1/incidents', { incident: { ...alert, fingerprint: 'with' }, evidence });
    expect(status).toBe(202);
    const opened = await openedFrom(door.streams, body['sessionId']);
    const items = itemsOf(opened);
    expect(items.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'mine',
        'kubernetes-pods-affected',
        'kubernetes-rollouts',
        'prometheus-errors',
        'prometheus-memory',
      ]),
    );
    expect(opened.data.evidence.logs[0]?.id).toBe('mine');
    const told = JSON.stringify(opened);
    expect(told).toContain('OOMKilled');
    expect(told).toContain('[REDACTED:');
    expect(told).not.toMatch(new RegExp(`${SECRET}|correct-horse|opaque-prometheus`));
    expect(diagnose(opened.data.evidence, opened.data.incident).report.hypotheses[0]?.faultType).toBe('oom_killed');
    expect(prometheus?.asked[0]?.headers['authorization']).toBe('Bearer opaque-prometheus');
  });

  it('is opened by the sweep with evidence, too, when its gateway died before', async () => {
    const accepted = await door.record.incidents.accept({
      ...{ incident: anIncident({ ...alert, fingerprint: 'stalled' }), evidence: emptySnapshot(), path: 'debate' },
      limits: { turnMs: 5_000, debateMs: 30_000 },
    });
    const opened = await openedFrom(door.streams, accepted.sessionId);
    expect(itemsOf(opened).map(({ id }) => id)).toContain('kubernetes-pods-affected');
  });

  it('never waits for the address that the alert names', async () => {
    const stranger = await fakeHttpServer();
    const url = `${stranger.url}/graph?g0.expr=up%20%3D%3D%200`;
    const { body } = await door.send('POST', '/v1/incidents', { incident: { ...alert, fingerprint: 'url', url } });
    const opened = await openedFrom(door.streams, body['sessionId']);
    expect(itemsOf(opened).find(({ id }) => id === 'prometheus-alert')).toMatchObject({ invocation: 'up' });
    expect(stranger.asked).toEqual([]);
    await stranger.close();
  });
});

describe('a session whose sources are all away', () => {
  const LIMIT_MS = 1_000;
  let silent: FakeHttpServer;
  let door: Harness;
  beforeAll(async () => {
    silent = await fakeHttpServer();
    silent.on('/', () => undefined);
    const gone = await fakeHttpServer();
    await gone.close();
    door = await startHarness({
      ...{ INQUEST_KUBERNETES: silent.url, INQUEST_PROMETHEUS_URL: gone.url, INQUEST_LOKI_URL: silent.url },
      ...{ INQUEST_TEMPO_URL: gone.url, INQUEST_JAEGER_URL: silent.url, INQUEST_COLLECT_MS: String(LIMIT_MS) },
    });
  });
  afterAll(async () => {
    await door.close();
    await silent.close();
  });

  it('opens within the limit, and says what could not be seen', async () => {
    const sentMs = performance.now();
    const { body } = await door.send('POST', '/v1/incidents', { incident: { ...alert, fingerprint: 'away' } });
    // The sender does not wait for it.
    expect(performance.now() - sentMs).toBeLessThan(LIMIT_MS);
    const opened = await openedFrom(door.streams, body['sessionId']);
    expect(performance.now() - sentMs).toBeLessThan(2 * LIMIT_MS);
    const items = itemsOf(opened).filter(({ id }) => id !== 'alert-1');
    expect(new Set(items.map(({ id }) => id.split('-')[0]))).toEqual(
      new Set(['kubernetes', 'prometheus', 'loki', 'tempo', 'jaeger']),
    );
    expect(items.filter(({ status }) => status === 'ok')).toEqual([]);
    expect(items.find(({ id }) => id === 'kubernetes-pods')).toMatchObject({
      status: 'error',
      text: 'It did not answer in time.',
    });
  });
});

describe('an opening for which evidence is gathered', () => {
  let server: Awaited<ReturnType<typeof freshRedis>>;
  let redis: RedisConnection;
  let streams: SessionStreams;
  beforeEach(async () => {
    server = await freshRedis();
    redis = connectRedis(server.url, { name: 'spec', onError: () => undefined });
    streams = new SessionStreams(redis, { groups: STREAM_GROUPS });
  });
  afterEach(async () => {
    redis.disconnect();
    await server.stop();
  });

  const sessionId = '019bc0de-0000-7000-8000-0000000000aa';
  const seen = (text: string): EvidenceSnapshot => ({
    ...emptySnapshot(),
    logs: [{ id: 'l1', status: 'ok', title: 'log', trusted: true, text }],
  });
  const incident: AcceptedIncident = {
    ...{ incidentId: sessionId, sessionId, incident: anIncident(alert), evidence: seen('brought along') },
    ...{ path: 'debate', traceparent: null, limits: { turnMs: 5_000, debateMs: 30_000 }, createdAt: alert.startsAt },
  };
  const logger = { warn: () => undefined, error: () => undefined };
  const gateway = (name: string, gather: () => Promise<EvidenceSnapshot>) => {
    const collection = { isFor: () => true, maxMs: 1_000, gather };
    const [execution, environment] = [{ isStopped: async () => true }, { AIOPS_AUTO_EXECUTE_ENABLED: false }];
    const lease = new GatheringLease(redis, { INQUEST_CONSUMER: name }, logger as never);
    return new Opener(streams, collection as never, lease, execution as never, redis, logger as never, environment as never);
  };
  const told = async () => itemsOf(await openedFrom(streams, sessionId)).map(({ text }) => text);

  it('happens once, with what the first of two gateways found', async () => {
    await gateway('first', async () => seen('by the first')).open(incident);
    await gateway('second', async () => seen('by the second')).open(incident);
    expect(await streams.readable(sessionId)).toHaveLength(1);
    expect(await told()).toEqual(['by the first']);
  });

  it('is left by one gateway to the other that is gathering for it', async () => {
    let found = (_: EvidenceSnapshot): void => undefined;
    const first = gateway('first', () => new Promise((resolve) => (found = resolve))).open(incident);
    await until(async () => (await redis.keys('aiops:lease:gathering:*')).length === 1);
    let asked = 0;
    await gateway('second', async () => seen(String((asked += 1)))).open(incident);
    expect([asked, await streams.readable(sessionId)]).toEqual([0, []]);
    found(seen('by the first'));
    await first;
    expect(await told()).toEqual(['by the first']);
  });

  it('happens all the same when gathering breaks', async () => {
    await gateway('only', () => Promise.reject(new TypeError('a collector that nobody has tried'))).open(incident);
    expect(await told()).toEqual(['brought along']);
  });

  it('goes without when gathering has ended two gateways before', async () => {
    for (const name of ['first', 'second']) {
      // Neither ends nor gives anything back, as if it were dead.
      void gateway(name, () => new Promise(() => undefined)).open(incident);
      await until(async () => (await redis.del(`aiops:lease:gathering:${sessionId}`)) === 1);
    }
    await until(async () => (await redis.get(`aiops:lease:gathered:${sessionId}`)) === '2');
    await gateway('third', async () => seen('by the third')).open(incident);
    expect(await told()).toEqual(['brought along']);
  });
});
