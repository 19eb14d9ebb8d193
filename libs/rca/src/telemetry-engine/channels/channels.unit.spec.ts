import { diagnoseTelemetry } from '../diagnose-telemetry.js';
import { NO_REFERENCE, type EdgeLatency, type MetricSeries, type TelemetryEvidence } from '../telemetry-evidence.js';
import { noEvidence, operation, step, window } from '../testing/builders.js';

const top = (evidence: TelemetryEvidence, reference = NO_REFERENCE) => diagnoseTelemetry(evidence, reference).ranked[0];

const edge = (caller: string, callee: string, ms: number, sinceMs = ms, until = 60): EdgeLatency => ({
  caller,
  callee,
  client: step(caller, '', ms + 1, sinceMs + 1).points.slice(0, until),
  server: step(callee, '', ms).points.slice(0, until),
});

it('does not blame an idle service whose little CPU trebles', () => {
  const series: MetricSeries[] = [
    step('shop', 'cpu', 0.4),
    step('basket', 'cpu', 0.5, 0.95),
    step('billing', 'cpu', 0.3),
    step('mailer', 'cpu', 0.0005, 0.0015),
  ];
  expect(top({ ...noEvidence(), series })).toMatchObject({ service: 'basket', faultType: 'cpu_saturation' });
});

it('does not blame a percentage that moves by less than points', () => {
  const series = [step('shop', 'CpuUsageRate(%)', 20, 40), step('mailer', 'CpuUsageRate(%)', 0.1, 1)];
  const { ranked } = diagnoseTelemetry({ ...noEvidence(), series });
  expect(ranked[0]?.service).toBe('shop');
  expect(ranked[1]?.findings.map(({ channel }) => channel)).not.toContain('cpu');
});

it('tells memory from CPU', () => {
  const series = [
    step('shop', 'mem', 1e8),
    step('basket', 'mem', 2e8, 6e8),
    step('basket', 'cpu', 0.2),
    step('shop', 'cpu', 0.2),
  ];
  expect(top({ ...noEvidence(), series })).toMatchObject({ service: 'basket', faultType: 'memory_pressure' });
});

it('blames the callee for the wire when all of its edges slow down, in both directions', () => {
  const edges = [
    edge('shop', 'basket', 5, 300),
    edge('basket', 'billing', 5, 300),
    edge('parcels', 'billing', 5),
    edge('shop', 'parcels', 5),
  ];
  const evidence = { ...noEvidence(), edges, series: [step('basket', 'latency', 0.1, 0.6), step('shop', 'latency', 0.2, 0.7)] };
  const first = top(evidence);
  expect(first).toMatchObject({ service: 'basket', faultType: 'slow_dependency' });
  expect(first?.findings[0]).toMatchObject({ channel: 'wire-gap' });
});

it('blames a caller that no longer calls what it always called, while it is still called itself', () => {
  const edges = [edge('shop', 'basket', 5), edge('basket', 'billing', 5, 5, 52), edge('shop', 'parcels', 5)];
  expect(top({ ...noEvidence(), edges })).toMatchObject({ service: 'basket', findings: [{ channel: 'call-counts' }] });
});

it('does not blame a caller that nobody calls any more', () => {
  const edges = [edge('shop', 'basket', 5, 5, 52), edge('basket', 'billing', 5, 5, 52), edge('shop', 'parcels', 5)];
  expect(diagnoseTelemetry({ ...noEvidence(), edges }).ranked.map(({ service }) => service)).toEqual(['shop']);
});

it('finds time spent in a service’s own code', () => {
  const at = (fromSeconds: number, selfMeanMs: number) => [
    window({
      fromSeconds,
      toSeconds: fromSeconds + 60,
      operations: [operation(), operation({ service: 'basket', caller: 'shop', callerOperation: 'GET /', selfMeanMs })],
    }),
  ];
  const first = top({ ...noEvidence(), spanWindows: at(300, 90) }, { ...NO_REFERENCE, spanWindows: at(0, 10) });
  expect(first).toMatchObject({ service: 'basket', findings: [{ channel: 'own-time', before: 10, during: 90 }] });
});

describe('an alert on a metric that many services have', () => {
  const moving = (service: string, factor: number): MetricSeries => ({
    service,
    metric: 'latency',
    points: Array.from({ length: 40 }, (_, index) => [
      index * 60,
      index < 20 ? 0.1 + 0.001 * (index % 3) : 0.1 + factor * (1 + (index % 4)),
    ]),
  });
  const evidence: TelemetryEvidence = {
    ...noEvidence(),
    calls: [
      ['site', 'basket'],
      ['basket', 'billing'],
      ['site', 'parcels'],
      ['site', 'news'],
    ],
    alerts: [{ service: 'site', metric: 'latency', atSeconds: 1_200, summary: '' }],
    series: [moving('site', 0.2), moving('basket', 0.2), moving('billing', 0.2), moving('parcels', 0), moving('news', 0)],
  };

  it('leads to the deepest service that moves with it, never to the alerting one', () => {
    const { ranked } = diagnoseTelemetry(evidence);
    expect(ranked[0]?.findings[0]?.channel).toBe('alert-correlation');
    expect(['basket', 'billing']).toContain(ranked[0]?.service);
    expect(ranked.find(({ service }) => service === 'parcels')?.score).toBe(0);
  });

  it('is imagined where nobody set one', () => {
    const { ranked } = diagnoseTelemetry({ ...evidence, alerts: [] });
    expect(['basket', 'billing']).toContain(ranked[0]?.service);
  });
});
