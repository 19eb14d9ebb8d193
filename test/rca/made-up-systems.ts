import { SeededRandom } from '@inquest/testing';

/**
 * Incidents of systems that nobody tuned anything to, as `rca-evidence/1` files: several shapes of call graph, points every second to
 * every minute, the names and units of several exporters, and a fault at one service that its callers feel. Metrics are noisy and follow
 * the time of day; some points are missing or no numbers, some series never move, and one idle service wakes up for no reason.
 */
export const FAULTS = ['cpu', 'memory', 'latency', 'error', 'packet-loss', 'kill'] as const;
export type Fault = (typeof FAULTS)[number];

export interface MadeUpCase {
  schema: 'rca-evidence/1';
  case_id: string;
  dataset: string;
  t0: number;
  inject_time: number;
  metrics: { service: string; metric: string; points: [number, number | null][] }[];
  topology: [string, string][];
  alerts: { service: string; metric: string; t: number }[] | null;
  trace_stats: { from: number; to: number; rows: (string | number)[][] }[] | null;
  ground_truth: { service: string; fault_type: Fault };
}

const NAMES = 'front orders carts payment shipping users catalogue search quotes stock mail reviews ads geo'.split(' ');

/** What a service's metrics are called and in which units, after exporters that exist. */
interface Convention {
  cpu: [string, number];
  memory: [string, number];
  latency: [string, number];
  errors: [string, number];
  requests: [string, number];
  /** Resources that only ever grow, as counters do. */
  counters?: true;
}

const CONVENTIONS: readonly ((service: string) => Convention)[] = [
  () => ({ cpu: ['cpu', 1], memory: ['mem', 1], latency: ['latency', 1], errors: ['error', 1], requests: ['load', 1] }),
  (service) => ({
    cpu: [`${service}_cpu`, 100],
    memory: [`${service}_mem`, 1],
    latency: [`${service}_lat_90`, 1],
    errors: [`${service}_error`, 1],
    requests: [`${service}_workload`, 1],
  }),
  () => ({
    cpu: ['CpuUsageRate(%)', 100],
    memory: ['MemoryUsageRate(%)', 1e-7],
    latency: ['p99_latency_ms', 1_000],
    errors: ['error_rate_pct', 100],
    requests: ['requests_per_second', 1],
  }),
  (service) => ({
    cpu: [`container_cpu_usage_seconds_total{pod="${service}-5d9f8-x2k"}`, 1],
    memory: [`container_memory_working_set_bytes{pod="${service}-5d9f8-x2k"}`, 1],
    latency: ['http_request_duration_seconds_p95', 1],
    errors: ['http_errors_total', 1],
    requests: ['http_requests_total', 1],
    counters: true,
  }),
];

/** Standard normal, nearly: the sum of twelve. */
const normal = (random: SeededRandom): number =>
  Array.from({ length: 12 }, () => random.next()).reduce((sum, value) => sum + value, -6);

const topologyOf = (names: readonly string[], random: SeededRandom): [string, string][] => {
  const shape = random.of(['chain', 'star', 'tree', 'mesh']);
  return names.slice(1).flatMap((name, index): [string, string][] => {
    const at = index + 1;
    const parent = { chain: at - 1, star: 0, tree: Math.floor((at - 1) / 2), mesh: random.below(at) }[shape] ?? 0;
    const edges: [string, string][] = [[names[parent] ?? '', name]];
    const second = random.below(at);
    if (shape === 'mesh' && second !== parent) edges.push([names[second] ?? '', name]);
    return edges;
  });
};

/** How much of a callee's trouble each service feels: all of its own, half a hop away, a quarter two hops away. */
const feltBy = (culprit: string, calls: readonly [string, string][]): Map<string, number> => {
  const felt = new Map([[culprit, 1]]);
  for (let share = 0.5, front = [culprit]; front.length > 0; share /= 2) {
    const next = calls.filter(([caller, callee]) => front.includes(callee) && !felt.has(caller)).map(([caller]) => caller);
    for (const caller of next) felt.set(caller, share);
    front = [...new Set(next)];
  }
  return felt;
};

/** Factors of what is usual, at full force. */
const FORCE: Record<Fault, { cpu: number; memory: number; latency: number; errors: number; requests: number }> = {
  cpu: { cpu: 5, memory: 1, latency: 1.6, errors: 0, requests: 1 },
  memory: { cpu: 1.1, memory: 2.2, latency: 1.3, errors: 0, requests: 1 },
  latency: { cpu: 1, memory: 1, latency: 8, errors: 0, requests: 0.8 },
  error: { cpu: 0.9, memory: 1, latency: 0.7, errors: 0.4, requests: 1 },
  'packet-loss': { cpu: 0.8, memory: 1, latency: 4, errors: 0.1, requests: 0.6 },
  kill: { cpu: 0.03, memory: 0.1, latency: 1, errors: 0.6, requests: 0.02 },
};

