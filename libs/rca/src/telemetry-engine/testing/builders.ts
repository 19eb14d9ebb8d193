import type {
  LogEvidence,
  MetricSeries,
  OperationSums,
  Span,
  SpanWindow,
  TelemetryEvidence,
  TelemetryReference,
} from '../telemetry-evidence.js';

/** Nothing was measured. */
export const noEvidence = (): TelemetryEvidence => ({
  series: [],
  edges: [],
  calls: [],
  alerts: [],
  spanWindows: [],
  logs: { templates: [], events: [] },
  errorPatterns: [],
});

export const span = (given: Partial<Span> = {}): Span => ({
  trace: 0,
  parent: -1,
  service: 'shop',
  operation: 'GET /',
  startMs: 0,
  durationMs: 10,
  ...given,
});

export const operation = (given: Partial<OperationSums> = {}): OperationSums => ({
  service: 'shop',
  operation: 'GET /',
  caller: '',
  callerOperation: '',
  count: 20,
  meanMs: 10,
  selfMeanMs: 2,
  ...given,
});

export const window = (given: Partial<SpanWindow> = {}): SpanWindow => ({
  fromSeconds: 0,
  toSeconds: 60,
  operations: [],
  spans: [],
  ...given,
});

/** A level before and another since, one point every ten seconds of five minutes each. */
export const step = (service: string, metric: string, before: number, since = before): MetricSeries => ({
  service,
  metric,
  points: Array.from({ length: 60 }, (_, index) => {
    const wobble = 1 + 0.02 * Math.sin(index * 2.4);
    return [index * 10, (index < 30 ? before : since) * wobble] as const;
  }),
});

const SHOP = [
  ['shop', 'basket'],
  ['basket', 'billing'],
  ['shop', 'parcels'],
] as const;

/**
 * Shop calls basket, which calls billing; shop calls parcels. During the outage billing starts as ever but no longer reaches the end of
 * its work, and neither does basket, which waits for it; billing burns CPU meanwhile.
 */
export const shopOutage = (): { evidence: TelemetryEvidence; reference: TelemetryReference } => ({
  evidence: {
    ...noEvidence(),
    calls: SHOP,
    series: ['shop', 'basket', 'billing', 'parcels'].flatMap((service) => [
      step(service, 'CpuUsageRate(%)', 10, service === 'billing' ? 40 : 10),
      step(service, 'latency_p90', 0.05, service === 'parcels' ? 0.05 : 0.2),
    ]),
    spanWindows: [traffic(480, true)],
    logs: lines(480, true),
  },
  reference: { series: [], edges: [], spanWindows: [traffic(0, false)], logs: lines(0, false) },
});

const RUNS = 12;

const traffic = (fromSeconds: number, isBroken: boolean): SpanWindow => {
  const calls = [
    operation(),
    operation({ service: 'basket', operation: 'POST /checkout', caller: 'shop', callerOperation: 'GET /' }),
    operation({ service: 'billing', operation: 'POST /charge', caller: 'basket', callerOperation: 'POST /checkout' }),
    operation({ service: 'parcels', operation: 'POST /send', caller: 'shop', callerOperation: 'GET /' }),
    operation({
      service: 'billing',
      operation: 'INSERT charge',
      caller: 'billing',
      callerOperation: 'POST /charge',
      count: isBroken ? 0 : 20,
    }),
  ];
  return window({ fromSeconds, toSeconds: fromSeconds + 60, operations: calls });
};

const lines = (fromSeconds: number, isBroken: boolean): LogEvidence => {
  const templates = [
    'Shop#1 start',
    'Basket#5 start',
    'Basket#9 done',
    'Billing#10 start',
    'Billing#20 charged',
    'Parcels#3 sent',
  ].map((template) => ({ service: template.split('#')[0]?.toLowerCase() ?? '', level: 'INFO', template, counts: [] }));
  const steps = isBroken ? [0, 1, 3, 5] : [0, 1, 3, 4, 2, 5];
  return {
    templates,
    events: Array.from({ length: RUNS }, (_, trace) =>
      steps.map((template, index) => ({ atMs: 1_000 * (fromSeconds + 4 * trace) + index, template, trace })),
    ).flat(),
  };
};
