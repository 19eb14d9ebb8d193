import { ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { SeverityNumber, type AnyValueMap, type Logger as OtelLogger, type LogRecord } from '@opentelemetry/api-logs';
import type { DestinationStream } from 'pino';
import { z } from 'zod';

const SEVERITIES: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/** A line as our logger writes it, its secrets taken out already. */
const Line = z.looseObject({
  time: z.string(),
  level: z.string(),
  msg: z.string().default(''),
  service: z.string().optional(),
  trace_id: z.string().optional(),
  span_id: z.string().optional(),
  err: z.looseObject({ type: z.string(), message: z.string(), stack: z.string().optional() }).optional().catch(undefined),
});

let collector: OtelLogger | undefined;

/** From now on, or with undefined no longer, lines go to a collector too. */
export const sendLinesTo = (logger: OtelLogger | undefined): void => {
  collector = logger;
};

/** Writes every line where it would have gone, and hands it to the collector if there is one. */
export const alsoToCollector = (destination: DestinationStream): DestinationStream => ({
  write: (line) => {
    destination.write(line);
    if (collector) collector.emit(recordOf(line));
  },
});

/** As OpenTelemetry has it: the text as body, the error by its conventions, everything else as attributes. */
const recordOf = (line: string): LogRecord => {
  const { time, level, msg, service, trace_id: traceId, span_id: spanId, err, ...rest } = Line.parse(JSON.parse(line));
  const attributes: AnyValueMap = { ...(rest as AnyValueMap), ...(service !== undefined && { 'inquest.service': service }) };
  if (err) {
    attributes['exception.type'] = err.type;
    attributes['exception.message'] = err.message;
    if (err.stack !== undefined) attributes['exception.stacktrace'] = err.stack;
  }
  return {
    timestamp: Date.parse(time),
    severityNumber: SEVERITIES[level] ?? SeverityNumber.UNSPECIFIED,
    severityText: level,
    body: msg,
    attributes,
    ...(traceId !== undefined &&
      spanId !== undefined && {
        context: trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED }),
      }),
  };
};
