import { emptySnapshot, evidenceItems, EvidenceSnapshot } from '@inquest/contracts';
import type { AcceptedIncident } from '@inquest/record';
import { anIncident, fakeHttpServer, OPENED_AT_MS, type FakeHttpServer } from '@inquest/testing';
import { GatewayEnvironment } from '../gateway.environment.js';
import { EvidenceCollection } from './evidence-collection.js';

const incident = (path: AcceptedIncident['path'] = 'debate'): AcceptedIncident => ({
  ...{
    incidentId: 'i',
    sessionId: 's',
    incident: anIncident({ service: 'checkout' }),
    evidence: emptySnapshot(),
    path,
    traceparent: null,
  },
  ...{ limits: { turnMs: 5_000, debateMs: 30_000 }, createdAt: new Date(OPENED_AT_MS).toISOString() },
});
const logger = { info: () => undefined };

describe('gathering evidence', () => {
  let server: FakeHttpServer;
  beforeEach(async () => {
    server = await fakeHttpServer();
  });
  afterEach(() => server.close());
  const collection = (settings: Record<string, string>): EvidenceCollection => {
    const environment = GatewayEnvironment.parse({ INQUEST_TOKENS: `t:admin:${'0'.repeat(64)}`, ...settings });
    return new EvidenceCollection(environment, logger as never);
  };

  it('takes no time and asks nobody when nothing is configured', () => {
    expect(collection({}).maxMs).toBe(0);
    expect(collection({}).isFor(incident())).toBe(false);
  });

  it('is for sessions that are debated, and not for what goes to people at once', () => {
    const prometheus = collection({ INQUEST_PROMETHEUS_URL: server.url });
    expect(['debate', 'single', 'escalate'].map((path) => prometheus.isFor(incident(path as never)))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('spares the sources a storm: who does not get his turn in time is told so', async () => {
    server.on('/', () => undefined);
    const one = collection({ INQUEST_LOKI_URL: server.url, INQUEST_COLLECT_AT_ONCE: '1', INQUEST_COLLECT_MS: '400' });
    const startedMs = performance.now();
    const [first, second] = await Promise.all([one.gather(incident()), one.gather(incident())]);
    expect(performance.now() - startedMs).toBeLessThan(1_500);
    expect(first.logs.map(({ text }) => text)).toEqual(['It did not answer in time.', 'It did not answer in time.']);
    expect(second.logs).toMatchObject([
      { id: 'loki-failed', status: 'error', text: expect.stringContaining('too many') as string },
    ]);
  });

  it('lets nobody wait for a turn that cannot come in time', async () => {
    server.on('/', () => undefined);
    const one = collection({ INQUEST_LOKI_URL: server.url, INQUEST_COLLECT_AT_ONCE: '1', INQUEST_COLLECT_MS: '1000' });
    const waiting = Array.from({ length: 9 }, () => one.gather(incident()));
    const startedMs = performance.now();
    expect((await one.gather(incident())).logs).toMatchObject([{ id: 'loki-failed' }]);
    expect(performance.now() - startedMs).toBeLessThan(500);
    await Promise.all(waiting);
  });

  it('names what its contract would refuse, and leaves it out', async () => {
    const values = Array.from({ length: 6_000 }, (_, index) => [index, '1']);
    server.on('/', { json: { status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } } });
    const evidence = await collection({ INQUEST_PROMETHEUS_URL: server.url }).gather(incident());
    expect(EvidenceSnapshot.safeParse(evidence).success).toBe(true);
    expect(evidenceItems(evidence).map(({ item }) => item.text)).toEqual(
      expect.arrayContaining([expect.stringContaining('does not fit the contract: series.0.points')]),
    );
  });
});
