import { types } from 'node:util';

/** PostgreSQL's own trouble: no connection, no resources, shutting down, a lock or a primary lost, not migrated yet. */
const SERVER_CLASSES = new Set(['08', '25', '28', '3D', '40', '42', '53', '55', '57', '58', 'F0', 'XX']);
/**
 * How `pg` says without a code that a connection or an answer did not come, and `DecisiveClient` after it. TypeORM takes its connection
 * away from a transaction in which that happens, and the next statement complains of it.
 */
const NO_ANSWER =
  /Query read timeout|Connection terminated|timeout exceeded when trying to connect|timeout expired|not queryable|Query runner already released|Transaction is not started/i;
const SYSTEM_ERROR = /^(ECONN\w+|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ENOENT)$/;

/** Whether the record failed for reasons of its own, so that the same call can succeed later; false for a fault of what it was given. */
export const isOutage = (error: unknown): boolean => {
  if (!types.isNativeError(error)) return false;
  if (causesOf(error).some(isOutage)) return true;
  const code = codeOf(error);
  return (code.length === 5 && SERVER_CLASSES.has(code.slice(0, 2))) || SYSTEM_ERROR.test(code) || NO_ANSWER.test(error.message);
};

/** Whether PostgreSQL undid a statement because two held what the other wanted; the same in smaller parts gets through. */
export const isDeadlock = (error: unknown): boolean => codeOf(error) === '40P01';

/** The record could not be opened. Names the setting and never its value, which holds a password. */
export class RecordUnreachableError extends Error {
  override readonly name = 'RecordUnreachableError';
  /** SQLSTATE or the system's code; empty when there is none. */
  readonly code: string;

  // Without `cause`: some of its kinds carry the whole URL.
  constructor(error: unknown) {
    const code = codeOf(error);
    super(
      `PostgreSQL cannot be reached (${reasonOf(error)}). Check that it is running and that DATABASE_URL names its host, port, database and role.`,
    );
    this.code = code;
  }
}

const codeOf = (error: unknown): string =>
  types.isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : '';

const reasonOf = (error: unknown): string => {
  if (codeOf(error) === 'ERR_INVALID_URL') return 'the URL cannot be parsed';
  // A name with several addresses fails once for each of them.
  const causes = causesOf(error);
  if (causes.length > 0) return causes.map(reasonOf).join('; ');
  return types.isNativeError(error) ? error.message || error.name : String(error);
};

const causesOf = (error: unknown): unknown[] =>
  types.isNativeError(error) && 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
