import type { StreamEntry } from './entries.js';

/** One message on its way into a session's stream. */
export interface Publication {
  readonly sessionId: string;
  /** The seat it fills, `role:round:slot`: only one message ever takes it. */
  readonly key: string;
  readonly type: string;
  readonly role: string;
  /** JSON, stored as it is. */
  readonly body: string;
  /** The inboxes to announce it in. Those that name a group of the session also get it pending there. */
  readonly to: readonly string[];
  /**
   * Inboxes, among those of `to`, that are told only when these seats are taken as well: of several answers that are waited for
   * together, the last one wakes who waits. Decided where the message is stored, so that exactly one is the last.
   */
  readonly joining?: { readonly inboxes: readonly string[]; readonly seats: readonly string[] };
  /** Creates the session's keys. Repeating it is harmless. Without it nothing is ever created. */
  readonly opens?: boolean;
  /** A terminal event: no new message is taken after it, and the session has no deadline any more. */
  readonly closes?: boolean;
  /** The entries of the session's stream that this message answers; they are acknowledged for that group, on refusal too. */
  readonly answering?: { readonly group: string; readonly streamIds: readonly string[] };
  /**
   * The entry of an inbox that made it be said, for the group that has it pending: acknowledged last, on refusal too, where one script may.
   */
  readonly finishing?: { readonly inbox: string; readonly group: string; readonly inboxId: string };
  /** Arms the session's deadline before anything is written: epoch ms of Redis' clock. An earlier one that is armed already stays. */
  readonly deadlineAtMs?: number;
  /** The same, counted from now by Redis' clock. */
  readonly deadlineInMs?: number;
  readonly traceparent?: string | null;
}

/**
 * - `published`: stored and announced.
 * - `already-answered`: that seat was taken before; `entry` is what is stored, and that, never the caller's body, was announced again.
 * - `gone`: the session's keys do not exist (expired, flushed, lost); nothing was written. Rebuild it from the record, then repeat.
 * - `closed`: the session has ended and this seat was never taken; nothing was written.
 */
export type PublishResult = (
  | { readonly status: 'published' | 'already-answered'; readonly entry: StreamEntry }
  | { readonly status: 'gone' }
  | { readonly status: 'closed' }
) & {
  /** Set when what it was `finishing` is acknowledged. */
  readonly finished?: boolean;
};

/** An event as the record keeps it, to rebuild a stream from. */
export interface StoredEntry {
  /** The stream id it had. */
  readonly id: string;
  readonly seq: number;
  /** `role:round:slot`. */
  readonly key: string;
  readonly type: string;
  readonly role: string;
  readonly body: string;
  readonly traceparent?: string | null;
}
