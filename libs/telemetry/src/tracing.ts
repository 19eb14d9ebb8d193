import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';

const TRACER = 'inquest';

/** The context that a message's `traceparent` carries; the root context when it has none. */
export const contextOf = (traceparent: string | null | undefined): Context =>
  traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }) : ROOT_CONTEXT;

/** The active span as a W3C `traceparent`, or null outside a span. */
export const currentTraceparent = (): string | null => {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
};

export interface SpanOptions {
  /** Continues the trace that a message carries across Redis: one debate, one trace. */
  readonly traceparent?: string | null;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
}

/** Runs `work` inside a span; a throw marks the span as failed and goes on to the caller. */
export const inSpan = async <T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> => {
  const parent = options.traceparent === undefined ? context.active() : contextOf(options.traceparent);
  const settings = { kind: options.kind ?? SpanKind.INTERNAL, attributes: options.attributes ?? {} };
  return trace.getTracer(TRACER).startActiveSpan(name, settings, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
};
