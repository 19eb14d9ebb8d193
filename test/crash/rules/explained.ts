import { entryTimeMs, type DeadLetter } from '@inquest/streams';
import { acceptedAtMs, bornAtMs, endsOf, faultsDuring, type SessionFacts } from '../facts.js';
import type { Surroundings } from './rule.js';

/** When the session should have its end on record at the latest: its limit or the last fault in it, and the time to recover. */
export const dueAtMs = (session: SessionFacts, { faults, expected }: Surroundings): number => {
  const acceptedMs = acceptedAtMs(session);
  const limitMs = acceptedMs + (session.incident?.debateMs ?? 30_000);
  const endMs = session.endedAtMs ?? Number.POSITIVE_INFINITY;
  // Faults one after the other may each push the moment further, up to the next.
  const sorted = [...faults].filter(({ toMs }) => toMs >= acceptedMs).sort((left, right) => left.fromMs - right.fromMs);
  let dueMs = limitMs + expected.recoveryMs;
  for (const { fromMs, toMs } of sorted)
    if (fromMs <= Math.min(dueMs, endMs)) dueMs = Math.max(dueMs, toMs + expected.recoveryMs);
  return dueMs;
};

/** Not ended, and not due yet: what is in flight cannot be judged. */
export const isUnderWay = (session: SessionFacts, world: Surroundings): boolean =>
  endsOf(session).length === 0 && world.nowMs <= dueAtMs(session, world);

/** Whether Redis may have forgotten something of a session between its acceptance and some moment. */
export const mayHaveForgotten = (sessionId: string | null, untilMs: number, { faults, expected }: Surroundings): boolean =>
  faultsDuring(faults, sessionId === null ? 0 : bornAtMs(sessionId), untilMs).some((fault) => expected.mayForget(fault));

export const sessionOfLetter = ({ fields }: DeadLetter): string | null => fields.session ?? null;

/** These follow from what Redis forgot: the record stands, and what contradicts it or rests on the forgotten is put aside. */
const FOLLOWS_FROM_FORGETTING = new Set(['superseded', 'body-lost', 'causes-missing', 'unknown-session']);

export const isExplainedLetter = (letter: DeadLetter, world: Surroundings): boolean =>
  world.expected.isExpectedLetter(letter) ||
  (FOLLOWS_FROM_FORGETTING.has(letter.reason) && mayHaveForgotten(sessionOfLetter(letter), entryTimeMs(letter.id), world));
