import {
  ENVIRONMENT,
  FAILPOINTS,
  HealthRegistry,
  LOGGER,
  RECORD,
  REDIS,
  RedisClock,
  redactDetail,
  StreamMetrics,
  type PlatformEnvironment,
} from '@inquest/agent';
import type { Failpoints } from '@inquest/failpoints';
import { isOutage, type Record as SessionRecord, type SessionEnd } from '@inquest/record';
import {
  entryTimeMs,
  InboxReader,
  TryAgainLaterError,
  UnrecoverableEntryError,
  type InboxEntry,
  type RedisConnection,
} from '@inquest/streams';
import { ATTRIBUTE, LATENCY_BUCKETS_MS, METRIC, type Logger } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { SessionFeed } from './session-feed.js';

const INBOX = 'gateway';
const SEEN_MAX = 10_000;
/** Longer than any failover: what is not on record by then never was. */
const ROW_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 500;

/**
 * Takes releases: terminal events that the recorder has committed. What is acted on is the row, never the entry; a
 * release that comes again, with the same hash in its row, changes nothing.
 */
@Injectable()
export class Releases implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly seen = new LRUCache<string, string>({ max: SEEN_MAX });
  private readonly decisions = metrics
    .getMeter('inquest')
    .createCounter(METRIC.decisions, { description: 'Sessions ended, by outcome and gate' });
  private readonly durations = metrics.getMeter('inquest').createHistogram(METRIC.debateDuration, {
    unit: 'ms',
    description: 'From the acceptance of an incident to its terminal event',
    advice: { explicitBucketBoundaries: [...LATENCY_BUCKETS_MS] },
  });
  private readonly upheld = metrics
    .getMeter('inquest')
    .createCounter(METRIC.challengesUpheld, { description: 'Decisions that rest on a challenge of the Critic, by its severity' });
  private readonly reader: InboxReader;

  constructor(
    private readonly feed: SessionFeed,
    private readonly health: HealthRegistry,
    private readonly clock: RedisClock,
    streamMetrics: StreamMetrics,
    @Inject(REDIS) redis: RedisConnection,
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(ENVIRONMENT) private readonly environment: PlatformEnvironment,
    @Inject(FAILPOINTS) { at }: Failpoints,
  ) {
    this.reader = new InboxReader({
      redis,
      inbox: INBOX,
      consumer: environment.INQUEST_CONSUMER,
      handler: (entry) => this.release(entry),
      events: streamMetrics.events(INBOX, logger),
      redact: redactDetail,
      ...(at && { at }),
    });
  }

  onApplicationBootstrap(): void {
    this.health.watchLoop(`inbox ${INBOX}`, () => this.reader.isTurning());
    void this.reader.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.reader.stop(this.environment.INQUEST_DRAIN_MS);
  }

  private async release(entry: InboxEntry): Promise<void> {
    const sessionId = sessionOf(entry);
    const end = await this.endOf(sessionId, entry);
    this.feed.wake(sessionId);
    if (this.seen.get(sessionId) === end.eventHash) return;
    this.seen.set(sessionId, end.eventHash);
    const { outcome, gate } = toldOf(end);
    this.durations.record(Math.max(0, end.endedAtMs - acceptedAtMs(sessionId)), { [ATTRIBUTE.outcome]: outcome });
    this.decisions.add(1, { [ATTRIBUTE.outcome]: outcome, [ATTRIBUTE.gate]: gate });
    for (const severity of upheldIn(end)) this.upheld.add(1, { [ATTRIBUTE.severity]: severity });
    this.logger.info({ sessionId, outcome, gate }, 'a decision was released');
  }

  private async endOf(sessionId: string, { inboxId }: InboxEntry): Promise<SessionEnd> {
    const end = await this.record.sessions.end(sessionId).catch((error: unknown) => {
      if (isOutage(error)) throw new TryAgainLaterError(LOOK_AGAIN_MS, 'PostgreSQL does not answer');
      throw error;
    });
    if (end) return end;
    // A release follows its commit; a row that is not there yet is one that a replica or a failover still owes us.
    if (this.clock.nowMs() - entryTimeMs(inboxId) < ROW_WITHIN_MS)
      throw new TryAgainLaterError(LOOK_AGAIN_MS, `session ${sessionId} has no terminal row yet`);
    const waited = `session ${sessionId} has no terminal row ${ROW_WITHIN_MS / 1_000} s after its release`;
    throw new UnrecoverableEntryError('refused', `${waited}: the row was lost in a failover, or nobody recorded it`);
  }
}

const sessionOf = ({ session }: InboxEntry): string => {
  if (!z.uuid().safeParse(session).success) throw new UnrecoverableEntryError('unreadable', 'its session is not a UUID');
  return session;
};

/** As metrics and the log tell it: gate 0 stands for none. */
const toldOf = ({ outcome, gate }: SessionEnd): { readonly outcome: string; readonly gate: number } => ({
  outcome: outcome ?? 'unreadable',
  gate: gate ?? 0,
});

/** Severities whose challenge is among the reasons of a decision; a minor one never is. */
const upheldIn = ({ reasons }: SessionEnd): string[] =>
  ['critical', 'major'].filter((severity) => reasons.includes(`${severity}-challenge`));

/** A session's id is a UUIDv7, made when its incident was accepted: its first 48 bits are that moment in epoch milliseconds. */
const acceptedAtMs = (sessionId: string): number => Number.parseInt(sessionId.replaceAll('-', '').slice(0, 12), 16);
