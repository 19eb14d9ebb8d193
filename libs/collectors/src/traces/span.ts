import { cutShort } from '../cut-short.js';
import type { Json } from '../collector.js';

/** One span in the names of OpenTelemetry's attributes, whoever stored it. */
export interface TraceSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly service: string;
  readonly operation: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

const SPANS_MAX = 150;
const STATEMENT_MAX = 300;
/** What explains a span; everything else is left where it is. */
const ATTRIBUTES = [
  ...['http.request.method', 'http.method', 'http.route', 'http.response.status_code', 'http.status_code', 'url.path'],
  ...['rpc.method', 'rpc.grpc.status_code', 'db.system', 'db.statement', 'db.query.text', 'messaging.destination.name'],
  ...['server.address', 'peer.service', 'exception.type', 'exception.message', 'error.type', 'otel.status_description'],
];

/** Those of its attributes that are kept, as text. */
export const attributesOf = (pairs: Iterable<readonly [key: string, value: unknown]>): Record<string, string> => {
  const known: Record<string, string> = {};
  for (const [key, value] of pairs)
    if (ATTRIBUTES.includes(key) && ['string', 'number', 'boolean'].includes(typeof value))
      known[key] = cutShort(String(value), STATEMENT_MAX);
  return known;
};

/** A trace's spans in order of time, or, of a long one, those that failed and the longest. */
export const summaryOf = (spans: readonly TraceSpan[]): Json => {
  const chosen = [...spans]
    .sort((a, b) => Number(b.isError) - Number(a.isError) || b.durationMs - a.durationMs)
    .slice(0, SPANS_MAX);
  return {
    spans_total: spans.length,
    spans: chosen
      .sort((a, b) => a.startMs - b.startMs)
      .map((span) => ({
        ...{ trace_id: span.traceId, span_id: span.spanId, parent_span_id: span.parentSpanId },
        ...{ service: span.service, operation: span.operation, start: new Date(span.startMs).toISOString() },
        ...{ duration_ms: Math.round(span.durationMs * 1_000) / 1_000, status: span.isError ? 'ERROR' : 'OK' },
        attributes: { ...span.attributes },
      })),
  };
};
