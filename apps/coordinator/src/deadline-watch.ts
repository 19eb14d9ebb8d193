import {
  HealthRegistry,
  isTrouble,
  LOGGER,
  Loop,
  RECORD,
  redactDetail,
  RedisClock,
  SessionPublisher,
  SessionReader,
  type Speech,
} from '@inquest/agent';
import type { Failure, MessageType, Voter } from '@inquest/contracts';
import { absence, decide, isEnded, overdue, type Session } from '@inquest/debate';
import { UnreadableSessionError, type Record as SessionRecord } from '@inquest/record';
import {
  DeadLetters,
  Deadlines,
  errorClassOf,
  SessionStreams,
  UnrecoverableEntryError,
  type PublishResult,
} from '@inquest/streams';
import { METRIC, ATTRIBUTE, type Logger } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { z } from 'zod';

/** How often due sessions are looked for, and how long a coordinator may hold one before another takes it. */
const TICK_MS = 100;
const LEASE_MS = 2_000;
/** How often the record is asked what is still open: what a flushed Redis costs at most. */
const SWEEP_MS = 2_000;
const BATCH = 100;
const SWEEPS_AT_ONCE = 16;
/** A recorder that is merely behind must not be buried under repeats. */
const ANNOUNCE_AGAIN_AFTER_MS = 15_000;
/** As many as a message gets before it is buried. A session that breaks us that often would break us for ever. */
const BREAKS_MAX = 5;

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
  private readonly breaks = new LRUCache<string, number>({ max: 10_000 });
  private readonly ticks: Loop;
  private readonly sweeps: Loop;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(RECORD) private readonly record: SessionRecord,
    private readonly deadlines: Deadlines,
    private readonly deadLetters: DeadLetters,
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
      if (!z.uuid().safeParse(sessionId).success) return await this.dismiss(sessionId);
      await this.attend(sessionId, fromSweep);
      this.breaks.delete(sessionId);
    } catch (error) {
      await this.despair(sessionId, error);
    }
  }

  /** Somebody else has written into the deadlines. */
  private async dismiss(name: string): Promise<void> {
    this.logger.error({ name: name.slice(0, 200) }, 'a deadline names no session and is removed');
    await this.deadlines.clear(name);
  }

  /** Whatever can never be attended to ends as failed, so that it ends at all. */
  private async despair(sessionId: string, error: unknown): Promise<void> {
    try {
      if (error instanceof UnrecoverableEntryError) return await this.giveUp(sessionId, 'unreadable', error.detail, error);
      if (error instanceof UnreadableSessionError) return await this.giveUp(sessionId, 'unreadable', error.message, error);
      this.logger.warn({ err: error, sessionId }, 'the session could not be attended to; it comes again');
      if (isTrouble(error)) return;
      const breaks = (this.breaks.get(sessionId) ?? 0) + 1;
      this.breaks.set(sessionId, breaks);
      const reason = `the coordinator broke over it ${breaks} times (${errorClassOf(error)})`;
      if (breaks >= BREAKS_MAX) await this.giveUp(sessionId, 'poisoned', reason, error);
    } catch (second) {
      this.logger.warn({ err: second, sessionId }, 'the session could not be ended either; it comes again');
    }
  }

  private async giveUp(sessionId: string, code: Failure['code'], reason: string, error: unknown): Promise<void> {
    const known = await this.record.sessions.get(sessionId);
    if (!known) return this.logger.error({ sessionId, reason }, 'the session cannot be read and is not on record');
    this.logger.error({ sessionId, reason }, 'the session cannot be read and ends as failed');
    const failure = { code, reason: redactDetail(reason).slice(0, 1_000), detail: '' };
    const { status } = await this.publisher.fail(sessionId, known, failure);
    if (status === 'published' || status === 'gone') await this.bury(sessionId, reason, error);
    if (status === 'closed') await this.announceAgain(sessionId);
  }

  /** What stands in a stream is in nobody's inbox: without a letter nobody would ever look at it. */
  private async bury(sessionId: string, detail: string, error: unknown): Promise<void> {
    const { reason, about } = error instanceof UnrecoverableEntryError ? error : { reason: 'refused', about: undefined };
    const burial = { inbox: 'coordinator', inboxId: about?.id ?? '0-0', deliveries: BREAKS_MAX };
    const fields = { session: sessionId, ...about?.fields };
    await this.deadLetters.add(
      { ...burial, fields },
      reason,
      detail,
      error instanceof UnrecoverableEntryError ? undefined : error,
    );
  }

  private async attend(sessionId: string, fromSweep: boolean): Promise<void> {
    const session = await this.sessions.read(sessionId);
    if (!session) return this.deadlines.clear(sessionId);
    if (isEnded(session)) return this.seeOff(sessionId, fromSweep);
    const todo = overdue(session, await this.clock.preciseNowMs());
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
    for (const entry of await this.streams.readable(sessionId)) await this.streams.wake('recorder', sessionId, entry);
    this.logger.warn({ sessionId }, 'ended in its stream but open on record; the recorder is told again');
  }

  private async conclude(session: Session): Promise<void> {
    const data = decide(session);
    const answer = { data, mind: 'rules' as const, degraded: data.degraded, vote: null };
    await this.say(session, { type: 'decision.made', role: 'coordinator', answer, latencyMs: 0 });
  }

  /** A stream that was lost since it was read, or half of it, is put back; what had to be said is said at the next look. */
  private async say<T extends MessageType>(session: Session, speech: Speech<T>): Promise<PublishResult> {
    const result = await this.publisher.publish(session, speech);
    if (result.status === 'gone') await this.sessions.restore(session.opened.message.sessionId);
    return result;
  }

  private async answerFor(role: Voter, session: Session): Promise<void> {
    const { type, data } = absence(role, session);
    const answer = { data, mind: 'rules' as const, degraded: true, vote: 'ABSTAIN' as const };
    const latencyMs = session.opened.message.data.limits.turnMs;
    const { status } = await this.say(session, { type, role, answer, onBehalf: true, latencyMs });
    if (status !== 'published') return;
    this.answeredFor.add(1, { [ATTRIBUTE.role]: role });
    this.logger.warn(
      { sessionId: session.opened.message.sessionId, role },
      'the role did not answer in time; the coordinator answered for it',
    );
  }
}
