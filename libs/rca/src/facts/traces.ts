import type { SpanFact } from './fact.js';
import { numberAt, objectAt, objectsIn, textAt, type JsonObject } from './json.js';

/** `├─ postgres.query (fraud-service) - 6209.41ms (span_id=…)`, nested by indentation. */
const TREE_SPAN = /^([\s│├└─]{0,80})(.{1,160}?) \(([\w.-]{1,80})\) - ([\d.]{1,12})ms/;

const SPANS_MAX = 2_000;

interface Open {
  span: SpanFact;
  depth: number;
}

const treeSpans = (id: string, lines: readonly string[]): SpanFact[] => {
  const spans: SpanFact[] = [];
  let open: Open[] = [];
  let trace = 0;
  for (const line of lines) {
    const match = TREE_SPAN.exec(line.slice(0, 400));
    const last = open.at(-1)?.span;
    if (match === null) {
      const statement = /db\.statement: (.*)$/.exec(line)?.[1];
      if (statement !== undefined && last !== undefined) last.statement = statement.slice(0, 300);
      if (/\berror: (?:True|true)|status(?:_code)?: ERROR/.test(line) && last !== undefined) last.error = true;
      continue;
    }
    const [, branch = '', operation = '', service = '', duration = '0'] = match;
    if (branch.trim() === '' || branch.search(/[├└]/) === 0) trace += 1;
    const depth = branch.length;
    open = open.filter((entry) => entry.depth < depth);
    const durationMs = Number(duration);
    const parent = open.at(-1)?.span;
    if (parent !== undefined) parent.selfMs -= durationMs;
    const span: SpanFact = {
      service,
      operation,
      durationMs,
      selfMs: durationMs,
      statement: '',
      error: false,
      trace: `${id}:${trace}`,
      id,
    };
    open.push({ span, depth });
    spans.push(span);
    if (spans.length >= SPANS_MAX) break;
  }
  return spans;
};

const durationOf = (value: JsonObject): number | undefined => {
  const micros = numberAt(value, 'durationMicros', 'duration_us');
  const nanos = numberAt(value, 'duration_ns', 'durationNano');
  return (
    numberAt(value, 'duration_ms', 'durationMs', 'elapsed_ms') ??
    (micros === undefined ? (nanos === undefined ? undefined : nanos / 1e6) : micros / 1e3)
  );
};

const jsonSpans = (id: string, document: unknown): SpanFact[] => {
  const found = objectsIn(document).flatMap((value) => {
    const durationMs = durationOf(value);
    const service =
      textAt(value, 'service', 'serviceName', 'service_name') ?? textAt(objectAt(value, 'resource'), 'service.name');
    const operation = textAt(value, 'operation', 'name', 'operationName', 'span_name');
    if (durationMs === undefined || service === undefined || operation === undefined) return [];
    const attributes = objectAt(value, 'attributes');
    const span: SpanFact = {
      service,
      operation,
      durationMs,
      selfMs: durationMs,
      statement: (textAt(attributes, 'db.statement', 'db.query.text') ?? textAt(value, 'statement') ?? '').slice(0, 300),
      error: value['error'] === true || /error/i.test(textAt(value, 'status', 'status_code') ?? ''),
      trace: textAt(value, 'trace_id', 'traceId') ?? id,
      id,
    };
    return [
      {
        span,
        own: textAt(value, 'span_id', 'spanId') ?? '',
        parent: textAt(value, 'parent_span_id', 'parentSpanId', 'parent_id') ?? '',
      },
    ];
  });
  const byId = new Map(found.map((entry) => [entry.own, entry.span]));
  for (const { span, parent } of found) {
    const above = byId.get(parent);
    if (above !== undefined && above !== span) above.selfMs -= span.durationMs;
  }
  return found.slice(0, SPANS_MAX).map(({ span }) => span);
};

/** Spans with the time each spent itself; children that run side by side may push that below zero, which counts as none. */
export const spansOf = (id: string, document: unknown, lines: readonly string[]): SpanFact[] =>
  document === undefined ? treeSpans(id, lines) : jsonSpans(id, document);
