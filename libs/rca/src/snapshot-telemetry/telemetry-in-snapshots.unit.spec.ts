import { emptySnapshot, type EvidenceSnapshot } from '@inquest/contracts';
import { diagnose } from '../index.js';
import { event, failed, incident, json, log, nothing, pod, snapshot, text, type Piece } from '../testing/builders.js';

const START = Date.parse('2026-03-27T09:30:00Z') / 1_000;
const MINUTES = 40;
/** Half an hour of calm, then ten minutes of incident. */
const ONSET = 30;

const wobble = (minute: number, salt: number): number => 1 + 0.03 * Math.sin(minute * 2.1 + salt);

/** One metric of a service, one value a minute, from one level to another. */
const measured = (service: string, name: string, before: number, during = before, salt = 0): Piece => ({
  dimension: 'metrics',
  item: {
    id: `${service}-${name}`,
    status: 'ok',
    title: `${name} of ${service}`,
    series: [
      {
        name,
        labels: { service },
        points: Array.from({ length: MINUTES }, (_, minute): [number, number] => [
          START + 60 * minute,
          (minute < ONSET ? before : during) * wobble(minute, salt),
        ]),
      },
    ],
  },
});

const SERVICES = ['web', 'cart', 'payments', 'ledger', 'mail'];
const calm = (except: string): Piece[] =>
  SERVICES.filter((service) => service !== except).flatMap((service, salt) => [
    measured(service, 'cpu_usage_percent', 20, 20, salt),
    measured(service, 'latency_p99_ms', 80, 80, salt),
  ]);
const hotPayments = [
  ...calm('payments'),
  measured('payments', 'cpu_usage_percent', 20, 62),
  measured('payments', 'latency_p99_ms', 80, 80),
];
const slowShop = incident('Checkout is slow', { labels: { alertname: 'CheckoutSlow' } });

const of = (pieces: readonly Piece[], about = slowShop) => diagnose(snapshot(...pieces), about);

describe('measurements without a rule for them', () => {
  it('rank the services, and cite the series that decided', () => {
    const { report, findings } = of(hotPayments);
    expect(report).toMatchObject({ healthy: false, abstained: false });
    expect(report.hypotheses[0]).toMatchObject({
      component: 'payments',
      faultType: 'cpu_saturation',
      category: 'resource_exhaustion',
    });
    expect(report.hypotheses[0]?.evidenceIds).toContain('payments-cpu_usage_percent');
    expect(findings.candidates[0]?.supportedBy[0]).toMatchObject({
      kind: 'cpu',
      pointer: 'cpu_usage_percent',
      subject: 'payments',
    });
    expect(findings.series[0]).toMatchObject({ service: 'payments', metric: 'cpu_usage_percent' });
    expect(findings.telemetry?.onsetSeconds).toBeCloseTo(START + 60 * ONSET, -2);
    expect(findings.telemetry?.missing).toEqual(['traces', 'logs']);
  });

  it('accuse nobody while all is calm, and nobody when there is nothing to compare', () => {
    const { report } = of(calm(''), incident('How is the shop?'));
    expect(report.hypotheses.filter(({ confidence }) => confidence >= 0.4)).toEqual([]);
    const alone = of([measured('payments', 'cpu_usage_percent', 20, 96)]);
    expect(alone.findings.telemetry?.ranked).toEqual([]);
  });

  it('accuse nobody because an alert fires, when nothing stepped away from what it was', () => {
    const alarm = incident('Web errors', {
      service: 'web',
      labels: { alertname: 'WebErrors' },
      startsAt: '2026-03-27T10:00:00Z',
    });
    const { report, findings } = of(calm(''), alarm);
    expect(findings.telemetry?.onsetClarity).toBeLessThan(0.1);
    expect(report.abstained || report.healthy).toBe(true);
  });

  it('come out the same in whatever order the evidence stands', () => {
    const best = ({ report }: ReturnType<typeof of>) =>
      report.hypotheses.map(({ component, confidence }) => [component, confidence]);
    expect(best(of([...hotPayments].reverse()))).toEqual(best(of(hotPayments)));
  });
});

