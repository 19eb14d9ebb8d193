import type { SpanFact } from './fact.js';
import { isObject, numberAt, objectAt, objectsAt, objectsIn, textAt, type JsonObject } from './json.js';

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
      spanId: `${id}:${trace}:${spans.length}`,
      parentId: parent?.spanId ?? '',
      startMs: undefined,
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
  const nanos = numberAt(value, 'duration_ns', 'durationNano', 'durationNanos');
  return (
    numberAt(value, 'duration_ms', 'durationMs', 'elapsed_ms') ??
    (micros === undefined ? (nanos === undefined ? undefined : nanos / 1e6) : micros / 1e3)
  );
};

/** Epoch ms out of a number of any of the usual units or a date. */
const instantOf = (value: unknown): number | undefined => {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{9,20}$/.test(value) ? Number(value) : NaN;
  if (Number.isFinite(number))
    return number > 1e17 ? number / 1e6 : number > 1e14 ? number / 1e3 : number > 1e11 ? number : number * 1e3;
  const date = typeof value === 'string' ? Date.parse(value.slice(0, 40)) : NaN;
  return Number.isFinite(date) ? date : undefined;
};

const STARTS = ['startMs', 'start_ms', 'startTimeUnixNano', 'start_time', 'startTime', 'start', 'timestamp'];

const startOf = (value: JsonObject): number | undefined => {
  for (const key of STARTS) {
    const at = instantOf(value[key]);
    if (at !== undefined) return at;
  }
  return undefined;
};

/** Attributes as an object, or as the list of keys and typed values that OTLP and Jaeger write. */
const attributesOf = (value: JsonObject, key: string): JsonObject => {
  if (!Array.isArray(value[key])) return objectAt(value, key);
  return Object.fromEntries(
    objectsAt(value, key).map((entry) => {
      const typed = entry['value'];
      const plain = isObject(typed)
        ? textAt(typed, 'stringValue', 'intValue', 'doubleValue', 'boolValue')
        : textAt(entry, 'value');
      return [textAt(entry, 'key') ?? '', plain];
    }),
  );
};

const spanOf = (id: string, value: JsonObject, service: string, operation: string, durationMs: number): SpanFact => {
  const attributes = { ...attributesOf(value, 'tags'), ...attributesOf(value, 'attributes') };
  const [reference = {}] = objectsAt(value, 'references');
  const status = isObject(value['status']) ? textAt(value['status'], 'code') : textAt(value, 'status', 'status_code');
  return {
    service,
    operation,
    durationMs,
    selfMs: durationMs,
    statement: (textAt(attributes, 'db.statement', 'db.query.text') ?? textAt(value, 'statement') ?? '').slice(0, 300),
    error: value['error'] === true || textAt(attributes, 'error') === 'true' || /error|^2$/i.test(status ?? ''),
    trace: textAt(value, 'trace_id', 'traceId', 'traceID') ?? id,
    spanId: textAt(value, 'span_id', 'spanId', 'spanID') ?? '',
    parentId: textAt(value, 'parent_span_id', 'parentSpanId', 'parent_id') ?? textAt(reference, 'spanID') ?? '',
    startMs: startOf(value),
    id,
  };
};

/** Jaeger's API: traces with `processes` that spans name by key; durations in microseconds. */
const jaegerSpans = (id: string, trace: JsonObject): SpanFact[] => {
  const processes = objectAt(trace, 'processes');
  return objectsAt(trace, 'spans').flatMap((value) => {
    const service = textAt(objectAt(processes, textAt(value, 'processID') ?? ''), 'serviceName');
    const [operation, micros] = [textAt(value, 'operationName'), numberAt(value, 'duration')];
    if (service === undefined || operation === undefined || micros === undefined) return [];
    return [spanOf(id, value, service, operation, micros / 1_000)];
  });
};

/** OpenTelemetry's JSON, as Tempo gives it: the resource around the spans names the service. */
const otlpSpans = (id: string, group: JsonObject): SpanFact[] => {
  const service = textAt(attributesOf(objectAt(group, 'resource'), 'attributes'), 'service.name');
  if (service === undefined) return [];
  const scopes = [...objectsAt(group, 'scopeSpans'), ...objectsAt(group, 'instrumentationLibrarySpans')];
  return scopes
    .flatMap((scope) => objectsAt(scope, 'spans'))
    .flatMap((value) => {
      const [start, end] = [numberAt(value, 'startTimeUnixNano'), numberAt(value, 'endTimeUnixNano')];
      const operation = textAt(value, 'name');
      if (operation === undefined || start === undefined || end === undefined) return [];
      return [spanOf(id, value, service, operation, Math.max(0, (end - start) / 1e6))];
    });
};

const plainSpan = (id: string, value: JsonObject): SpanFact[] => {
  const durationMs = durationOf(value);
  const service = textAt(value, 'service', 'serviceName', 'service_name') ?? textAt(objectAt(value, 'resource'), 'service.name');
  const operation = textAt(value, 'operation', 'name', 'operationName', 'span_name');
  if (durationMs === undefined || service === undefined || operation === undefined) return [];
  return [spanOf(id, value, service, operation, durationMs)];
};

const jsonSpans = (id: string, document: unknown): SpanFact[] => {
  const found = objectsIn(document)
    .flatMap((value) =>
      isObject(value['processes'])
        ? jaegerSpans(id, value)
        : isObject(value['resource']) && (value['scopeSpans'] ?? value['instrumentationLibrarySpans']) !== undefined
          ? otlpSpans(id, value)
          : plainSpan(id, value),
    )
    .slice(0, SPANS_MAX);
  const byId = new Map(found.filter(({ spanId }) => spanId !== '').map((span) => [span.spanId, span]));
  for (const span of found) {
    const above = byId.get(span.parentId);
    if (above !== undefined && above !== span) above.selfMs -= span.durationMs;
  }
  return found;
};

/** Spans with the time each spent itself; children that run side by side may push that below zero, which counts as none. */
export const spansOf = (id: string, document: unknown, lines: readonly string[]): SpanFact[] =>
  document === undefined ? treeSpans(id, lines) : jsonSpans(id, document);
