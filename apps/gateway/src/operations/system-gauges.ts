import { RECORD, REDIS } from '@inquest/agent';
import type { Record as SessionRecord } from '@inquest/record';
import { DeadLetters, pressure, type RedisConnection } from '@inquest/streams';
import { METRIC } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { metrics, type BatchObservableCallback, type BatchObservableResult } from '@opentelemetry/api';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import { ExecutionSwitch } from './execution-switch.js';

const INBOXES = ['diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'single', 'recorder', 'gateway'] as const;

/** A scrape must not hang because a server does. */
const ANSWER_MS = 1_000;

/** Told where the moment is not known: what is left out keeps its last value, and a lag of before the outage would look fine. */
const UNKNOWN = Number.NaN;

/** Open sessions are counted up to here. */
const SESSIONS_MAX = 100_000;

/**
 * How the whole system stands, measured when somebody asks. The gateway tells it for all, since a service that is down tells nothing of
 * its own inbox; every gateway says the same, so a query takes the maximum.
 */
@Injectable()
export class SystemGauges implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly meter = metrics.getMeter('inquest');
  private readonly length = this.gauge(
    METRIC.inboxLength,
    'Entries in an inbox, finished ones that are not trimmed yet included',
  );
  private readonly pending = this.gauge(METRIC.inboxPending, 'Entries handed out and not finished');
  private readonly oldestAge = this.gauge(METRIC.inboxOldestAge, 'Age of the oldest entry that nobody has finished', 's');
  private readonly letters = this.gauge(METRIC.deadLettersWaiting, 'Dead letters that wait for a person');
  private readonly open = this.gauge(METRIC.sessionsOpen, 'Sessions accepted and not ended on record');
  private readonly verifiedAt = this.gauge(METRIC.ledgerVerifiedAt, 'When `inquest audit verify` ended last, Unix time', 's');
  private readonly findings = this.gauge(METRIC.ledgerFindings, 'What it found; 0 when the record is what was written');
  private readonly stopped = this.gauge(METRIC.executionStopped, '1 while all execution is stopped');
  private readonly turnLimit = this.gauge(METRIC.turnLimit, 'Time that a role has for its turn', 'ms');
  private readonly debateLimit = this.gauge(METRIC.debateLimit, 'Time that a debate has', 'ms');
  private readonly all = [
    ...[this.length, this.pending, this.oldestAge, this.letters, this.open],
    ...[this.verifiedAt, this.findings, this.stopped, this.turnLimit, this.debateLimit],
  ];

  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly execution: ExecutionSwitch,
    @Inject(REDIS) private readonly redis: RedisConnection,
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(GATEWAY_ENVIRONMENT) private readonly environment: GatewayEnvironment,
  ) {}

  onApplicationBootstrap(): void {
    this.meter.addBatchObservableCallback(this.observe, this.all);
  }

  beforeApplicationShutdown(): void {
    this.meter.removeBatchObservableCallback(this.observe, this.all);
  }

  private readonly observe: BatchObservableCallback = async (result) => {
    result.observe(this.turnLimit, this.environment.INQUEST_TURN_MS);
    result.observe(this.debateLimit, this.environment.INQUEST_DEBATE_MS);
    await Promise.all([
      ...INBOXES.map((inbox) => this.inbox(inbox, result)),
      this.buried(result),
      this.sessions(result),
      this.ledger(result),
      this.switch(result),
    ]);
  };

  private async inbox(inbox: string, result: BatchObservableResult): Promise<void> {
    const found = await inTime(this.fromRedis(() => pressure(this.redis, inbox)));
    result.observe(this.length, found?.length ?? UNKNOWN, { inbox });
    result.observe(this.pending, found?.pending ?? UNKNOWN, { inbox });
    result.observe(this.oldestAge, found ? found.oldestAgeMs / 1_000 : UNKNOWN, { inbox });
  }

  private async buried(result: BatchObservableResult): Promise<void> {
    result.observe(this.letters, (await inTime(this.fromRedis(() => this.deadLetters.count()))) ?? UNKNOWN);
  }

  private async sessions(result: BatchObservableResult): Promise<void> {
    result.observe(this.open, (await inTime(this.record.openSessions.open(SESSIONS_MAX))) ?? UNKNOWN);
  }

  private async ledger(result: BatchObservableResult): Promise<void> {
    const [last] = (await inTime(this.record.controls.history(['ledger-verified'], 1))) ?? [];
    if (!last) return;
    result.observe(this.verifiedAt, Date.parse(last.createdAt) / 1_000);
    result.observe(this.findings, Number(last.data['findings']));
  }

  private async switch(result: BatchObservableResult): Promise<void> {
    const state = await inTime(this.execution.state());
    if (state) result.observe(this.stopped, state.stopped ? 1 : 0);
  }

  /** A connection that is not ready would only keep the question. */
  private async fromRedis<T>(ask: () => Promise<T>): Promise<T | undefined> {
    return this.redis.status === 'ready' ? ask() : undefined;
  }

  private gauge(name: string, description: string, unit?: string) {
    return this.meter.createObservableGauge(name, { description, ...(unit !== undefined && { unit }) });
  }
}

/** Undefined when it fails or takes too long. */
const inTime = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ANSWER_MS);
  });
  return Promise.race([asked.catch(() => undefined), tooLate]).finally(() => clearTimeout(timer));
};
