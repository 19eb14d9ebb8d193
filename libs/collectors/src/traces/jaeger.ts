import { z } from 'zod';
import { evidenceOf, type Collected, type Collector } from '../collector.js';
import type { Source } from '../http/source.js';
import type { Subject } from '../subject.js';
import { attributesOf, summaryOf, type TraceSpan } from './span.js';
import { interesting, TRACES_SHOWN } from './interesting.js';

const TRACES_MAX = 20;

const Span = z.object({
  traceID: z.string(),
  spanID: z.string(),
  operationName: z.string(),
  references: z.array(z.object({ refType: z.string(), spanID: z.string() })).nullish(),
  /** Microseconds. */
  startTime: z.number(),
  duration: z.number(),
  tags: z.array(z.object({ key: z.string(), value: z.unknown() })).nullish(),
  processID: z.string(),
});
const Traces = z.object({
  data: z
    .array(
      z.object({
        traceID: z.string(),
        spans: z.array(Span),
        processes: z.record(z.string(), z.object({ serviceName: z.string() })),
      }),
    )
    .nullable(),
});
type Trace = NonNullable<z.infer<typeof Traces>['data']>[number];

/** Traces of the service by the HTTP API of Jaeger's query service: those that failed, and the slowest of the latest. */
export class Jaeger implements Collector {
  readonly name = 'jaeger';
  readonly dimension = 'traces';

  constructor(private readonly source: Source) {}

  async collect(subject: Subject, signal: AbortSignal): Promise<Collected[]> {
    const { service } = subject;
    if (service === undefined) return [];
    const [failed, latest] = await Promise.all([
      this.ask('failed', service, JSON.stringify({ error: 'true' }), subject, signal),
      this.ask('slowest', service, undefined, subject, signal),
    ]);
    return [failed, latest];
  }

  private ask(which: string, service: string, tags: string | undefined, { onsetMs, window }: Subject, signal: AbortSignal) {
    const query = { service, tags, start: `${onsetMs - 600_000}000`, end: `${window.toMs}000`, limit: TRACES_MAX };
    const question = {
      ...{ id: `jaeger-${which}`, kind: 'trace', dimension: 'traces' as const, tool: 'jaeger/traces' },
      title: which === 'failed' ? `Traces through ${service} that failed` : `The slowest of the latest traces through ${service}`,
      invocation: `service=${service}${tags === undefined ? '' : ` tags=${tags}`}`,
    };
    return evidenceOf(question, signal, async () => {
      const { data } = await this.source.get('api/traces', query, Traces, signal);
      const traces = interesting((data ?? []).map(spansOf)).slice(0, TRACES_SHOWN);
      return traces.length === 0 ? undefined : { json: traces.map(summaryOf) };
    });
  }
}

const spansOf = ({ spans, processes }: Trace): TraceSpan[] =>
  spans.map(({ traceID, spanID, operationName, references, startTime, duration, tags, processID }) => {
    const attributes = new Map((tags ?? []).map(({ key, value }) => [key, value]));
    return {
      ...{ traceId: traceID, spanId: spanID, operation: operationName, startMs: startTime / 1_000, durationMs: duration / 1_000 },
      parentSpanId: references?.find(({ refType }) => refType === 'CHILD_OF')?.spanID ?? '',
      service: processes[processID]?.serviceName ?? '',
      isError: attributes.get('error') === true || attributes.get('otel.status_code') === 'ERROR',
      attributes: attributesOf(attributes),
    };
  });
