import { RpcException } from '@nestjs/microservices';

/** Why an entry was taken out of circulation. Applications may add reasons of their own. */
export type DeadLetterReason =
  | 'deliveries-exhausted'
  | 'unreadable'
  | 'unknown-pattern'
  | 'newer-schema'
  | 'unknown-session'
  | 'refused'
  | 'superseded'
  // Keeps the suggestions above while allowing any other text.
  | (string & Record<never, never>);

/**
 * A handler throws it when delivering the entry again can never help: it goes to the dead letters at once.
 * It is an RpcException whose error is itself, because Nest's own filter replaces every other error by "Internal server error".
 */
export class UnrecoverableEntryError extends RpcException {
  override readonly name = 'UnrecoverableEntryError';

  constructor(
    readonly reason: DeadLetterReason,
    readonly detail: string,
    /** The entry of the session's stream that is to blame, when it is not the one being handled. */
    readonly about?: { readonly id: string; readonly fields: Readonly<Record<string, string>> },
  ) {
    super(`The entry cannot be handled (${reason}) and goes to the dead letters: ${detail}`);
  }

  override getError(): object {
    return this;
  }
}

/** A handler throws it when the fault is not the entry's (a database is away): it comes again later and no delivery is counted. */
export class TryAgainLaterError extends RpcException {
  override readonly name = 'TryAgainLaterError';

  constructor(
    readonly delayMs: number,
    readonly detail: string,
  ) {
    super(`The entry cannot be handled now and comes again in ${delayMs} ms: ${detail}`);
  }

  override getError(): object {
    return this;
  }
}

/** The Redis server would lose or misread our streams. Nothing may start on it. */
export class UnfitRedisError extends Error {
  override readonly name = 'UnfitRedisError';

  constructor(
    readonly node: string,
    readonly problem: string,
    readonly remedy: string,
  ) {
    super(`Redis at ${node} is unfit: ${problem}. ${remedy}`);
  }
}

/** The id names no dead letter. It may have been retried or dropped before. */
export class NoSuchDeadLetterError extends Error {
  override readonly name = 'NoSuchDeadLetterError';

  constructor(readonly id: string) {
    super(`There is no dead letter ${id}; it may have been retried or dropped already. List them to see what is left.`);
  }
}

/** What the letter holds is not the whole entry, so putting it back would put back something else. */
export class IncompleteDeadLetterError extends Error {
  override readonly name = 'IncompleteDeadLetterError';

  constructor(readonly id: string) {
    super(`Dead letter ${id} does not hold its whole entry and cannot be retried; let the sender publish again, then drop it.`);
  }
}

/** The reply of Redis does not have the form its documentation promises: a proxy or an unknown server stands between. */
export class UnexpectedReplyError extends Error {
  override readonly name = 'UnexpectedReplyError';

  constructor(
    readonly command: string,
    readonly problems: string,
  ) {
    super(`Redis answered ${command} in an unknown form; check what server it is. ${problems}`);
  }
}

/** A key of ours holds something of another kind: somebody else has written there. */
export const isForeignKey = (error: unknown): boolean => error instanceof Error && error.message.includes('WRONGTYPE');

/** A script was given keys of several slots: a cluster that is spoken to as if it were one server, or a proxy before one. */
export const isCrossSlot = (error: unknown): boolean => error instanceof Error && error.message.includes('CROSSSLOT');

export const messageOf = (error: unknown): string => {
  if (error instanceof Error) return error.message;
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
};
