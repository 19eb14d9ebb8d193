import { WEIGHTS } from '../engine-weights.js';
import { quantile } from '../statistics.js';
import type { Span } from '../telemetry-evidence.js';
import { edgeKey, growthOf, type EdgeDelay } from './edge-delays.js';
import type { Tally } from './tally.js';
import { shown } from './shown.js';
import { operationKey, type TraceEvidence } from './trace-window.js';

/**
 * Time lost between a client's span and the server's span of the same call. A slow network interface delays every edge of its
 * service, in both directions, so a service is blamed by how many of its edges are delayed, and more as callee than as caller.
 */
export const addWireGaps = (tally: Tally, edges: readonly EdgeDelay[]): void => {
  const { growthMin, asCaller, weight, oneEdgeShare } = WEIGHTS.wireGap;
  const delays = new Map<string, { sum: number; delayed: number; edges: number; worst?: EdgeDelay }>();
  for (const edge of edges)
    for (const [service, part] of [
      [edge.caller, asCaller],
      [edge.callee, 1],
    ] as const) {
      const known = delays.get(service) ?? { sum: 0, delayed: 0, edges: 0 };
      known.edges += 1;
      if (edge.growth > growthMin) {
        known.sum += edge.growth * part;
        known.delayed += 1;
        if (edge.growth > (known.worst?.growth ?? 0)) known.worst = edge;
      }
      delays.set(service, known);
    }
  for (const [service, { sum, delayed, edges: count, worst }] of delays) {
    if (!worst) continue;
    tally.add({
      channel: 'wire-gap',
      service,
      weight: weight * (sum / delayed) * (oneEdgeShare + (1 - oneEdgeShare) * (delayed / count)),
      statement: `${delayed} of ${count} connections of ${service} lose time on the wire; ${worst.caller} to ${worst.callee} ${shown(worst.duringMs)} ms instead of ${shown(worst.usualMs)} ms.`,
      pointer: `${worst.caller} -> ${worst.callee}`,
      before: worst.usualMs,
      during: worst.duringMs,
    });
  }
};

/** Delays per edge: the median of single spans where there are enough of them, else from sums, whose mean one slow call can move. */
export const edgeDelaysOfTraces = (traces: TraceEvidence): EdgeDelay[] =>
  preferred(edgeDelaysOf(spanGaps(traces)), edgeDelaysOf(summedGaps(traces)));

const preferred = (first: readonly EdgeDelay[], second: readonly EdgeDelay[]): EdgeDelay[] => {
  const known = new Set(first.map(edgeKey));
  return [...first, ...second.filter((edge) => !known.has(edgeKey(edge)))];
};

interface GapEvidence {
  now: Gaps;
  usual: Gaps;
  earlier: Gaps;
}

/** Fewer calls than this are no usual value. */
const GAPS_MIN = 2;

const edgeDelaysOf = ({ now, usual, earlier }: GapEvidence): EdgeDelay[] =>
  now.edges().flatMap(({ caller, callee, gaps }) => {
    const usualGaps = usual.of(caller, callee);
    if (usualGaps.length < GAPS_MIN || gaps.length < GAPS_MIN) return [];
    const earlierGaps = earlier.of(caller, callee);
    const usualMs = Math.max(quantile(usualGaps, 0.5), earlierGaps.length >= 3 ? quantile(earlierGaps, 0.5) : 0);
    const duringMs = quantile(gaps, 0.5);
    return [{ caller, callee, usualMs, duringMs, growth: growthOf(usualMs, duringMs) * Math.min(1, gaps.length / 4) }];
  });

/** A client span's own time, where it has one callee only. */
const summedGaps = ({ during, before, reference, called }: TraceEvidence): GapEvidence => {
  const [now, usual, earlier] = [new Gaps(), new Gaps(), new Gaps()];
  for (const [key, call] of during.calls) {
    const [callee, ...others] = called.get(operationKey(call.service, call.operation)) ?? [];
    const other = reference.calls.get(key);
    if (callee === undefined || others.length > 0 || !other || other.count < 3 || call.count < 2) continue;
    const before3 = before.calls.get(key);
    now.add(call.service, callee, call.selfMs / call.count, Math.min(call.count, 20));
    usual.add(call.service, callee, other.selfMs / other.count, Math.min(other.count, 20));
    if (before3 && before3.count >= 3)
      earlier.add(call.service, callee, before3.selfMs / before3.count, Math.min(before3.count, 20));
  }
  return { now, usual, earlier };
};

const spanGaps = ({ during, before, reference }: TraceEvidence): GapEvidence => ({
  now: gapsOfSpans(during.spans),
  usual: gapsOfSpans(reference.spans),
  earlier: gapsOfSpans(before.spans),
});

const gapsOfSpans = (windows: readonly (readonly Span[])[]): Gaps => {
  const gaps = new Gaps();
  for (const spans of windows)
    for (const span of spans) {
      const parent = span.parent >= 0 ? spans[span.parent] : undefined;
      if (parent && parent.service !== span.service)
        gaps.add(parent.service, span.service, parent.durationMs - span.durationMs, 1);
    }
  return gaps;
};

class Gaps {
  readonly #byEdge = new Map<string, { caller: string; callee: string; gaps: number[] }>();

  add(caller: string, callee: string, gapMs: number, times: number): void {
    // A child that outlasts its parent was not waited for.
    if (!(gapMs >= 0)) return;
    const key = `${caller}\0${callee}`;
    const edge = this.#byEdge.get(key) ?? { caller, callee, gaps: [] };
    for (let time = 0; time < times; time += 1) edge.gaps.push(gapMs);
    this.#byEdge.set(key, edge);
  }

  of(caller: string, callee: string): readonly number[] {
    return this.#byEdge.get(`${caller}\0${callee}`)?.gaps ?? [];
  }

  edges(): { caller: string; callee: string; gaps: number[] }[] {
    return [...this.#byEdge.values()];
  }
}
