import { isTerminal, VOTERS, type MessageType, type Role, type SessionPath, type Voter } from '@inquest/contracts';
import { isEnded, type Session } from './session.js';

const DEBATE: Partial<Record<MessageType, readonly Role[]>> = {
  'session.opened': ['diagnostician'],
  'diagnosis.reported': ['solver'],
  'plan.proposed': ['reviewer', 'critic'],
  'verdict.given': ['coordinator'],
  'critique.raised': ['coordinator'],
};

/** Reviewer and Critic answer side by side, and the Coordinator has nothing to do before it has heard both. */
const JOINS: Partial<Record<MessageType, Role>> = { 'verdict.given': 'critic', 'critique.raised': 'reviewer' };

const OPENERS: Record<SessionPath, readonly Role[]> = {
  debate: ['diagnostician'],
  single: ['single'],
  escalate: ['coordinator'],
};

/** The roles that a message is a question to. The recorder hears every message and is not named here. */
export const addressees = (type: MessageType, path: SessionPath): readonly Role[] => {
  if (type === 'session.opened') return OPENERS[path];
  if (isTerminal(type)) return [];
  return path === 'debate' ? (DEBATE[type] ?? []) : [];
};

/** The role whose answer is waited for together with this message: who is asked by both is asked once both are there. */
export const joinedWith = (type: MessageType): Role | undefined => JOINS[type];

/** A role whose turn it is, and since when: the Redis time, in epoch ms, at which its question was published. */
export interface OpenTurn {
  readonly role: Role;
  readonly askedAtMs: number;
}

/** Whose answers the session waits for. The Coordinator has its turn once verdict and critique are both in. */
export const openTurns = (session: Session): OpenTurn[] => {
  if (isEnded(session)) return [];
  const { opened, diagnosis, plan, verdict, critique } = session;
  const openedAtMs = publishedAtMs(opened.streamId);
  const path = opened.message.data.path;
  if (path === 'single') return [{ role: 'single', askedAtMs: openedAtMs }];
  if (path === 'escalate') return [{ role: 'coordinator', askedAtMs: openedAtMs }];
  if (!diagnosis) return [{ role: 'diagnostician', askedAtMs: openedAtMs }];
  if (!plan) return [{ role: 'solver', askedAtMs: publishedAtMs(diagnosis.streamId) }];
  const askedAtMs = publishedAtMs(plan.streamId);
  if (verdict && critique)
    return [{ role: 'coordinator', askedAtMs: Math.max(publishedAtMs(verdict.streamId), publishedAtMs(critique.streamId)) }];
  return [
    ...(verdict ? [] : [{ role: 'reviewer' as const, askedAtMs }]),
    ...(critique ? [] : [{ role: 'critic' as const, askedAtMs }]),
  ];
};

const isVoter = (role: Role): role is Voter => (VOTERS as readonly Role[]).includes(role);

/** The milliseconds of a Redis stream id. */
export const publishedAtMs = (streamId: string): number => Number(streamId.split('-', 1)[0]);

/** What the Coordinator has to do for a session at a given time, in epoch ms of Redis. */
export type Overdue =
  | { readonly kind: 'conclude' }
  | { readonly kind: 'answer-for'; readonly roles: readonly Voter[] }
  | { readonly kind: 'wait'; readonly untilMs: number };

/**
 * Past the session's deadline the Coordinator concludes with what it has; past a role's deadline it answers for that
 * role. `untilMs` is when to look again. A session with verdict and critique is concluded at once.
 */
export const overdue = (session: Session, nowMs: number): Overdue => {
  if (isEnded(session)) return { kind: 'wait', untilMs: Number.POSITIVE_INFINITY };
  const { turnMs, debateMs } = session.opened.message.data.limits;
  const endsAtMs = publishedAtMs(session.opened.streamId) + debateMs;
  const turns = openTurns(session);
  if (nowMs >= endsAtMs || turns.some((turn) => turn.role === 'coordinator')) return { kind: 'conclude' };
  const late = turns.filter((turn) => nowMs >= turn.askedAtMs + turnMs).map((turn) => turn.role);
  if (late.includes('single')) return { kind: 'conclude' };
  if (late.length > 0) return { kind: 'answer-for', roles: late.filter(isVoter) };
  return { kind: 'wait', untilMs: Math.min(endsAtMs, ...turns.map((turn) => turn.askedAtMs + turnMs)) };
};
