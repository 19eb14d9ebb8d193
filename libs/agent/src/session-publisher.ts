import { isTerminal, seal, type Draft, type MessageType, type Role } from '@inquest/contracts';
import { addressees, causesOf, publishedAtMs, questionsTo, type Session } from '@inquest/debate';
import { Deadlines, SessionStreams, type PublishResult } from '@inquest/streams';
import { currentTraceparent } from '@inquest/telemetry';
import { Injectable } from '@nestjs/common';
import type { Answer } from './answer.js';
import { RULE_SET } from './rule-set.js';

export interface Speech<T extends MessageType> {
  readonly type: T;
  /** The seat that is filled. */
  readonly role: Role;
  readonly answer: Answer<Draft<T>['data']>;
  /** Set when the Coordinator fills the seat of a role that did not answer. */
  readonly onBehalf?: boolean;
  readonly latencyMs: number;
}

/** Says something in a session: seals it, publishes it, and keeps the deadline's hint in step. */
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
      ruleSet: RULE_SET,
      latencyMs: speech.latencyMs,
      traceparent: currentTraceparent() ?? session.opened.message.traceparent,
      occurredAt: new Date().toISOString(),
      causes: causesOf(role, session),
    });
    const asked = addressees(type, opening.path);
    const result = await this.streams.publish({
      sessionId,
      key: `${role}:${message.round}:${message.slot}`,
      type,
      role,
      body: JSON.stringify(message),
      to: [...asked, 'recorder'],
      closes: terminal,
      answering: { group: role, streamIds: questionsTo(role, session) },
      ...(asked.length > 0 && { deadlineAtMs: nextDeadline(session) }),
      ...(message.traceparent !== null && { traceparent: message.traceparent }),
    });
    if (terminal || result.status === 'closed') await this.deadlines.clear(sessionId);
    return result;
  }
}

/** When the Coordinator has to look next: one turn from now, at the latest when the debate's time is up. */
const nextDeadline = ({ opened }: Session): number => {
  const { turnMs, debateMs } = opened.message.data.limits;
  return Math.min(publishedAtMs(opened.streamId) + debateMs, Date.now() + turnMs);
};
