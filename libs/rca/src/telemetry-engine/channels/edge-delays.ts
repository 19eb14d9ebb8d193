import type { EdgeLatency } from '../telemetry-evidence.js';
import { WEIGHTS } from '../engine-weights.js';
import { quantile } from '../statistics.js';

/** How much longer the wire of one edge takes than usual. */
export interface EdgeDelay {
  caller: string;
  callee: string;
  usualMs: number;
  duringMs: number;
  /** Doublings, capped; 0 when it did not grow. */
  growth: number;
}

/** Doublings of the time on the wire; 0 for what is too little to matter. */
export const growthOf = (usualMs: number, duringMs: number): number =>
  duringMs - usualMs > WEIGHTS.wireGap.extraMsMin
    ? Math.min(WEIGHTS.wireGap.cap, Math.log2((duringMs + 0.5) / (Math.max(usualMs, 0) + 0.5)))
    : 0;

/** Delays from latencies that both ends of an edge report, where their difference has grown beyond nearly all usual ones. */
export const edgeDelaysOfMetrics = (
  edges: readonly EdgeLatency[],
  reference: readonly EdgeLatency[],
  onsetSeconds: number,
): EdgeDelay[] => {
  const usualOf = new Map(reference.map((edge) => [edgeKey(edge), gapsOf(edge).map(({ gapMs }) => gapMs)]));
  return edges.flatMap((edge) => {
    const gaps = gapsOf(edge);
    const before = gaps.filter(({ at }) => at < onsetSeconds).map(({ gapMs }) => gapMs);
    const during = gaps.filter(({ at }) => at >= onsetSeconds).map(({ gapMs }) => gapMs);
    const usual = [...(usualOf.get(edgeKey(edge)) ?? []), ...before];
    if (usual.length < 4 || during.length < 2) return [];
    const [usualMs, duringMs] = [quantile(usual, 0.9), quantile(during, 0.5)];
    return [{ caller: edge.caller, callee: edge.callee, usualMs, duringMs, growth: growthOf(usualMs, duringMs) }];
  });
};

export const edgeKey = ({ caller, callee }: { caller: string; callee: string }): string => `${caller}\0${callee}`;

const gapsOf = ({ client, server }: EdgeLatency): { at: number; gapMs: number }[] => {
  const served = new Map(server);
  return client.flatMap(([at, ms]) => {
    const gapMs = ms - (served.get(at) ?? NaN);
    return Number.isFinite(gapMs) ? [{ at, gapMs }] : [];
  });
};

/** One delay an edge: the larger where both traces and metrics tell of it. */
export const mergedDelays = (...lists: readonly (readonly EdgeDelay[])[]): EdgeDelay[] => {
  const merged = new Map<string, EdgeDelay>();
  for (const edge of lists.flat()) {
    const known = merged.get(edgeKey(edge));
    if (!known || edge.growth > known.growth) merged.set(edgeKey(edge), edge);
  }
  return [...merged.values()];
};
