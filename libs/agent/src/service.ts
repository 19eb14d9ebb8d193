import { EnvironmentError } from '@inquest/config';
import type { Role } from '@inquest/contracts';
import { RedisStreamsServer } from '@inquest/streams';
import { createLogger, NestLogger, startTelemetry } from '@inquest/telemetry';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthRegistry } from './health.js';
import type { PlatformEnvironment } from './platform.environment.js';
import { ENVIRONMENT } from './tokens.js';

/** What closing may take beyond the time that turns under way have: its parts that wait for a server wait as long as that is away. */
const CLOSING_MS = 5_000;
/** For the last traces, metrics and lines. */
const SENDING_MS = 2_000;

export interface ServiceOptions {
  readonly service: string;
  /** False in the standalone app, where one process has one door. */
  readonly http?: boolean;
  /** True when the service answers questions from an inbox as a Nest microservice. */
  readonly inbox?: boolean;
}

export interface RunningService {
  readonly app: INestApplication;
  /** Milliseconds that `close` may take when every server answers. */
  readonly patienceMs: number;
  close(): Promise<void>;
}

/** Starts a service: its Nest application, its inbox if it has one, and its health doors. */
export const startService = async (
  module: Type,
  { service, http = true, inbox = false }: ServiceOptions,
): Promise<RunningService> => {
  startTelemetry(service);
  const app = await NestFactory.create(module, { logger: new NestLogger(createLogger(service)), abortOnError: false });
  if (inbox) app.connectMicroservice({ strategy: app.get(RedisStreamsServer, { strict: false }) });
  await app.init();
  if (inbox) await app.startAllMicroservices();
  const { PORT, INQUEST_DRAIN_MS: patienceMs } = app.get<PlatformEnvironment>(ENVIRONMENT, { strict: false });
  if (http) await app.listen(PORT);
  return { app, patienceMs, close: () => app.close() };
};

/** `startService` for a role. */
export const startAgent = (
  module: Type,
  { role, http }: { readonly role: Role; readonly http?: boolean },
): Promise<RunningService> => startService(module, { service: role, inbox: true, ...(http !== undefined && { http }) });

/** Runs what `start` starts until SIGTERM or SIGINT, then drains it. A fault at start is printed and ends the process with 1. */
export const runUntilStopped = async (service: string, start: () => Promise<RunningService>): Promise<void> => {
  try {
    const logger = createLogger(service);
    stopOnSignal(service, await start(), logger);
    logger.info({ pid: process.pid }, 'ready');
  } catch (error) {
    // Not through the logger: its own settings may be what is wrong.
    const reason =
      error instanceof EnvironmentError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`inquest ${service} could not start. ${reason}\n`);
    process.exitCode = 1;
    // Connections that are still retrying would keep a service that cannot start alive.
    setImmediate(() => process.exit());
  }
};

/** `startService` as a process of its own. */
export const runService = (module: Type, options: Omit<ServiceOptions, 'http'>): Promise<void> =>
  runUntilStopped(options.service, () => startService(module, options));

export const runAgent = (module: Type, { role }: { readonly role: Role }): Promise<void> =>
  runService(module, { service: role, inbox: true });

const stopOnSignal = (service: string, running: RunningService, logger: ReturnType<typeof createLogger>): void => {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'shutting down: readiness says no, turns under way finish');
    running.app.get(HealthRegistry, { strict: false }).beginShutdown();
    const withinMs = running.patienceMs + CLOSING_MS;
    setTimeout(() => {
      logger.error(
        { withinMs },
        'the shutdown waits for a server that does not answer and is cut short; nothing recorded is lost by it',
      );
      process.exit(1);
    }, withinMs);
    const closed = running.close().finally(() => sendTheLast(service));
    closed.then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'the shutdown was not clean');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
};

/** Sends what was measured last, unless whoever is to have it does not answer. */
const sendTheLast = async (service: string): Promise<void> => {
  const patience = new Promise<void>((resolve) => setTimeout(resolve, SENDING_MS).unref());
  await Promise.race([startTelemetry(service).stop(), patience]);
};
