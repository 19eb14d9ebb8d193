import { readEnvironment } from '@inquest/config';
import { types } from 'node:util';
import { pino, type DestinationStream, type Logger } from 'pino';
import { z } from 'zod';
import { endpointOf, TelemetryEnvironment } from './exporters.js';
import { alsoToCollector } from './log-bridge.js';

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
 * What a line says of an error. Its other members stay out: clients put there what they had sent, a password among it (the command
 * AUTH of ioredis) or a whole incident (the parameters of TypeORM).
 */
const brief = (error: unknown): unknown => {
  if (!types.isNativeError(error)) return error;
  const { type, message, stack } = pino.stdSerializers.err(error);
  const causes: unknown[] = error instanceof AggregateError ? error.errors : [];
  return {
    type,
    message,
    ...('code' in error && { code: error.code }),
    ...(causes.length > 0 && { errors: causes.map(brief) }),
    stack,
  };
};

/**
 * JSON lines on standard output with the service's name. Session and trace are given by the caller
 * (`logger.child({ sessionId, ...traceFields(span) })`), so that one session's lines are found with one filter.
 */
export const createLogger = (service: string, destination = standardOutput()): Logger =>
  pino(
    {
      level: readEnvironment(LogEnvironment).LOG_LEVEL,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: brief },
      redact: { paths: SECRET_PATHS, censor: '[REDACTED]' },
    },
    ...(destination ? [destination] : []),
  );

/** Undefined: pino's own, which is the fastest; lines that go to a collector too are read once more. */
const standardOutput = (): DestinationStream | undefined =>
  endpointOf('logs', readEnvironment(TelemetryEnvironment)) === undefined ? undefined : alsoToCollector(pino.destination(1));
