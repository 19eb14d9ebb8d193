import { readEnvironment } from '@inquest/config';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { pino, type DestinationStream, type Logger } from 'pino';
import { z } from 'zod';

export type { Logger } from 'pino';

const LogEnvironment = z.object({
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

/** Names under which a secret could reach a log line; their values are never written. */
const SECRET_PATHS = [
  'apiKey',
  'password',
  'token',
  'authorization',
  'headers.authorization',
  'headers["x-api-key"]',
  'databaseUrl',
  'redisUrl',
];

/**
 * JSON lines on standard output with the service's name and, inside a span, its trace id. `sessionId` is given by the
 * caller (`logger.child({ sessionId })`), so that one session's lines are found with one filter.
 */
export const createLogger = (service: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level: readEnvironment(LogEnvironment).LOG_LEVEL,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_PATHS, censor: '[REDACTED]' },
      mixin: () => {
        const context = trace.getActiveSpan()?.spanContext();
        return context && isSpanContextValid(context) ? { trace_id: context.traceId, span_id: context.spanId } : {};
      },
    },
    ...(destination ? [destination] : []),
  );
