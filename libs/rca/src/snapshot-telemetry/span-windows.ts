import type { SpanFact } from '../facts/fact.js';
import type { OperationSums, Span, SpanWindow } from '../telemetry-engine/telemetry-evidence.js';
import type { EvidenceSources } from './evidence-sources.js';
import { serviceNamed } from './services.js';

const WINDOW_SECONDS = 60;
/** With spans in fewer minutes than this, a window is what came before the alert or since. */
const MINUTES_MIN = 6;

interface PlacedSpan extends SpanFact {
  parent: PlacedSpan | undefined;
}

const placed = (spans: readonly SpanFact[]): PlacedSpan[] => {
  const all: PlacedSpan[] = spans.map((span) => ({ ...span, service: serviceNamed(span.service), parent: undefined }));
  const byId = new Map(all.filter(({ spanId }) => spanId !== '').map((span) => [span.spanId, span]));
  for (const span of all) {
    const parent = byId.get(span.parentId);
    if (parent !== span) span.parent = parent;
  }
  return all;
};

/** Calls between services that spans show. */
const callsOf = (spans: readonly PlacedSpan[]): [caller: string, callee: string][] =>
  spans.flatMap(({ service, parent }): [string, string][] =>
    parent !== undefined && parent.service !== service ? [[parent.service, service]] : [],
  );

const sumsOf = (spans: readonly PlacedSpan[]): OperationSums[] => {
  const sums = new Map<string, OperationSums>();
  for (const { service, operation, parent, durationMs, selfMs } of spans) {
    const [caller, callerOperation] = [parent?.service ?? '', parent?.operation ?? ''];
    const key = [service, operation, caller, callerOperation].join('\0');
    const known = sums.get(key) ?? { service, operation, caller, callerOperation, count: 0, meanMs: 0, selfMeanMs: 0 };
    const count = known.count + 1;
    sums.set(key, {
      ...known,
      count,
      meanMs: known.meanMs + (durationMs - known.meanMs) / count,
      selfMeanMs: known.selfMeanMs + (Math.max(0, selfMs) - known.selfMeanMs) / count,
    });
  }
  return [...sums.values()];
};

const windowOf = (spans: readonly PlacedSpan[], traces: ReadonlyMap<string, number>): SpanWindow => {
  const starts = spans.map(({ startMs }) => startMs ?? 0);
  const rows = new Map(spans.map((span, index) => [span, index]));
  return {
    fromSeconds: starts.reduce((min, at) => Math.min(min, at), Infinity) / 1_000,
    toSeconds: starts.reduce((max, at) => Math.max(max, at), -Infinity) / 1_000,
    operations: sumsOf(spans),
    spans: spans.map(({ trace, parent, service, operation, startMs, durationMs }): Span => ({
      trace: traces.get(trace) ?? -1,
      parent: (parent && rows.get(parent)) ?? (parent ? -2 : -1),
      service,
      operation,
      startMs: startMs ?? 0,
      durationMs,
    })),
  };
};

/** Spans in windows of a minute; where only some calls are known, before the alert and since; without times all in one. */
export const spanWindows = (
  facts: readonly SpanFact[],
  alertSeconds: number,
  traces: ReadonlyMap<string, number>,
  sources: EvidenceSources,
): { windows: SpanWindow[]; calls: [caller: string, callee: string][] } => {
  const spans = placed(facts);
  for (const { service, operation, id } of spans) sources.add(service, operation, id);
  const groups = new Map<number, PlacedSpan[]>();
  const minuteOf = ({ startMs }: PlacedSpan): number => Math.floor((startMs ?? 0) / 1_000 / WINDOW_SECONDS);
  const minutes = new Set(spans.map(minuteOf)).size;
  for (const span of spans) {
    const group = minutes >= MINUTES_MIN ? minuteOf(span) : Number((span.startMs ?? 0) / 1_000 >= alertSeconds);
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [span]);
    else known.push(span);
  }
  return {
    windows: [...groups].sort(([a], [b]) => a - b).map(([, group]) => windowOf(group, traces)),
    calls: callsOf(spans),
  };
};
