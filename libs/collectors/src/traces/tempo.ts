import { z } from 'zod';
import { evidenceOf, type Collected, type Collector } from '../collector.js';
import type { Source } from '../http/source.js';
import { quoted, type Subject } from '../subject.js';
import { interesting, TRACES_SHOWN } from './interesting.js';
import { attributesOf, summaryOf, type TraceSpan } from './span.js';

const TRACES_MAX = 20;
const MINUTE_S = 60;

const Search = z.object({
  traces: z.array(z.object({ traceID: z.string().regex(/^[0-9a-f]{1,32}$/i), durationMs: z.number().default(0) })).default([]),
});

const Value = z.object({
  stringValue: z.string().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
  boolValue: z.boolean().optional(),
});
const Attributes = z.array(z.object({ key: z.string(), value: Value.optional() })).default([]);
const Nanoseconds = z.union([z.string().regex(/^\d{1,19}$/), z.int()]);
const Span = z.object({
  traceId: z.string().default(''),
  spanId: z.string(),
  parentSpanId: z.string().default(''),
  name: z.string(),
  startTimeUnixNano: Nanoseconds,
  endTimeUnixNano: Nanoseconds,
  attributes: Attributes,
  status: z.object({ code: z.union([z.string(), z.number()]).optional(), message: z.string().optional() }).default({}),
});
const Scopes = z.array(z.object({ spans: z.array(Span).default([]) })).default([]);
const Batches = z.array(z.object({ resource: z.object({ attributes: Attributes }).optional(), scopeSpans: Scopes }));
/** OTLP in JSON; Tempo calls the list `batches`, others `resourceSpans`. */
const Trace = z.object({ batches: Batches.optional(), resourceSpans: Batches.optional() });

/** Traces of the service by Tempo's HTTP API: those that failed, and the slowest of the latest. */
export class Tempo implements Collector {
  readonly name = 'tempo';
  readonly dimension = 'traces';

  constructor(private readonly source: Source) {}

  async collect(subject: Subject, signal: AbortSignal): Promise<Collected[]> {
    const { service } = subject;
    if (service === undefined) return [];
    const own = `resource.service.name = ${quoted(service)}`;
    return Promise.all([
      this.ask('failed', `Traces through ${service} that failed`, `{ ${own} && status = error }`, subject, signal),
      this.ask('slowest', `The slowest of the latest traces through ${service}`, `{ ${own} }`, subject, signal),
    ]);
  }

  private ask(which: string, title: string, q: string, { onsetMs, window }: Subject, signal: AbortSignal) {
    const id = `tempo-${which}`;
    const question = { id, title, kind: 'trace', dimension: 'traces' as const, tool: 'tempo/search', invocation: q };
    return evidenceOf(question, signal, async () => {
      const start = Math.floor(onsetMs / 1_000) - 10 * MINUTE_S;
      const query = { q, start, end: Math.ceil(window.toMs / 1_000), limit: TRACES_MAX };
      const { traces } = await this.source.get('api/search', query, Search, signal);
      const slowest = [...traces].sort((a, b) => b.durationMs - a.durationMs).slice(0, TRACES_SHOWN);
      const whole = await Promise.all(slowest.map(({ traceID }) => this.spansOf(traceID, signal)));
      const shown = interesting(whole);
      return shown.length === 0 ? undefined : { json: shown.map(summaryOf) };
    });
  }

  private async spansOf(traceId: string, signal: AbortSignal): Promise<TraceSpan[]> {
    const { batches, resourceSpans } = await this.source.get(`api/traces/${traceId}`, {}, Trace, signal);
    return (batches ?? resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
      const service = pairsOf(resource?.attributes ?? []).get('service.name');
      return scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(span, traceId, String(service ?? ''))));
    });
  }
}

const spanOf = (span: z.infer<typeof Span>, traceId: string, service: string): TraceSpan => {
  const [start, end] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
  const { code, message } = span.status;
  const told = message === undefined ? [] : [['otel.status_description', message] as const];
  return {
    ...{ traceId, spanId: span.spanId, parentSpanId: span.parentSpanId, service, operation: span.name },
    startMs: Number(start / 1_000n) / 1_000,
    durationMs: Number((end - start) / 1_000n) / 1_000,
    isError: code === 2 || code === 'STATUS_CODE_ERROR',
    attributes: attributesOf([...pairsOf(span.attributes), ...told]),
  };
};

const pairsOf = (attributes: z.infer<typeof Attributes>): Map<string, string | number | boolean | undefined> =>
  new Map(
    attributes.map(({ key, value }) => [key, value?.stringValue ?? value?.intValue ?? value?.doubleValue ?? value?.boolValue]),
  );
