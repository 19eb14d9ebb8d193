import { escapeRegExp, quoted, type Subject } from '../subject.js';

/** One of the four golden signals (Google SRE book, chapter 6) of a service, or what it is made of. */
export interface Signal {
  readonly id: string;
  readonly title: string;
  /** Name of the series: what is measured, with its unit at the end. */
  readonly metric: string;
  readonly unit: string;
  /** Which label of a series says whom it is about, if it is not the service itself. */
  readonly by?: string;
  readonly query: string;
}

interface Template extends Omit<Signal, 'query'> {
  /** Selectors of one service, by any of its names, to queries of which the first that has data counts. */
  readonly ofService?: (selector: string) => readonly string[];
  /** Selector of its pods to a query. */
  readonly ofPods?: (selector: string) => string;
}

const RATE = '[5m]';
/** OpenTelemetry's name, Prometheus' own, that of Spring, that of the Istio proxy. */
const REQUESTS = ['http_server_request_duration_seconds', 'http_request_duration_seconds', 'http_server_requests_seconds'];
const COUNTERS = ['http_requests_total', ...REQUESTS.map((name) => `${name}_count`)];
/** What the status code is called, as the clients above call it. */
const FAILED = ['code', 'status', 'http_response_status_code'].map((label) => `${label}=~"5.."`);

const TEMPLATES: readonly Template[] = [
  {
    ...{ id: 'traffic', title: 'Requests per second', metric: 'request_rate', unit: 'req/s' },
    ofService: (selector) => COUNTERS.map((name) => `sum(rate(${name}{${selector}}${RATE}))`),
  },
  {
    ...{ id: 'errors', title: 'Requests that failed, per second', metric: 'http_5xx_error_rate', unit: 'req/s' },
    ofService: (selector) =>
      COUNTERS.flatMap((name) => FAILED.map((failed) => `sum(rate(${name}{${selector},${failed}}${RATE}))`)),
  },
  {
    ...{ id: 'latency', title: 'Latency, 95th percentile', metric: 'latency_p95_seconds', unit: 's' },
    ofService: (selector) =>
      REQUESTS.map((name) => `histogram_quantile(0.95, sum by (le) (rate(${name}_bucket{${selector}}${RATE})))`),
  },
  {
    ...{ id: 'cpu', title: 'CPU used', metric: 'cpu_usage_cores', unit: 'cores', by: 'pod' },
    ofPods: (selector) =>
      `sum by (pod) (rate(container_cpu_usage_seconds_total{${selector},container!="",container!="POD"}${RATE}))`,
  },
  {
    ...{ id: 'cpu-throttled', title: 'Share of CPU periods throttled', metric: 'cpu_throttled_ratio', unit: 'ratio', by: 'pod' },
    ofPods: (selector) =>
      `sum by (pod) (rate(container_cpu_cfs_throttled_periods_total{${selector}}${RATE})) / sum by (pod) (rate(container_cpu_cfs_periods_total{${selector}}${RATE}))`,
  },
  {
    ...{ id: 'memory', title: 'Memory used', metric: 'memory_working_set_bytes', unit: 'bytes', by: 'pod' },
    ofPods: (selector) => `sum by (pod) (container_memory_working_set_bytes{${selector},container!="",container!="POD"})`,
  },
  {
    ...{ id: 'memory-limit', title: 'Memory used of its limit', metric: 'memory_usage_of_limit_ratio', unit: 'ratio', by: 'pod' },
    ofPods: (selector) =>
      `max by (pod) (container_memory_working_set_bytes{${selector},container!="",container!="POD"} / on (namespace, pod, container) group_left () kube_pod_container_resource_limits{${selector},resource="memory"})`,
  },
  {
    ...{
      id: 'restarts',
      title: 'Container restarts',
      metric: 'kube_pod_container_status_restarts_total',
      unit: 'restarts',
      by: 'pod',
    },
    ofPods: (selector) => `sum by (pod) (kube_pod_container_status_restarts_total{${selector}})`,
  },
];

/** Labels of alerts that the series of the same service also have. */
const SERVICE_LABELS = ['service', 'job', 'app', 'service_name', 'deployment'];

/** The queries that fit what the alert says: none of a service without a name, none of pods without a namespace. */
export const goldenSignals = (subject: Subject): Signal[] => {
  const services = serviceSelectors(subject);
  const pods = podSelector(subject);
  return TEMPLATES.flatMap(({ ofService, ofPods, ...signal }) => {
    if (ofService) return services.length === 0 ? [] : [{ ...signal, query: services.flatMap(ofService).join(' or ') }];
    return ofPods && pods !== undefined ? [{ ...signal, query: ofPods(pods) }] : [];
  });
};

/** First the labels that the alert itself carries, which its expression left of the series; then the usual ones. */
const serviceSelectors = ({ incident: { labels }, service, namespace }: Subject): string[] => {
  const within = namespace === undefined ? [] : [`namespace=${quoted(namespace)}`];
  const own = SERVICE_LABELS.filter((label) => (labels[label] ?? '') !== '').map(
    (label) => `${label}=${quoted(labels[label] ?? '')}`,
  );
  const usual =
    service === undefined
      ? []
      : [`service=${quoted(service)}`, `job=~${quoted(`(.+/)?${escapeRegExp(service)}`)}`, `app=${quoted(service)}`];
  const selectors = [
    ...(own.length > 0 ? [[...own, ...within].join(',')] : []),
    ...usual.map((one) => [one, ...within].join(',')),
  ];
  return [...new Set(selectors)];
};

const podSelector = ({ namespace, service, pod }: Subject): string | undefined => {
  if (namespace === undefined) return undefined;
  const names = pod !== undefined ? escapeRegExp(pod) : service !== undefined ? `${escapeRegExp(service)}(-.+)?` : undefined;
  return names === undefined ? undefined : `namespace=${quoted(namespace)},pod=~${quoted(names)}`;
};
