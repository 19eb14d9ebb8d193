import { isTerminal, type MessageType, type Role } from '@inquest/contracts';
import { addressees, openTurns, publishedAtMs, spoken, type Session } from '@inquest/debate';
import { SessionStreams, UnrecoverableEntryError, type InboxEntry, type PublishResult } from '@inquest/streams';
import { ATTRIBUTE, inSpan, SPAN, traceFields, traceparentOf, type Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { Span } from '@opentelemetry/api';
import type { Answer } from './answer.js';
import { TurnMetrics } from './metrics.js';
import { RedisClock } from './redis-clock.js';
import { RoleAnswer } from './role-answer.js';
import { SessionPublisher, type Speech } from './session-publisher.js';
import { SessionReader } from './session-reader.js';
import { TimedTurn } from './timed-turn.js';
import { AGENT_ROLE, LOGGER } from './tokens.js';

/** What remains of a turn when the method's signal aborts: enough to seal and publish the rules' answer in time. */
const PUBLISH_MARGIN_MS = 250;

/** By which entry a role was asked, and how long it has. */
interface Asked {
  readonly session: Session;
  readonly entry: InboxEntry;
  readonly remainingMs: number;
}

type Said = Omit<Speech<never>, 'type' | 'role' | 'answer'> & { readonly answer: Answer<unknown> };

/**
 * One turn: fold the session, answer if it is this role's turn, publish. Whatever happens in between, a redelivery
 * repeats it: the publish script lets one answer win and everyone acts on that one.
 */
@Injectable()
export class TurnRunner {
  constructor(
    @Inject(AGENT_ROLE) private readonly role: Role,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly sessions: SessionReader,
    private readonly publisher: SessionPublisher,
    private readonly streams: SessionStreams,
    private readonly method: RoleAnswer,
    private readonly metrics: TurnMetrics,
    private readonly clock: RedisClock,
  ) {}

  /**
   * Handles one inbox entry and answers whether that is acknowledged with it, else the caller acknowledges. A throw leaves it pending, to
   * be delivered again.
   */
  async take(entry: InboxEntry, stopping: AbortSignal): Promise<boolean> {
    const session = await this.sessions.asOf(entry);
    if (!session)
      throw new UnrecoverableEntryError('unknown-session', `neither Redis nor the record knows session ${entry.session}`);
    const turn = openTurns(session).find(({ role }) => role === this.role);
    if (!turn) {
      await this.repeat(session, entry);
      return false;
    }
    const endsAtMs = publishedAtMs(session.opened.streamId) + session.opened.message.data.limits.debateMs;
    const deadlineMs = Math.min(endsAtMs, turn.askedAtMs + session.opened.message.data.limits.turnMs);
    // The Coordinator answers for whoever is late; an answer begun now would only be refused.
    if (this.role !== 'coordinator' && this.clock.nowMs() >= deadlineMs && (await this.clock.preciseNowMs()) >= deadlineMs)
      return false;
    return inSpan(SPAN.turn(this.role), { parent: entry.traceparent, attributes: this.attributes(session) }, (span) =>
      this.answer({ session, entry, remainingMs: deadlineMs - this.clock.nowMs() }, stopping, span),
    );
  }

  private async answer({ session, entry, remainingMs }: Asked, stopping: AbortSignal, span: Span): Promise<boolean> {
    const startedAt = performance.now();
    const { sessionId } = session.opened.message;
    const turn = new TimedTurn(sessionId, span, this.logger, startedAt + remainingMs - PUBLISH_MARGIN_MS, stopping);
    try {
      const answer = await this.method.give(session, turn);
      const latencyMs = performance.now() - startedAt;
      const finishing = { inbox: entry.inbox, group: this.role, inboxId: entry.inboxId };
      const result = await this.say(session, { answer, latencyMs, traceparent: traceparentOf(span), finishing });
      this.metrics.answered(this.role, answer, latencyMs);
      const { mind, vote, degraded } = answer;
      const line = { sessionId, ...traceFields(span) };
      if (result.status === 'published')
        this.logger.info({ ...line, type: this.method.type, seq: result.entry.seq, mind, vote, degraded }, 'answered');
      else this.logger.info({ ...line, status: result.status }, 'this answer came too late and reaches nobody');
      return result.finished ?? false;
    } finally {
      turn.end();
      this.sessions.forget(sessionId);
    }
  }

  /** Publishes; a session that Redis has lost meanwhile is put back first. */
  private async say(session: Session, said: Said): Promise<PublishResult> {
    // The data belongs to the type that the method's decorator names, which the compiler cannot see from here.
    const speech = { ...said, type: this.method.type, role: this.role, answer: said.answer as Answer<never> };
    const result = await this.publisher.publish(session, speech);
    if (result.status !== 'gone') return result;
    const restored = await this.sessions.restore(session.opened.message.sessionId);
    return restored ? this.publisher.publish(session, speech) : result;
  }

  /** The seat is filled. On a redelivery its reader may have died before it woke the next, so they are woken again. */
  private async repeat(session: Session, entry: InboxEntry): Promise<void> {
    if (entry.deliveries <= 1) return;
    const own = spoken(session).find(({ message }) => message.role === this.role) ?? session.decision;
    if (own?.message.role !== this.role) return;
    const type: MessageType = own.message.type;
    const to = isTerminal(type) ? ['recorder'] : [...addressees(type, session.opened.message.data.path), 'recorder'];
    const stored = (await this.streams.read(entry.session)).find(({ id }) => id === own.streamId);
    if (stored) await Promise.all(to.map((inbox) => this.streams.wake(inbox, entry.session, stored)));
  }

  private attributes(session: Session) {
    return {
      'gen_ai.agent.name': this.role,
      'gen_ai.conversation.id': session.opened.message.sessionId,
      [ATTRIBUTE.role]: this.role,
    };
  }
}
