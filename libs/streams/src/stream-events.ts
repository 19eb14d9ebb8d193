import type { InboxEntry } from './entries.js';
import type { PublishResult } from './publication.js';

/** Who observes what happens in the transport, for metrics and logs. Implement what you need; nothing here may throw. */
export interface StreamEvents {
  /** A publication ended, in whatever way. */
  published?(event: { sessionId: string; type: string; status: PublishResult['status'] }): void;
  /** The reader has begun to read, or does so again after trouble. */
  reading?(event: { inbox: string }): void;
  delivered?(event: { inbox: string; entries: number }): void;
  /** Entries were handled, or buried, and acknowledged. */
  acknowledged?(event: { inbox: string; entries: number }): void;
  /** Entries of another consumer, or of our own former life, are ours now. */
  claimed?(event: { inbox: string; from: string; entries: number; why: 'own-pending' | 'silent-peer' | 'abandoned' }): void;
  /** A handler failed; the entry comes again in `delayMs`. */
  redelivered?(event: { inbox: string; entry: InboxEntry; error: unknown; delayMs: number }): void;
  deadLettered?(event: { inbox: string; inboxId: string; reason: string; detail: string; errorClass: string }): void;
  /** The group was gone (a flush, a failover, a lost key) and was created again at 0. */
  noGroup?(event: { inbox: string }): void;
  /** The reader's connection was silent for longer than its block allows and was replaced. */
  deaf?(event: { inbox: string; silentMs: number }): void;
  /** Announced in the group, but the entry itself is deleted: its session has to be looked at in the record. */
  vanished?(event: { inbox: string; inboxIds: readonly string[] }): void;
  trimmed?(event: { inbox: string; entries: number }): void;
  /** Something failed that is tried again by itself. */
  troubled?(event: { inbox: string; doing: string; error: unknown }): void;
}

type Observed = { readonly [name in keyof Required<StreamEvents>]: true };

const observed: Observed = {
  ...{ published: true, reading: true, delivered: true, acknowledged: true, claimed: true, redelivered: true },
  ...{ deadLettered: true, noGroup: true, deaf: true, vanished: true, trimmed: true, troubled: true },
};

export const streamEventNames = Object.keys(observed) as readonly (keyof StreamEvents)[];

/** An observer that tells every event to one function. */
export const observeAll = (tell: (name: keyof StreamEvents, event: unknown) => void): StreamEvents =>
  Object.fromEntries(streamEventNames.map((name) => [name, (event: unknown) => tell(name, event)]));