describe('measurements beside rules', () => {
  const OOM = (name: string): Piece =>
    pod(`${name}-7f9dd8b6c4-x7gr9`, false, {
      containers: [
        {
          name,
          ready: false,
          restart_count: 6,
          state: { waiting: true, reason: 'CrashLoopBackOff', message: 'last terminated: reason=OOMKilled, exit_code=137' },
        },
      ],
    });
  const memory = (service: string): Piece[] => [
    ...calm(service),
    measured(service, 'cpu_usage_percent', 20, 21),
    measured(service, 'memory_working_set_bytes', 1e8, 5e8),
    measured(service, 'latency_p99_ms', 80, 400),
  ];

  it('make a direct finding about the same service surer', () => {
    const [alone, both] = [of([OOM('cart')]), of([OOM('cart'), ...memory('cart')])];
    expect(both.report.hypotheses[0]).toMatchObject({ component: 'cart', faultType: 'oom_killed' });
    expect(both.report.confidence).toBeGreaterThan(alone.report.confidence);
    expect(both.report.hypotheses[0]?.evidenceIds).toContain('cart-memory_working_set_bytes');
  });

  it('make a direct finding about another one less sure, and are named as what speaks against it', () => {
    const [alone, both] = [of([OOM('cart')]), of([OOM('cart'), ...hotPayments])];
    const [first, second] = both.report.hypotheses;
    expect(first).toMatchObject({ component: 'cart', faultType: 'oom_killed', refutedBy: ['payments-cpu_usage_percent'] });
    expect(second).toMatchObject({ component: 'payments' });
    expect(both.report.confidence).toBeLessThan(alone.report.confidence);
    expect(second?.confidence).toBeLessThan(first?.confidence ?? 0);
  });
});

const trace = (minute: number, slow: boolean, index: number): object[] => {
  const startMs = 1_000 * (START + 60 * minute) + index * 900;
  const [own, total] = slow ? [400, 430] : [20, 50];
  const span = (id: string, parent: string, service: string, operation: string, duration: number) => ({
    traceId: `t${minute}-${index}`,
    spanId: `${id}${minute}-${index}`,
    parentSpanId: parent === '' ? '' : `${parent}${minute}-${index}`,
    service,
    operation,
    startMs,
    durationMs: duration,
  });
  return [
    span('a', '', 'web', 'GET /cart', total + 5),
    span('b', 'a', 'cart', 'GET /items', total),
    span('c', 'b', 'ledger', 'SELECT', slow ? own : 20),
  ];
};

const traces = (slowFrom: number): Piece[] => [
  json(
    'traces',
    Array.from({ length: MINUTES }, (_, minute) =>
      Array.from({ length: 14 }, (__, index) => trace(minute, minute >= slowFrom, index)),
    ).flat(2),
    { id: 'spans' },
  ),
];

describe('spans and lines', () => {
  it('lead to the service that takes the time itself, not to those that wait for it', () => {
    const { report, findings } = of(traces(ONSET));
    expect(report.hypotheses[0]?.component).toBe('ledger');
    expect(report.hypotheses[0]?.evidenceIds).toEqual(['spans']);
    expect(findings.telemetry?.measured).toEqual(['traces']);
  });

  it('are understood in the forms of Jaeger and of OpenTelemetry', () => {
    const jaeger = {
      data: [
        {
          traceID: '1',
          processes: { p1: { serviceName: 'web' }, p2: { serviceName: 'ledger' } },
          spans: [
            { traceID: '1', spanID: 'a', operationName: 'GET /', processID: 'p1', startTime: 1.79e15, duration: 900_000 },
            {
              traceID: '1',
              spanID: 'b',
              operationName: 'SELECT orders',
              processID: 'p2',
              startTime: 1.79e15,
              duration: 850_000,
              references: [{ refType: 'CHILD_OF', spanID: 'a' }],
            },
          ],
        },
      ],
    };
    const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    const group = (service: string, spans: object[]) => ({
      resource: { attributes: [attribute('service.name', service)] },
      scopeSpans: [{ spans }],
    });
    const otlp = {
      resourceSpans: [
        group('web', [
          { spanId: 'a', name: 'GET /', startTimeUnixNano: '1790000000000000000', endTimeUnixNano: '1790000000900000000' },
        ]),
        group('ledger', [
          {
            spanId: 'b',
            parentSpanId: 'a',
            name: 'SELECT orders',
            startTimeUnixNano: '1790000000000000000',
            endTimeUnixNano: '1790000000850000000',
          },
        ]),
      ],
    };
    for (const document of [jaeger, otlp])
      expect(of([json('traces', document)]).report.hypotheses[0]).toMatchObject({ component: 'ledger', faultType: 'slow_query' });
  });

  it('of a log count as those of the service that wrote them', () => {
    const at = (minute: number): string => new Date(1_000 * (START + 60 * minute)).toISOString();
    const lines = Array.from({ length: 200 }, (_, index) => `${at(index / 5)} INFO item ${index} shipped`);
    const errors = Array.from({ length: 12 }, (_, index) => `${at(38 + index / 10)} ERROR ledger entry ${index} lost`);
    const { findings } = of([
      log('cart-7f9dd8b6c4-x7gr9', ...lines),
      log('mail-7f9dd8b6c4-x7gr8', ...lines),
      log('ledger-7f9dd8b6c4-x7gr7', ...lines, ...errors),
    ]);
    expect(findings.telemetry?.ranked[0]?.service).toBe('ledger');
  });
});

