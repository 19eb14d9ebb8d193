import { HealthRegistry, LOGGER, Loop, RECORD, RedisClock, SessionPublisher, SessionReader } from '@inquest/agent';
import type { Voter } from '@inquest/contracts';
import { absence, decide, isEnded, overdue, type Session } from '@inquest/debate';
import { UnreadableSessionError, type Record as SessionRecord } from '@inquest/record';
import { Deadlines, SessionStreams, UnrecoverableEntryError } from '@inquest/streams';
import { METRIC, ATTRIBUTE, type Logger } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';

/** How often due sessions are looked for, and how long a coordinator may hold one before another takes it. */
const TICK_MS = 100;
const LEASE_MS = 2_000;
/** How often the record is asked what is still open: what a flushed Redis costs at most. */
const SWEEP_MS = 2_000;
const BATCH = 100;
const SWEEPS_AT_ONCE = 16;
/** A recorder that is merely behind must not be buried under repeats. */
const ANNOUNCE_AGAIN_AFTER_MS = 15_000;

/**
 * Sees to it that every session ends. The sorted set says when to look; it is only a hint. Which sessions are open is
 * known in Postgres, and what they wait for is folded from their streams, so a lost hint costs one sweep.
 */
@Injectable()
export class DeadlineWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly answeredFor = metrics
    .getMeter('inquest')
    .createCounter(METRIC.answeredFor, { description: 'Answers that the Coordinator gave for a silent role' });
  private readonly announced = new LRUCache<string, true>({ max: 10_000, ttl: ANNOUNCE_AGAIN_AFTER_MS });
  private readonly ticks: Loop;
  private readonly sweeps: Loop;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(RECORD) private readonly record: SessionRecord,
    private readonly deadlines: Deadlines,
    private readonly streams: SessionStreams,
    private readonly sessions: SessionReader,
    private readonly publisher: SessionPublisher,
    private readonly health: HealthRegistry,
    private readonly clock: RedisClock,
  ) {
    this.ticks = new Loop('deadlines', TICK_MS, () => this.tick(), logger);
    this.sweeps = new Loop('open sessions', SWEEP_MS, () => this.sweep(), logger);
  }

  onApplicationBootstrap(): void {
    for (const loop of [this.ticks, this.sweeps]) {
      this.health.watchLoop(loop.name, () => loop.isTurning());
      loop.start();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.ticks.stop(), this.sweeps.stop()]);
  }

  /** Takes the sessions whose moment has come; a claim moves the moment forward, so that others leave them alone. */
  private async tick(): Promise<void> {
    const due = await this.deadlines.claimDue(LEASE_MS, BATCH);
    await Promise.all(due.map((sessionId) => this.attendSafely(sessionId, false)));
  }

  /** Postgres is the truth: what is open there and has no hint, no stream or a reader that never woke is found here. */
  private async sweep(): Promise<void> {
    const open = await this.record.openSessions.due();
    const limit = pLimit(SWEEPS_AT_ONCE);
    await Promise.all(
      open.filter(({ hasOpened }) => hasOpened).map(({ sessionId }) => limit(() => this.attendSafely(sessionId, true))),
    );
  }

  /** One session's trouble is not the others'. What cannot be read ends as failed; what cannot be reached comes again. */
  private async attendSafely(sessionId: string, fromSweep: boolean): Promise<void> {
    try {
      await this.attend(sessionId, fromSweep);
    } catch (error) {
      if (error instanceof UnrecoverableEntryError) return this.giveUp(sessionId, error.detail);
      if (error instanceof UnreadableSessionError) return this.giveUp(sessionId, error.message);
      this.logger.warn({ err: error, sessionId }, 'the session could not be attended to; it comes again');
    }
  }

  private async giveUp(sessionId: string, reason: string): Promise<void> {
    const known = await this.record.sessions.get(sessionId);
    if (!known) return this.logger.error({ sessionId, reason }, 'the session cannot be read and is not on record');
    this.logger.error({ sessionId, reason }, 'the session cannot be read and ends as failed');
    const failure = { code: 'unreadable' as const, reason: reason.slice(0, 1_000), detail: '' };
    const { status } = await this.publisher.fail(sessionId, known, failure);
    if (status === 'closed') await this.announceAgain(sessionId);
  }

  private async attend(sessionId: string, fromSweep: boolean): Promise<void> {
    const session = await this.sessions.read(sessionId);
    if (!session) return this.deadlines.clear(sessionId);
    if (isEnded(session)) return this.seeOff(sessionId, fromSweep);
    const todo = overdue(session, this.clock.nowMs());
    if (todo.kind === 'conclude') return this.conclude(session);
    if (todo.kind === 'answer-for') for (const role of todo.roles) await this.answerFor(role, session);
    if (todo.kind !== 'wait') return;
    // After a claim the moment moves to where it belongs; a sweep must create it when it was lost.
    await (fromSweep ? this.deadlines.arm(sessionId, todo.untilMs) : this.deadlines.postpone(sessionId, todo.untilMs));
  }

  /** Ended in its stream. If the record still says open, whoever said the last word may have died before the recorder heard it. */
  private async seeOff(sessionId: string, fromSweep: boolean): Promise<void> {
    if (fromSweep) await this.announceAgain(sessionId);
    else await this.deadlines.clear(sessionId);
  }

  /** Tells the recorder of every entry once more; what it has already it recognises. Not again before some time has passed. */
  private async announceAgain(sessionId: string): Promise<void> {
    if (this.announced.has(sessionId)) return;
    this.announced.set(sessionId, true);
    for (const entry of await this.streams.read(sessionId)) await this.streams.wake('recorder', sessionId, entry);
    this.logger.warn({ sessionId }, 'ended in its stream but open on record; the recorder is told again');
  }

  private async conclude(session: Session): Promise<void> {
    const data = decide(session);
    const answer = { data, mind: 'rules' as const, degraded: data.degraded, vote: null };
    await this.publisher.publish(session, { type: 'decision.made', role: 'coordinator', answer, latencyMs: 0 });
  }

  private async answerFor(role: Voter, session: Session): Promise<void> {
    const { type, data } = absence(role, session);
    const answer = { data, mind: 'rules' as const, degraded: true, vote: 'ABSTAIN' as const };
    const latencyMs = session.opened.message.data.limits.turnMs;
    const result = await this.publisher.publish(session, { type, role, answer, onBehalf: true, latencyMs });
    if (result.status !== 'published') return;
    this.answeredFor.add(1, { [ATTRIBUTE.role]: role });
    this.logger.warn(
      { sessionId: session.opened.message.sessionId, role },
      'the role did not answer in time; the coordinator answered for it',
    );
  }
}
