import { STREAM_GROUPS } from '@inquest/agent';
import { emptySnapshot, evidenceItems, SessionOpened, type EvidenceItem } from '@inquest/contracts';
import { diagnose } from '@inquest/rca';
import type { AcceptedIncident } from '@inquest/record';
import { connectRedis, SessionStreams } from '@inquest/streams';
import { anIncident, fakeHttpServer, fakeKubernetes, freshRedis, OPENED_AT_MS, type FakeHttpServer } from '@inquest/testing';
import { startHarness, until, type Harness } from '../gateway.harness.spec.js';
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

describe('two gateways that gather for one session', () => {
  it('open it once, with what the first of them found', async () => {
    const server = await freshRedis();
    const redis = connectRedis(server.url, { name: 'spec', onError: () => undefined });
    const streams = new SessionStreams(redis, { groups: STREAM_GROUPS });
    const sessionId = '019bc0de-0000-7000-8000-0000000000aa';
    const incident: AcceptedIncident = {
      ...{
        incidentId: sessionId,
        sessionId,
        incident: anIncident(alert),
        evidence: emptySnapshot(),
        path: 'debate',
        traceparent: null,
      },
      ...{ limits: { turnMs: 5_000, debateMs: 30_000 }, createdAt: alert.startsAt },
    };
    const gateway = (text: string) => {
      const evidence = { ...emptySnapshot(), logs: [{ id: 'l1', status: 'ok' as const, title: 'log', trusted: true, text }] };
      const collection = { isFor: () => true, maxMs: 1_000, gather: async () => evidence };
      const [execution, environment] = [{ isStopped: async () => true }, { AIOPS_AUTO_EXECUTE_ENABLED: false }];
      return new Opener(streams, collection as never, execution as never, redis, undefined as never, environment as never);
    };
    await gateway('seen by the first').open(incident);
    await gateway('seen by the second').open(incident);
    const entries = await streams.readable(sessionId);
    expect(entries).toHaveLength(1);
    expect(itemsOf(await openedFrom(streams, sessionId)).map(({ text }) => text)).toEqual(['seen by the first']);
    redis.disconnect();
    await server.stop();
  });
});