export interface MadeUpOptions {
  /** Only metrics, one point a second, as in the oldest benchmarks. */
  plain?: boolean;
}

export const madeUpCase = (fault: Fault, seed: number, { plain = false }: MadeUpOptions = {}): MadeUpCase => {
  const random = new SeededRandom((1_000 * FAULTS.indexOf(fault) + seed + (plain ? 77_000 : 0)) * 2_654_435_761);
  const names = NAMES.slice(0, plain ? 8 : 5 + random.below(10));
  const calls = topologyOf(names, random);
  const convention = plain ? CONVENTIONS[0] : random.of(CONVENTIONS);
  const everySeconds = plain ? 1 : random.of([1, 5, 15, 30, 60]);
  const [pointsBefore, pointsDuring] = [plain ? 300 : 30 + random.below(60), plain ? 300 : 8 + random.below(20)];
  const culprit = names[1 + random.below(names.length - 2)] ?? '';
  const felt = feltBy(culprit, calls);
  const idle = names.at(-1) ?? '';
  const force = FORCE[fault];
  const day = everySeconds * (40 + random.below(120));
  const metrics = names.flatMap((service) => {
    const own = service === culprit ? 1 : 0;
    const suffers = felt.get(service) ?? 0;
    const rate = service === idle ? 0.2 : 10 + 200 * random.next();
    const words = (convention ?? CONVENTIONS[0])?.(service);
    if (!words) return [];
    const wakes = service === idle ? 3 : 1;
    const usual = {
      cpu: 0.01 + (service === idle ? 0 : 0.3 * random.next()),
      memory: 1e8 * (1 + 5 * random.next()),
      latency: 0.005 + 0.05 * random.next(),
      errors: random.next() < 0.5 ? 0 : 0.01 * random.next(),
      requests: rate,
    };
    const during: Record<keyof typeof usual, (value: number) => number> = {
      cpu: (value) => value * (own ? force.cpu : wakes),
      memory: (value) => value * (own ? force.memory : 1),
      latency: (value) => value * (1 + (force.latency - 1) * suffers),
      errors: (value) => Math.min(1, value + force.errors * suffers),
      requests: (value) => value * (own ? force.requests : 1 - (1 - force.requests) * suffers * 0.5),
    };
    const noise = { cpu: 0.12, memory: 0.01, latency: 0.2, errors: 0.3, requests: 0.1 };
    return (Object.keys(usual) as (keyof typeof usual)[]).map((kind) => {
      const [metric, unit] = words[kind];
      const follows = kind === 'memory' || kind === 'errors' ? 0 : 0.15;
      const isCounter = words.counters === true && /_total/.test(metric);
      let sum = 1_000 * random.next();
      const points: [number, number | null][] = [];
      for (let point = -pointsBefore; point < pointsDuring; point += 1) {
        const at = point * everySeconds;
        const load = 1 + follows * Math.sin((2 * Math.PI * at) / day);
        const value = usual[kind] * load * Math.exp(noise[kind] * normal(random));
        const now = unit * (at >= 0 ? during[kind](value) : value);
        const rated = kind === 'errors' && isCounter ? now * rate : now;
        sum += rated * everySeconds;
        const drawn = random.next();
        if (!plain && drawn < 0.03) continue;
        points.push([at, !plain && drawn < 0.04 ? null : isCounter ? sum : rated]);
      }
      return { service, metric, points };
    });
  });
  if (!plain)
    metrics.push({ service: names[0] ?? '', metric: 'build_info', points: metrics[0]?.points.map(([at]) => [at, 1]) ?? [] });
  const withAlert = !plain && random.next() < 0.3;
  return {
    schema: 'rca-evidence/1',
    case_id: `${plain ? 'plain' : 'mixed'}-${fault}-${seed}`,
    dataset: `${plain ? 'plain' : 'mixed'} ${fault}`,
    t0: 1_700_000_000,
    inject_time: 1_700_000_000,
    metrics,
    topology: !plain && random.next() < 0.6 ? calls : [],
    alerts: withAlert
      ? [{ service: names[0] ?? '', metric: convention?.(names[0] ?? '').latency[0] ?? '', t: 2 * everySeconds }]
      : null,
    trace_stats: null,
    ground_truth: { service: culprit, fault_type: fault },
  };
};
