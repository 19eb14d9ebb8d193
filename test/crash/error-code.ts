import { types } from 'node:util';

/** `ENOSPC`, `ESRCH`, a SQLSTATE, …; undefined for what has none. Jest gives specs an Error of their own, so `instanceof` would not do. */
export const codeOf = (error: unknown): unknown => (types.isNativeError(error) && 'code' in error ? error.code : undefined);
