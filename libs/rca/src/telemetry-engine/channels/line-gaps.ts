import type { CallGraph } from '../call-graph.js';
import { quantile } from '../statistics.js';
import { growthOf, type EdgeDelay } from './edge-delays.js';
import type { TracedLine } from './traced-lines.js';

/**
 * Where no spans are recorded, lines of one trace tell of the wire: the time between a line of one end of a call and the next line of
 * the other. Pairs of the same two places are compared, since what lies between them differs from pair to pair.
 */
export const edgeDelaysOfLines = (
  now: readonly (readonly TracedLine[])[],
  reference: readonly (readonly TracedLine[])[],
  calls: CallGraph,
): EdgeDelay[] => {
  const usual = gapsBetween(reference, calls);
  const edges = new Map<string, { caller: string; callee: string; usual: number[]; extra: number[] }>();
  for (const [key, { caller, callee, gaps }] of gapsBetween(now, calls)) {
    const known = usual.get(key)?.gaps ?? [];
    if (known.length < USUAL_MIN) continue;
    const usualMs = quantile(known, 0.5);
    const edge = edges.get(`${caller}\0${callee}`) ?? { caller, callee, usual: [], extra: [] };
    for (const gap of gaps) {
      edge.usual.push(usualMs);
      edge.extra.push(gap - usualMs);
    }
    edges.set(`${caller}\0${callee}`, edge);
  }
  return [...edges.values()].flatMap(({ caller, callee, usual: known, extra }) => {
    if (extra.length < DURING_MIN) return [];
    const usualMs = quantile(known, 0.5);
    const duringMs = usualMs + quantile(extra, 0.5);
    return [{ caller, callee, usualMs, duringMs, growth: growthOf(usualMs, duringMs) }];
  });
};

/** Fewer pairs than these say nothing of what is usual, or of now. */
const USUAL_MIN = 3;
const DURING_MIN = 4;

interface PairGaps {
  caller: string;
  callee: string;
  gaps: number[];
}

const gapsBetween = (traces: readonly (readonly TracedLine[])[], calls: CallGraph): Map<string, PairGaps> => {
  const pairs = new Map<string, PairGaps>();
  for (const lines of traces)
    lines.forEach((line, index) => {
      const previous = lines[index - 1];
      if (!previous || previous.service === line.service) return;
      const isRequest = calls.callees(previous.service).has(line.service);
      if (!isRequest && !calls.callees(line.service).has(previous.service)) return;
      const [caller, callee] = isRequest ? [previous.service, line.service] : [line.service, previous.service];
      const key = `${previous.service}\0${previous.step}\0${line.service}\0${line.step}`;
      const pair = pairs.get(key) ?? { caller, callee, gaps: [] };
      pair.gaps.push(line.atMs - previous.atMs);
      pairs.set(key, pair);
    });
  return pairs;
};
