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

/** `undefined` for what is not the service's own. */
export const kindOf = (metric: string): MetricKind | undefined => {
  for (const [kind, pattern] of KINDS) if (pattern.test(metric)) return kind;
  return 'other';
};

/**
 * The least a metric must move to mean anything, whatever its noise: idle services double their CPU for no reason. Percentages by
 * points; everything else by a share of its usual value, here and with the median service, since its unit is not known for sure.
 */
export const floorOf = (metric: string, usual: number, share: number, points: number, peers = 0): number =>
  Math.max(share * Math.abs(usual), share * peers, /%|pct|percent/i.test(metric) ? points : 0, Number.MIN_VALUE);
