import type { Role } from '@inquest/contracts';
import { RedisStreamsServer, type RedisConnection } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import type { Failpoints } from '@inquest/failpoints';
import type { FactoryProvider } from '@nestjs/common';
import type { PlatformEnvironment } from './platform.environment.js';
import { redactDetail } from './redact-detail.js';
import { StreamMetrics } from './stream-metrics.js';
import { AGENT_ROLE, ENVIRONMENT, FAILPOINTS, LOGGER, REDIS } from './tokens.js';

/** Turns at a time in one process; a model answers in seconds, so many wait side by side. */
const TURNS_AT_ONCE = 64;

/** The role's inbox as a Nest transport. Payloads stay unread: a turn folds the session's stream anyway. */
export const inboxServer: FactoryProvider<RedisStreamsServer> = {
  provide: RedisStreamsServer,
  inject: [AGENT_ROLE, ENVIRONMENT, REDIS, LOGGER, StreamMetrics, FAILPOINTS],
  useFactory: (
    role: Role,
    environment: PlatformEnvironment,
    redis: RedisConnection,
    logger: Logger,
    metrics: StreamMetrics,
    { at }: Failpoints,
  ) =>
    new RedisStreamsServer({
      redis,
      inbox: role,
      consumer: environment.INQUEST_CONSUMER,
      payload: 'entry',
      concurrency: TURNS_AT_ONCE,
      drainMs: environment.INQUEST_DRAIN_MS,
      events: metrics.events(role, logger),
      redact: redactDetail,
      ...(at && { at }),
    }),
};
