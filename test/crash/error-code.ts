import { types } from 'node:util';

/** `ENOSPC`, `ESRCH`, a SQLSTATE, …; empty for what has none. Jest gives specs an Error of their own, so `instanceof` would not do. */
export const codeOf = (error: unknown): string =>
  types.isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : '';
