import { readEnvironment } from '@inquest/config';
import { failpointsFrom, type Failpoints } from '@inquest/failpoints';
import { ModelBudget } from '@inquest/model';
import { openRecord, type Record as SessionRecord } from '@inquest/record';
import {
  checkRedis,
  closeRedis,
  connectRedis,
  DeadLetters,
  Deadlines,
  SessionStreams,
  type RedisConnection,
} from '@inquest/streams';
import { createLogger, startTelemetry, type Logger } from '@inquest/telemetry';
import {
  Global,
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { HealthRegistry } from './health.js';
import { ModelBudgets } from './model-budgets.js';
import { PlatformEnvironment } from './platform.environment.js';
import { redactDetail } from './redact-detail.js';
import { RedisClock } from './redis-clock.js';
import { STREAM_OPTIONS } from './stream-groups.js';
import { ENVIRONMENT, FAILPOINTS, LOGGER, RECORD, REDIS, SERVICE, TELEMETRY } from './tokens.js';

/** What every service stands on: its logger, telemetry, health, one writing Redis connection and the record. */
@Global()
@Module({})
export class PlatformModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(REDIS) private readonly redis: RedisConnection,
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly health: HealthRegistry,
  ) {}

  static forService(service: string): DynamicModule {
    return {
      module: PlatformModule,
      controllers: [HealthController],
      providers: [
        HealthRegistry,
        RedisClock,
        { provide: ModelBudget, useClass: ModelBudgets },
        { provide: SERVICE, useValue: service },
        { provide: ENVIRONMENT, useFactory: () => readEnvironment(PlatformEnvironment) },
        { provide: FAILPOINTS, useFactory: () => failpointsFrom() },
        { provide: LOGGER, useFactory: () => createLogger(service) },
        { provide: TELEMETRY, useFactory: () => startTelemetry(service) },
        {
          provide: REDIS,
          inject: [ENVIRONMENT, LOGGER],
          useFactory: (environment: PlatformEnvironment, logger: Logger) =>
            connectRedis(environment.REDIS_URL, {
              name: `inquest-${service}`,
              onError: (error) => logger.warn({ err: error }, 'Redis connection failed; it is retried'),
            }),
        },
        {
          provide: RECORD,
          inject: [ENVIRONMENT, LOGGER, FAILPOINTS],
          useFactory: async (environment: PlatformEnvironment, logger: Logger, failpoints: Failpoints) => {
            const record = await openRecord(environment.DATABASE_URL, {
              max: environment.INQUEST_DATABASE_POOL,
              name: `inquest-${service}`,
              onError: (error) =>
                logger.warn({ err: error }, 'a connection to PostgreSQL was lost; another one is opened when needed'),
            });
            return failpoints.around('record', record);
          },
        },
        {
          provide: SessionStreams,
          inject: [REDIS, FAILPOINTS],
          useFactory: (redis: RedisConnection, failpoints: Failpoints) =>
            failpoints.around(
              'streams',
              new SessionStreams(redis, { ...STREAM_OPTIONS, ...(failpoints.at && { at: failpoints.at }) }),
            ),
        },
        {
          provide: Deadlines,
          inject: [REDIS, FAILPOINTS],
          useFactory: (redis: RedisConnection, failpoints: Failpoints) => failpoints.around('deadlines', new Deadlines(redis)),
        },
        {
          provide: DeadLetters,
          inject: [REDIS, FAILPOINTS],
          useFactory: (redis: RedisConnection, failpoints: Failpoints) =>
            failpoints.around('deadLetters', new DeadLetters(redis, { redact: redactDetail })),
        },
      ],
      exports: [
        HealthRegistry,
        RedisClock,
        ModelBudget,
        SERVICE,
        ENVIRONMENT,
        FAILPOINTS,
        LOGGER,
        TELEMETRY,
        REDIS,
        RECORD,
        SessionStreams,
        Deadlines,
        DeadLetters,
      ],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    this.health.watchDependency('redis', () => this.redis.ping());
    this.health.watchDependency('postgres', () => this.record.ping());
    const redis = await checkRedis(this.redis);
    this.logger.info({ redis }, 'connected');
  }

  async onApplicationShutdown(): Promise<void> {
    await closeRedis(this.redis);
    await this.record.close();
  }
}
