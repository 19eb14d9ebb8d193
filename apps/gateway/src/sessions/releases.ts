import { ENVIRONMENT, HealthRegistry, LOGGER, RECORD, REDIS, type PlatformEnvironment } from '@inquest/agent';
import { isTerminal } from '@inquest/contracts';
import type { Record as SessionRecord } from '@inquest/record';
import { InboxReader, TryAgainLaterError, type InboxEntry, type RedisConnection } from '@inquest/streams';
import { ATTRIBUTE, METRIC, type Logger } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import { SessionFeed } from './session-feed.js';

const INBOX = 'gateway';
const SEEN_MAX = 10_000;

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
  private readonly durations = metrics
    .getMeter('inquest')
    .createHistogram(METRIC.debateDuration, { unit: 'ms', description: 'From a session’s opening to its terminal event' });
  private readonly reader: InboxReader;

  constructor(
    private readonly feed: SessionFeed,
    private readonly health: HealthRegistry,
    @Inject(REDIS) redis: RedisConnection,
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(ENVIRONMENT) private readonly environment: PlatformEnvironment,
  ) {
    this.reader = new InboxReader({
      redis,
      inbox: INBOX,
      consumer: environment.INQUEST_CONSUMER,
      handler: (entry) => this.release(entry),
    });
  }

  onApplicationBootstrap(): void {
    this.health.watchLoop(`inbox ${INBOX}`, () => this.reader.isTurning());
    void this.reader.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.reader.stop(this.environment.INQUEST_DRAIN_MS);
  }

  private async release({ session: sessionId, seq }: InboxEntry): Promise<void> {
    const published = (await this.record.sessions.messages(sessionId, seq - 1)).find(({ message }) => isTerminal(message.type));
    // A release follows its commit; a row that is not there yet is one that a replica or a failover still owes us.
    if (!published) throw new TryAgainLaterError(500, `session ${sessionId} has no terminal row yet`);
    this.feed.wake(sessionId);
    const { message } = published;
    if (this.seen.get(sessionId) === message.eventHash) return;
    this.seen.set(sessionId, message.eventHash);
    const ended =
      message.type === 'decision.made'
        ? { outcome: message.data.outcome, gate: message.data.gate }
        : { outcome: 'failed', gate: 0 };
    const durationMs = Date.parse(message.occurredAt) - acceptedAtMs(sessionId);
    this.durations.record(Math.max(0, durationMs), { [ATTRIBUTE.outcome]: ended.outcome });
    this.decisions.add(1, { [ATTRIBUTE.outcome]: ended.outcome, [ATTRIBUTE.gate]: ended.gate });
    this.logger.info({ sessionId, ...ended }, 'a decision was released');
  }
}

/** A session's id is a UUIDv7, made when its incident was accepted: its first 48 bits are that moment in epoch milliseconds. */
const acceptedAtMs = (sessionId: string): number => Number.parseInt(sessionId.replaceAll('-', '').slice(0, 12), 16);
