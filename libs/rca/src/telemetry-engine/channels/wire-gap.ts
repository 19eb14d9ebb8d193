import { WEIGHTS } from '../engine-weights.js';
import { quantile } from '../statistics.js';
import type { Span } from '../telemetry-evidence.js';
import { growthOf, type EdgeDelay } from './edge-delays.js';
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

/** Delays per edge, from single spans and, where a client span has one callee only, from the sums of its own time. */
export const edgeDelaysOfTraces = ({ during, before, reference, called }: TraceEvidence): EdgeDelay[] => {
  const [now, usual, earlier] = [new Gaps(), new Gaps(), new Gaps()];
  for (const [key, call] of during.calls) {
    const [callee, ...others] = called.get(operationKey(call.service, call.operation)) ?? [];
    const other = reference.calls.get(key);
    if (callee === undefined || others.length > 0 || !other || other.count < 3 || call.count < 2) continue;
    const before3 = before.calls.get(key);
    const earlierMs = before3 && before3.count >= 3 ? before3.selfMs / before3.count : 0;
    now.add(call.service, callee, call.selfMs / call.count, Math.min(call.count, 20));
    usual.add(call.service, callee, Math.max(other.selfMs / other.count, earlierMs), Math.min(other.count, 20));
  }
  const isCounted = (span: Span): boolean => called.get(operationKey(span.service, span.operation))?.size === 1;
  for (const spans of during.spans) addSpanGaps(now, spans, isCounted);
  for (const spans of before.spans) addSpanGaps(earlier, spans, isCounted);
  for (const spans of reference.spans) addSpanGaps(usual, spans, isCounted);
  return now.edges().flatMap(({ caller, callee, gaps }) => {
    const usualGaps = usual.of(caller, callee);
    if (usualGaps.length < 2 || gaps.length < 2) return [];
    const earlierGaps = earlier.of(caller, callee);
    const usualMs = Math.max(quantile(usualGaps, 0.5), earlierGaps.length >= 3 ? quantile(earlierGaps, 0.5) : 0);
    const duringMs = quantile(gaps, 0.5);
    return [{ caller, callee, usualMs, duringMs, growth: growthOf(usualMs, duringMs) * Math.min(1, gaps.length / 4) }];
  });
};

const addSpanGaps = (gaps: Gaps, spans: readonly Span[], isCounted: (parent: Span) => boolean): void => {
  for (const span of spans) {
    const parent = span.parent >= 0 ? spans[span.parent] : undefined;
    if (parent && parent.service !== span.service && !isCounted(parent))
      gaps.add(parent.service, span.service, parent.durationMs - span.durationMs, 1);
  }
};

class Gaps {
  readonly #byEdge = new Map<string, { caller: string; callee: string; gaps: number[] }>();

  add(caller: string, callee: string, gapMs: number, times: number): void {
    if (!Number.isFinite(gapMs)) return;
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
