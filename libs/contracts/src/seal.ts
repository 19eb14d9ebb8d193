import { SCHEMA_VERSION, type Cause, type Slot, type Usage } from './envelope.js';
import { eventIdOf, inputHash, withHashes } from './hashes.js';
import type { Message, MessageType } from './messages.js';
import type { Mind, Role, Vote } from './roles.js';
import { wellFormed } from './well-formed.js';

/** What a speaker says; `seal` adds ids and hashes. */
export interface Draft<T extends MessageType = MessageType> {
  readonly type: T;
  readonly data: Extract<Message, { type: T }>['data'];
  readonly sessionId: string;
  readonly incidentId: string;
  readonly role: Role;
  readonly onBehalfOf?: Role | null;
  readonly round?: number;
  readonly slot: Slot;
  readonly mind: Mind;
  readonly degraded: boolean;
  readonly vote: Vote | null;
  readonly promptHash?: string | null;
  readonly ruleSet: string;
  readonly latencyMs: number;
  readonly traceparent?: string | null;
  readonly occurredAt: string;
  readonly causes: readonly Cause[];
  readonly usage?: Usage | null;
}

/** A complete message: well-formed text, derived event id, the three hashes. Pure: the caller brings the time. */
export const seal = <T extends MessageType>(draft: Draft<T>): Extract<Message, { type: T }> => {
  const round = draft.round ?? 1;
  const data = wellFormed(draft.data);
  const unsealed = {
    eventId: eventIdOf(draft.sessionId, draft.role, round, draft.slot),
    sessionId: draft.sessionId,
    incidentId: draft.incidentId,
    role: draft.role,
    onBehalfOf: draft.onBehalfOf ?? null,
    round,
    slot: draft.slot,
    schemaVersion: SCHEMA_VERSION,
    mind: draft.mind,
    degraded: draft.degraded,
    vote: draft.vote,
    promptHash: draft.promptHash ?? null,
    ruleSet: draft.ruleSet,
    latencyMs: Math.max(0, Math.round(draft.latencyMs)),
    traceparent: draft.traceparent ?? null,
    occurredAt: draft.occurredAt,
    causes: [...draft.causes],
    usage: draft.usage ?? null,
    inputHash: inputHash(draft.causes),
    type: draft.type,
    data,
  };
  return withHashes(unsealed) as unknown as Extract<Message, { type: T }>;
};

export const causeOf = (message: Pick<Message, 'eventId' | 'eventHash'>): Cause => ({
  eventId: message.eventId,
  eventHash: message.eventHash,
});

/** The seat that a message fills within its session, as streams know it: `role:round:slot`. */
export const seatOf = ({ role, round, slot }: Seat): string => `${role}:${round}:${slot}`;

/** What names a seat, also when nobody has checked it yet. */
interface Seat {
  readonly role: string;
  readonly round: number;
  readonly slot: string;
}
