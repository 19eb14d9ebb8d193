import {
  ENVIRONMENT,
  FAILPOINTS,
  HealthRegistry,
  LOGGER,
  PlatformModule,
  REDIS,
  redactDetail,
  StreamMetrics,
  type PlatformEnvironment,
} from '@inquest/agent';
import { readEnvironment } from '@inquest/config';
import type { Failpoints } from '@inquest/failpoints';
import { isTerminal } from '@inquest/contracts';
import { BATCH_ROWS_MAX } from '@inquest/record';
import { InboxReader, type InboxEntry, type RedisConnection } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Aftermath } from './aftermath.js';
import { Bodies } from './bodies.js';
import { Burials } from './burials.js';
import { Failures } from './failures.js';
import { LedgerHeads } from './ledger-heads.js';
import { Recorder } from './recorder.js';
import { RECORDER_ENVIRONMENT, RecorderEnvironment } from './recorder.environment.js';
import { Releases } from './releases.js';
import { Repairs } from './repairs.js';
import { Supersessions } from './supersessions.js';

const INBOX = 'recorder';
/** The next batch is read and parsed while one commits. */
const BATCHES_AT_ONCE = 2;
/** So few come when hardly anybody debates: then no decision waits. More are the sign of a load, under which larger batches cost less. */
const FEW_ROWS = 8;
const GATHER_MS_MAX = 20;
const gatherMs = (rows: number): number => (rows <= FEW_ROWS || rows >= BATCH_ROWS_MAX ? 0 : Math.min(rows, GATHER_MS_MAX));
/**
 * Only a decision waits for its row, and six rows in one commit cost little more than one: hardly anybody debates, so every message
 * would otherwise wake us, and PostgreSQL, alone. What holds back the others is over long before an agent has thought.
 */
const HOLD_MS = 50;
const holdMs = (entries: readonly InboxEntry[]): number =>
  entries.length > FEW_ROWS || entries.some(({ type }) => isTerminal(type)) ? 0 : HOLD_MS;
/** Waiting for a cause is the usual reason to try again. */
const RETRY_DELAY_MS = 50;

const inboxReader = {
  provide: InboxReader,
  inject: [REDIS, ENVIRONMENT, LOGGER, Recorder, StreamMetrics, FAILPOINTS],
  useFactory: (
    redis: RedisConnection,
    environment: PlatformEnvironment,
    logger: Logger,
    recorder: Recorder,
    metrics: StreamMetrics,
    { at }: Failpoints,
  ) =>
    new InboxReader({
      redis,
      inbox: INBOX,
      consumer: environment.INQUEST_CONSUMER,
      batch: { size: BATCH_ROWS_MAX, handler: (entries) => recorder.take(entries), pauseMs: gatherMs, holdMs },
      concurrency: BATCHES_AT_ONCE,
      retryDelayMs: RETRY_DELAY_MS,
      events: metrics.events(INBOX, logger),
      redact: redactDetail,
      ...(at && { at }),
    }),
};

/** Writes every message to Postgres; the only writer of history. */
@Module({
  imports: [PlatformModule.forService('recorder')],
  providers: [
    { provide: RECORDER_ENVIRONMENT, useFactory: () => readEnvironment(RecorderEnvironment) },
    inboxReader,
    Aftermath,
    Bodies,
    Burials,
    Failures,
    LedgerHeads,
    Recorder,
    Releases,
    Repairs,
    StreamMetrics,
    Supersessions,
  ],
})
export class RecorderModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly reader: InboxReader,
    private readonly heads: LedgerHeads,
    private readonly health: HealthRegistry,
    @Inject(ENVIRONMENT) private readonly environment: PlatformEnvironment,
  ) {}

  onApplicationBootstrap(): void {
    this.health.watchLoop(`inbox ${INBOX}`, () => this.reader.isTurning());
    void this.reader.run();
  }

  /** Batches finish here: connections close in the next phase. */
  async beforeApplicationShutdown(): Promise<void> {
    this.health.beginShutdown();
    await this.reader.stop(this.environment.INQUEST_DRAIN_MS);
    await this.heads.stop();
  }
}
