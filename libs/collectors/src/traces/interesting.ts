import type { TraceSpan } from './span.js';

/** Of one question. */
export const TRACES_SHOWN = 3;

const durationOf = (spans: readonly TraceSpan[]): number =>
  Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs)) - Math.min(...spans.map(({ startMs }) => startMs));

/** The longest first; traces without a span tell nothing. */
export const interesting = (traces: readonly TraceSpan[][]): TraceSpan[][] =>
  traces.filter(({ length }) => length > 0).sort((a, b) => durationOf(b) - durationOf(a));