describe('changes', () => {
  const release = (...lines: string[]): Piece =>
    text('changes', lines.join('\n'), { id: 'change', title: 'a release', kind: 'change' });

  it('are named when one fits what fails', () => {
    const { findings } = of([
      ...hotPayments,
      log('payments-7f9dd8b6c4-x7gr9', 'ERROR quote_cache eviction loop', 'ERROR quote_cache eviction loop'),
      release(
        'release 12 of payments, rolled out 2026-03-27T09:55:00Z',
        '-  quote_cache: 5000',
        '+  quote_cache: 900000',
        '+  eviction: eager',
      ),
    ]);
    expect(findings.changes).toMatchObject({ verdict: 'culprit', culprit: { evidenceId: 'change' } });
  });

  it('are acquitted in so many words when none has to do with it', () => {
    const { report, findings } = of([
      ...hotPayments,
      release('release 3 of wiki, rolled out 2026-03-27T08:00:00Z', '-colour: blue', '+colour: green'),
    ]);
    expect(findings.changes).toMatchObject({ verdict: 'none', considered: 1 });
    expect(report.summary).toContain('None of the one change in evidence did this');
    expect(report.hypotheses[0]?.component).toBe('payments');
  });

  it('are known to be none when somebody looked and found none, and unknown when nobody could look', () => {
    expect(of([...hotPayments, nothing('changes', 'releases of the last day')]).report.summary).toContain('No change did this');
    expect(of([...hotPayments, failed('changes', 'releases')]).findings.changes).toBeUndefined();
  });
});

it('takes anything that a collector may bring without a complaint', () => {
  const odd: Piece[] = [
    { dimension: 'metrics', item: { id: 'o1', status: 'ok', title: '', series: [{ name: 'x', labels: {}, points: [] }] } },
    {
      dimension: 'metrics',
      item: {
        id: 'o2',
        status: 'ok',
        title: '',
        series: [
          {
            name: 'cpu',
            labels: { pod: '' },
            points: [
              [0, 0],
              [0, 0],
              [1e12, 1e300],
              [-1, -1e300],
              [5, 5],
              [6, 6],
            ],
          },
        ],
      },
    },
    json('traces', [{ service: 'a', name: 'a', durationMs: -5, spanId: 's', parentSpanId: 's', startMs: 'soon' }]),
    json('topology', { edges: [['a'], [null, 3], { from: {}, to: [] }, { source: 'a', target: 'a' }] }),
    json('changes', [{ message: '', at: 'never' }, { diff: '+'.repeat(3_000) }]),
    event('Pod/x', 'Odd', ''),
  ];
  const evidence: EvidenceSnapshot = snapshot(...odd);
  expect(() => diagnose(evidence, incident('odd', { startsAt: '1970-01-01T00:00:00Z' }))).not.toThrow();
  expect(diagnose(emptySnapshot(), incident('odd')).findings).not.toHaveProperty('telemetry');
});
