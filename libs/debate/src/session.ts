import type {
  CritiqueRaised,
  DecisionMade,
  DiagnosisReported,
  Message,
  PlanProposed,
  Published,
  SessionFailed,
  SessionOpened,
  VerdictGiven,
} from '@inquest/contracts';

/** A session as folded from its stream: the first message that filled each seat, with its place. */
export interface Session {
  readonly opened: Published<SessionOpened>;
  readonly diagnosis?: Published<DiagnosisReported>;
  readonly plan?: Published<PlanProposed>;
  readonly verdict?: Published<VerdictGiven>;
  readonly critique?: Published<CritiqueRaised>;
  readonly decision?: Published<DecisionMade>;
  readonly failure?: Published<SessionFailed>;
}

/** A message out of turn changes nothing: streams deliver at least once, and late. The first to fill a seat keeps it. */
export const evolve = (session: Session, { seq, streamId, message }: Published): Session => {
  switch (message.type) {
    case 'session.opened':
      return session;
    case 'diagnosis.reported':
      return session.diagnosis ? session : { ...session, diagnosis: { seq, streamId, message } };
    case 'plan.proposed':
      return session.plan ? session : { ...session, plan: { seq, streamId, message } };
    case 'verdict.given':
      return session.verdict ? session : { ...session, verdict: { seq, streamId, message } };
    case 'critique.raised':
      return session.critique ? session : { ...session, critique: { seq, streamId, message } };
    case 'decision.made':
      return isEnded(session) ? session : { ...session, decision: { seq, streamId, message } };
    case 'session.failed':
      return isEnded(session) ? session : { ...session, failure: { seq, streamId, message } };
    default:
      return message satisfies never;
  }
};

/** Folds a session from its messages in stream order; undefined when it does not begin with `session.opened`. */
export const fold = (messages: readonly Published[]): Session | undefined => {
  const [first, ...rest] = messages;
  if (first?.message.type !== 'session.opened') return undefined;
  const opened: Published<SessionOpened> = { seq: first.seq, streamId: first.streamId, message: first.message };
  return rest.reduce(evolve, { opened });
};

export const isEnded = (session: Session): boolean => Boolean(session.decision ?? session.failure);

/** Every message of the session that a decision rests on, in the order of the debate. */
export const spoken = (session: Session): Published<Exclude<Message, DecisionMade | SessionFailed>>[] =>
  [session.opened, session.diagnosis, session.plan, session.verdict, session.critique].filter((said) => said !== undefined);
