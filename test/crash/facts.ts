import { isTerminal } from '@inquest/contracts';
import { publishedAtMs } from '@inquest/debate';
import type { Finding as LedgerFinding, RecordedEvent } from '@inquest/record';
import type { DeadLetter } from '@inquest/streams';
import type { Acceptance, ActedOn, FaultSpan, SeenRelease } from './history.js';

/** What a row of `incidents` says of its session. */
export interface IncidentFact {
  readonly incidentId: string;
  readonly sessionId: string;
  readonly idempotencyKey: string | null;
  readonly acceptedAtMs: number;
  readonly turnMs: number;
  readonly debateMs: number;
}

/** One entry of a session's stream. */
export interface StreamFact {
  readonly streamId: string;
  readonly seq: number;
  readonly type: string;
  /** `role:round:slot` by its body; empty when the body cannot be read. */
  readonly place: string;
  readonly eventHash: string;
}

/** An entry that was handed out and not acknowledged, or never handed out at all. */
export interface UnfinishedFact {
  readonly key: string;
  readonly group: string;
  readonly id: string;
  /** Null when nobody ever read it. */
  readonly consumer: string | null;
  readonly deliveries: number;
  readonly sessionId: string | null;
}

/** All that is known of one session, in Postgres, in Redis and from outside. */
export interface SessionFacts {
  readonly sessionId: string;
  readonly incident: IncidentFact | null;
  readonly acceptances: readonly Acceptance[];
  /** In the order of their numbers. */
  readonly rows: readonly RecordedEvent[];
  /** When the first terminal row was committed, in epoch milliseconds. */
  readonly endedAtMs: number | null;
  /** Null when the stream is not there (any more). */
  readonly stream: readonly StreamFact[] | null;
  /** Whether Redis lets the stream go by itself; true when it is not there. */
  readonly streamExpires: boolean;
  readonly isInOpenSessions: boolean;
  /** Its score in the set of deadlines; null when it is not in there. */
  readonly deadlineAtMs: number | null;
  /** What the groups of its stream have not acknowledged. */
  readonly unfinished: readonly UnfinishedFact[];
  readonly poisonedSeqs: readonly number[];
  readonly letters: readonly DeadLetter[];
  readonly releases: readonly SeenRelease[];
  readonly acts: readonly ActedOn[];
}

/** What is not one session's. */
export interface WorldFacts {
  /** Redis' clock at the time of judgement, in epoch milliseconds. */
  readonly nowMs: number;
  readonly faults: readonly FaultSpan[];
  readonly acceptances: readonly Acceptance[];
  /** In the inboxes. */
  readonly unfinished: readonly UnfinishedFact[];
  readonly inboxes: readonly { readonly name: string; readonly length: number }[];
  readonly letters: readonly DeadLetter[];
  readonly ledger: readonly LedgerFinding[];
}

/** A seat's answer: what there may be one of in a session. */
export const placeOf = ({
  role,
  round,
  slot,
}: {
  readonly role: string;
  readonly round: number;
  readonly slot: string;
}): string => `${role}:${round}:${slot}`;

/** A session's id is a UUIDv7: its first 48 bits are the moment of its acceptance in epoch milliseconds. */
export const bornAtMs = (sessionId: string): number => Number.parseInt(sessionId.replaceAll('-', '').slice(0, 12), 16);

export const acceptedAtMs = ({ sessionId, incident, acceptances }: SessionFacts): number =>
  incident?.acceptedAtMs ?? acceptances[0]?.atMs ?? bornAtMs(sessionId);

export const endsOf = ({ rows }: SessionFacts): readonly RecordedEvent[] =>
  rows.filter(({ envelope }) => isTerminal(envelope.type));

export const hasFailed = (session: SessionFacts): boolean => endsOf(session)[0]?.envelope.type === 'session.failed';

export const rowAt = ({ rows }: SessionFacts, place: string): RecordedEvent | undefined =>
  rows.find(({ envelope }) => placeOf(envelope) === place);

export const saidAtMs = ({ streamId }: RecordedEvent): number => publishedAtMs(streamId);

/** Whether any seat was degraded or filled by the Coordinator. */
export const isDegraded = ({ rows }: SessionFacts): boolean =>
  rows.some(({ envelope }) => envelope.type !== 'session.failed' && (envelope.degraded || envelope.onBehalfOf !== null));

/** Faults that touch a stretch of time, given that they may show for `afterMs` once they are healed. */
export const faultsDuring = (faults: readonly FaultSpan[], fromMs: number, toMs: number, afterMs = 0): FaultSpan[] =>
  faults.filter((fault) => fault.fromMs <= toMs && fault.toMs + afterMs >= fromMs);
