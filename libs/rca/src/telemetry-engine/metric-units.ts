import type { MetricSeries } from './telemetry-evidence.js';

/** What a metric measures, as far as its name tells. */
export type MetricKind = 'cpu' | 'memory' | 'io' | 'symptom' | 'other';

/**
 * Latency, errors and availability travel up a call; they say that a service suffers, not that it is at fault. Node metrics say
 * nothing about one of the services on the node, and the two ends of an edge are the wire channel's.
 */
const KINDS: readonly (readonly [MetricKind | undefined, RegExp])[] = [
  [undefined, /^node|^edge_/i],
  ['cpu', /cpu/i],
  ['memory', /mem(?!ber)|heap|\brss\b/i],
  ['symptom', /latency|duration|success|avail|p50|p9\d|lat_|error|fail|5xx|4xx|timeout|ratio|wait/i],
  ['io', /disk|\bio(?:ps)?\b|_io(?:ps)?(?:_|$)|filesystem/i],
];

/**
 * Which series of different services measure the same: the name without labels and without the service's own name, which some exporters
 * put into either.
 */
export const familyOf = ({ service, metric }: { service: string; metric: string }): string => {
  const plain = metric.replace(/\{[^}]*\}/g, '');
  const own = service.toLowerCase();
  if (own.length < 2 || !plain.toLowerCase().startsWith(own)) return plain;
  const rest = plain.slice(own.length).replace(/^[_.:/-]/, '');
  return rest === '' ? plain : rest;
};

/** Names of what only ever grows while a process lives, after Prometheus's and OpenMetrics' conventions. */
const COUNTER = /_(?:total|count|sum)(?:$|\{)/;

/** Growth per second between neighbours of a counter; a fall is a restart, and what was counted since is its growth. Others as they are. */
export const ratesOfCounters = ({ metric, points }: Pick<MetricSeries, 'metric' | 'points'>): MetricSeries['points'] => {
  if (!COUNTER.test(metric)) return points;
  const steps = points.slice(1).map(([at, value], index) => {
    const [before, earlier] = points[index] ?? [at, value];
    return { at, seconds: at - before, growth: value - earlier, value };
  });
  if (steps.filter(({ growth }) => growth < 0).length > steps.length / 10) return points;
  return steps.flatMap(({ at, seconds, growth, value }) =>
    seconds > 0 ? [[at, (growth < 0 ? value : growth) / seconds] as const] : [],
  );
};

/** `undefined` for what is not the service's own. */
export const kindOf = (metric: string): MetricKind | undefined => {
  for (const [kind, pattern] of KINDS) if (pattern.test(metric)) return kind;
  return 'other';
};

/**
 * What a share of the usual value is a share of. Of a ratio of successes it is the failures: from 99.9 % to 99 % they grow tenfold,
 * though the ratio hardly moves. With none usual, one in five hundred.
 */
export const sizeOf = (metric: string, usual: number): number => {
  if (!/avail|success|uptime/i.test(metric) || !(usual >= 0) || usual > 100) return Math.abs(usual);
  const all = usual <= 1 ? 1 : 100;
  return Math.max(all - usual, all / 500);
};

/**
 * The least a metric must move to mean anything, whatever its noise: idle services double their CPU for no reason. Percentages by
 * points; everything else by a share of its usual value, here and with the median service, since its unit is not known for sure.
 */
export const floorOf = (metric: string, usual: number, share: number, points: number, peers = 0): number =>
  Math.max(share * Math.abs(usual), share * peers, /%|pct|percent/i.test(metric) ? points : 0, Number.MIN_VALUE);
