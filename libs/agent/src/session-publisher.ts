import { isTerminal, seal, seatOf, type Draft, type Failure, type MessageType, type Role } from '@inquest/contracts';
import { addressees, causesOf, joinedWith, questionsTo, type Session } from '@inquest/debate';
import { Deadlines, SessionStreams, type Publication, type PublishResult } from '@inquest/streams';
import { isTrouble } from './trouble.js';
import { Injectable } from '@nestjs/common';
import type { Answer } from './answer.js';
import { RULE_SET, ruleSetOf } from './rule-set.js';

export interface Speech<T extends MessageType> {
  readonly type: T;
  /** The seat that is filled. */
  readonly role: Role;
  readonly answer: Answer<Draft<T>['data']>;
  /** Set when the Coordinator fills the seat of a role that did not answer. */
  readonly onBehalf?: boolean;
  readonly latencyMs: number;
  /** The inbox entry that asked for it. */
  readonly finishing?: Publication['finishing'];
  /** Of the span in which it was thought of; without one it belongs to the debate as a whole. */
  readonly traceparent?: string | null;
}

/** Says something in a session: seals it and publishes it. */
@Injectable()
export class SessionPublisher {
  constructor(
    private readonly streams: SessionStreams,
    private readonly deadlines: Deadlines,
  ) {}

  async publish<T extends MessageType>(session: Session, speech: Speech<T>): Promise<PublishResult> {
    const { sessionId, incidentId, data: opening } = session.opened.message;
    const { type, role, answer } = speech;
    const terminal = isTerminal(type);
    const message = seal<T>({
      type,
      sessionId,
      incidentId,
      role,
      onBehalfOf: speech.onBehalf ? role : null,
      slot: terminal ? 'decision' : 'answer',
      ...answer,
      ruleSet: ruleSetOf(answer.rulesVersion),
      latencyMs: speech.latencyMs,
      traceparent: speech.traceparent ?? session.opened.message.traceparent,
      occurredAt: new Date().toISOString(),
      causes: causesOf(role, session),
    });
    const asked = addressees(type, opening.path);
    const other = joinedWith(type);
    return this.streams.publish({
      sessionId,
      key: seatOf(message),
      type,
      role,
      body: JSON.stringify(message),
      to: [...asked, 'recorder'],
      ...(other && { joining: { inboxes: asked, seats: [seatOf({ ...message, role: other })] } }),
      closes: terminal,
      answering: { group: role, streamIds: questionsTo(role, session) },
      ...(asked.length > 0 && { deadlineInMs: opening.limits.turnMs }),
      traceparent: message.traceparent,
      ...(speech.finishing && { finishing: speech.finishing }),
    });
  }

  /** Ends a session whose own data cannot be read; nothing can be decided about it, and that is said. */
  async fail(
    sessionId: string,
    { incidentId, events }: { readonly incidentId: string; readonly events: number },
    failure: Failure,
  ): Promise<PublishResult> {
    const message = seal({
      type: 'session.failed',
      data: failure,
      sessionId,
      incidentId,
      role: 'coordinator',
      slot: 'decision',
      mind: 'rules',
      degraded: true,
      vote: null,
      ruleSet: RULE_SET,
      latencyMs: 0,
      traceparent: null,
      occurredAt: new Date().toISOString(),
      causes: [],
    });
    const { type, role, traceparent } = message;
    const key = seatOf(message);
    const body = JSON.stringify(message);
    const result = await this.close({ sessionId, key, type, role, body, to: ['recorder'], closes: true, traceparent });
    // Its stream is lost and cannot be rebuilt from rows that nobody can read: the recorder hears it all the same.
    if (result.status === 'gone') {
      await this.streams.wake('recorder', sessionId, { id: `${Date.now()}-0`, seq: events + 1, type, role, body, traceparent });
      await this.deadlines.clear(sessionId);
    }
    return result;
  }

  /** Keys that a script cannot work with, since somebody else has written there, are as good as gone. */
  private async close(publication: Publication): Promise<PublishResult> {
    try {
      return await this.streams.publish(publication);
    } catch (error) {
      if (isTrouble(error)) throw error;
      return { status: 'gone' };
    }
  }
}
