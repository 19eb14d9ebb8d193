import type { DeadLetter } from '@inquest/streams';
import type { FaultSpan } from './history.js';

/** What a drill may ask of the system. All times in milliseconds. */
export interface Expectations {
  /** Judges only sessions accepted since then, in epoch milliseconds: the ones before have been judged already. */
  readonly sinceMs: number;
  /** How much longer than its limit, and than the last fault in it, a session may take. */
  readonly recoveryMs: number;
  /** How long a fault may show after it was healed. */
  readonly aftermathMs: number;
  /** From the last of the four answers to the decision, when nothing is broken. */
  readonly fanInWithinMs: number;
  /** What a replica needs at most to notice a dead peer and to answer in its place; turns that are shorter are not held to it. */
  readonly takeoverMs: number;
  /** Finished entries that an inbox may keep: trimming frees whole nodes of a stream, and those hold up to a hundred. */
  readonly inboxLengthMax: number;
  /** Of each service, or of all: whether the victim of a fault had a peer when the fault itself does not say so. */
  readonly replicas: number | Readonly<Partial<Record<string, number>>>;
  /** Whether a fault may lose writes that Redis had confirmed. */
  readonly mayForget: (fault: FaultSpan) => boolean;
  /** Dead letters that the drill itself provokes. */
  readonly isExpectedLetter: (letter: DeadLetter) => boolean;
  /** Sessions that the drill itself makes unreadable or unstorable. */
  readonly mayFail: (sessionId: string) => boolean;
}

export const STANDARD: Expectations = {
  sinceMs: 0,
  recoveryMs: 30_000,
  aftermathMs: 10_000,
  fanInWithinMs: 2_000,
  takeoverMs: 10_000,
  inboxLengthMax: 250,
  replicas: 1,
  // A Redis that stood still, told another time or came back with its append-only file has all that it had confirmed.
  mayForget: ({ name, victim }) => victim === 'redis' && !/SIGSTOP|with AOF|clock/.test(name),
  isExpectedLetter: () => false,
  mayFail: () => false,
};

const WITHOUT_PEERS = new Set(['redis', 'postgres', 'network', 'clock', 'delivery']);
/** Strikes every replica of its victim at once. */
const OF_ALL = /\b(both|all)\b|^network /;

/** Whether another replica of the victim stayed untouched all the time. A victim is a service or one replica of it: `solver.1`. */
export const hadPeer = ({ name, victim, hadPeer: known }: FaultSpan, { replicas }: Pick<Expectations, 'replicas'>): boolean => {
  if (known !== undefined) return known;
  const [service = victim] = victim.split('.');
  if (WITHOUT_PEERS.has(service) || OF_ALL.test(name)) return false;
  return (typeof replicas === 'number' ? replicas : (replicas[service] ?? 1)) > 1;
};
