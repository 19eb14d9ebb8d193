import { LOGGER, RECORD, SessionPublisher, SessionReader, HealthRegistry, Loop } from '@inquest/agent';
import type { Voter } from '@inquest/contracts';
import { absence, decide, openTurns, overdue, publishedAtMs, type Session } from '@inquest/debate';
import type { Record as SessionRecord } from '@inquest/record';
import { Deadlines, SessionStreams } from '@inquest/streams';
import { METRIC, ATTRIBUTE, type Logger } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';

/** How often due sessions are looked for, and how long a coordinator may hold one before another takes it. */
const TICK_MS = 100;
const LEASE_MS = 2_000;
/** How often the record is asked what is still open: what a flushed Redis costs at most. */
const SWEEP_MS = 2_000;
const BATCH = 100;

/**
 * Sees to it that every session ends. The sorted set says when to look; it is only a hint. Which sessions are open is
 * known in Postgres, and what they wait for is folded from their streams, so a lost hint costs one sweep.
 */
@Injectable()
export class DeadlineWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly answeredFor = metrics
    .getMeter('inquest')
    .createCounter(METRIC.answeredFor, { description: 'Answers that the Coordinator gave for a silent role' });
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
    const due = await this.deadlines.claimDue(Date.now(), LEASE_MS, BATCH);
    await Promise.all(due.map((sessionId) => this.attend(sessionId, false)));
  }

  /** Postgres is the truth: what is open there and has no hint, no stream or a reader that never woke is found here. */
  private async sweep(): Promise<void> {
    const open = await this.record.openSessions.due();
    for (const { sessionId, hasOpened } of open) if (hasOpened) await this.attend(sessionId, true);
  }

  private async attend(sessionId: string, fromSweep: boolean): Promise<void> {
    const lost = fromSweep && !(await this.streams.exists(sessionId));
    const session = await this.sessions.read(sessionId);
    if (!session) return this.deadlines.clear(sessionId);
    const now = Date.now();
    const todo = overdue(session, now);
    if (todo.kind === 'conclude') return this.conclude(session);
    if (todo.kind === 'answer-for') for (const role of todo.roles) await this.answerFor(role, session);
    if (lost) await this.wakeAgain(session);
    if (todo.kind === 'wait' && Number.isFinite(todo.untilMs)) await this.deadlines.arm(sessionId, todo.untilMs);
    if (todo.kind === 'wait' && !Number.isFinite(todo.untilMs)) await this.deadlines.clear(sessionId);
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

  /** The inboxes were lost with the stream: whoever's turn it is is asked again. */
  private async wakeAgain(session: Session): Promise<void> {
    const { sessionId } = session.opened.message;
    for (const { role, askedAtMs } of openTurns(session)) {
      const question = [session.critique, session.verdict, session.plan, session.diagnosis, session.opened].find(
        (said) => said !== undefined && publishedAtMs(said.streamId) === askedAtMs,
      );
      if (!question) continue;
      const { message, streamId, seq } = question;
      await this.streams.wake([role], sessionId, {
        id: streamId,
        seq,
        type: message.type,
        role: message.role,
        body: JSON.stringify(message),
      });
      this.logger.warn({ sessionId, role }, 'the stream was lost and has been rebuilt from the record; the role is asked again');
    }
  }
}
