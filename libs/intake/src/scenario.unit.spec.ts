import { evidenceItems } from '@inquest/contracts';
import { scenarioOf, snapshotOf } from './index.js';

const receipt = { receivedAt: '2026-03-01T10:20:30.000Z' };
const scenario = (file: unknown) => {
  const reading = scenarioOf(file, receipt);
  if (!reading.readable) throw new Error(reading.reason);
  return reading.scenario;
};

describe('a file to be debated', () => {
  it('reads a request with its alert and a flat list of evidence, and ignores the answer key', () => {
    const { incident, evidence } = scenario({
      incident: {
        format: 'robusta-investigate',
        body: {
          source: 'prometheus',
          title: 'Crash',
          description: 'web crashes',
          subject: { name: 'web-1', namespace: 'shop' },
          context: {},
        },
        alert: {
          labels: { alertname: 'Crash', severity: 'critical' },
          annotations: {},
          startsAt: '2026-01-01T00:00:00+01:00',
          fingerprint: 'abc',
        },
      },
      evidence: [{ id: 'e01', kind: 'log', title: 'logs', tool: 'kubectl', status: 'ok', text: 'boom' }],
      expected: { fault: 'secret' },
    });
    expect(incident).toMatchObject({
      title: 'Crash',
      service: 'web-1',
      namespace: 'shop',
      fingerprint: 'abc',
      severity: 'critical',
    });
    expect(incident.startsAt).toBe('2025-12-31T23:00:00.000Z');
    expect(evidence.logs).toEqual([
      { id: 'e01', kind: 'log', title: 'logs', tool: 'kubectl', status: 'ok', text: 'boom', trusted: true },
    ]);
    expect(JSON.stringify({ incident, evidence })).not.toContain('secret');
  });

  it('reads a question and the object that it refers to', () => {
    const { incident } = scenario({
      incident: { format: 'question', prompt: 'What is wrong with << {"type":"pod","name":"web-1","namespace":"shop"} >> ?' },
      evidence: [],
    });
    expect(incident).toMatchObject({ source: 'question', service: 'web-1', namespace: 'shop', startsAt: receipt.receivedAt });
  });

  it('debates a body whose state is normal: a person has asked', () => {
    const body = {
      title: 'Check',
      state: 'normal',
      commonLabels: { alertname: 'C', service: 'pay' },
      commonAnnotations: { description: 'fine' },
    };
    expect(scenario({ incident: { format: 'opensre-alert', body }, evidence: [] }).incident).toMatchObject({
      title: 'Check',
      service: 'pay',
    });
  });

  it('takes our own shape as it is and fills in what a person leaves out', () => {
    const evidence = { logs: [{ id: 'l', status: 'ok', title: 't', text: 'x' }] };
    const { incident, evidence: kept } = scenario({ incident: { title: 'Disk full', labels: { host: 'a' } }, evidence });
    expect(incident).toMatchObject({ source: 'api', title: 'Disk full', startsAt: receipt.receivedAt });
    expect(incident.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(kept.logs[0]).toMatchObject({ id: 'l', trusted: true });
  });

  it('takes a raw webhook', () => {
    expect(scenario({ alerts: [{ status: 'firing', labels: { alertname: 'A' } }] }).incident.title).toBe('A');
  });

  it.each([
    [{ incident: { labels: {} } }, /incident: title/],
    [{ incident: { title: 't' }, evidence: { logs: [{ id: 'x' }] } }, /evidence: logs.0.status/],
    [{ alerts: [{ status: 'resolved', labels: { alertname: 'A' } }] }, /Nothing in it is firing: A is resolved/],
    ['nonsense', /no body that we know/],
  ])('says what is wrong with %j', (file, reason) => {
    expect(scenarioOf(file, receipt)).toMatchObject({ readable: false, reason: expect.stringMatching(reason) as unknown });
  });
});

describe('a flat list of evidence', () => {
  it.each([
    ['alert', '', 'alerts'],
    ['metric', 'x', 'metrics'],
    ['k8s_event', '', 'kubernetes'],
    ['runbook', '', 'history'],
    ['change', '', 'changes'],
    ['tool_output', 'kubernetes/logs/fetch_pod_logs', 'logs'],
    ['tool_output', 'kubectl_describe', 'kubernetes'],
    ['tool_output', 'grafana/tempo/fetch_traces', 'traces'],
    ['tool_output', 'prometheus_query', 'metrics'],
    ['tool_output', 'docker_ps', 'kubernetes'],
    ['tool_output', 'somebody', 'kubernetes'],
  ])('puts %s of %s under %s', (kind, tool, dimension) => {
    const snapshot = snapshotOf([{ id: 'a', kind, tool, title: 't', status: 'ok', text: 'x' }]);
    expect(evidenceItems(snapshot).map((one) => one.dimension)).toEqual([dimension]);
  });

  it.each([
    [{ status: 'no_data', text: '' }, 'no-data'],
    [{ status: 'error', text: 'pods is forbidden: User "x"' }, 'denied'],
    [{ status: 'error', text: 'Error: permission denied for table t' }, 'denied'],
    [{ status: 'error', text: 'not found' }, 'error'],
    [{ status: 'ok', text: 'access denied was logged by the app' }, 'ok'],
    [{ status: 'ok' }, 'no-data'],
    [{ status: 'truncated', text: 'x', cut_bytes: 7 }, 'truncated'],
  ])('reads the status of %j as %s', (entry, status) => {
    expect(snapshotOf([{ id: 'a', kind: 'log', title: 't', ...entry }]).logs[0]?.status).toBe(status);
  });

  it('keeps ids and makes repeated ones unique', () => {
    const items = ['a', 'a', undefined].map((id) => ({ id, kind: 'log', title: 't', status: 'ok', text: 'x' }));
    expect(snapshotOf(items).logs.map(({ id }) => id)).toEqual(['a', 'a-2', 'e3']);
  });

  it('cuts the middle out of a long text and says how much', () => {
    const [item] = snapshotOf([
      { id: 'a', kind: 'log', title: 't', status: 'ok', text: `head${'é'.repeat(70_000)}tail`, trusted: false },
    ]).logs;
    expect(item).toMatchObject({ status: 'truncated', trusted: false });
    expect(item?.text).toMatch(/^head[^]*tail$/);
    expect(item?.cutBytes).toBeGreaterThan(12_000);
  });
});
