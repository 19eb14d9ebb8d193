import { outputHash, type DecisionPackage, type Published } from '@inquest/contracts';
import { decide } from './decide.js';
import { GATES_VERSION } from './gates.js';
import { fold } from './session.js';

export interface Recomputation {
  readonly recomputed: DecisionPackage;
  /** Of the decision as recorded; null when the session has none. */
  readonly recordedHash: string | null;
  readonly recomputedHash: string;
  readonly same: boolean;
  /** True when the record was made with other gates, so that a difference is no fault. */
  readonly otherGates: boolean;
}

/**
 * What the gates make of a session's recorded messages, compared with what was decided then.
 * Only for the debate's and the escalate path; on the rollback path the decision is itself the one answer.
 * @throws {RangeError} when the messages do not begin with `session.opened`.
 */
export const recompute = (messages: readonly Published[]): Recomputation => {
  const session = fold(messages);
  if (!session) throw new RangeError('The session cannot be recomputed: its messages do not begin with session.opened.');
  const recorded = session.decision?.message;
  // What came after the decision, or was not heard by it, must not change it.
  const heard = new Set(recorded?.causes.map(({ eventId }) => eventId));
  const before = recorded ? messages.filter(({ message }) => heard.has(message.eventId)) : messages;
  const recomputed = decide(fold(before) ?? session);
  const recomputedHash = outputHash(recomputed);
  const recordedHash = recorded?.outputHash ?? null;
  return {
    recomputed,
    recordedHash,
    recomputedHash,
    same: recordedHash === recomputedHash,
    otherGates: recorded !== undefined && recorded.data.gatesVersion !== GATES_VERSION,
  };
};
