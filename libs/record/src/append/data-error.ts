/**
 * SQLSTATE classes that the rows themselves are to blame for: data exception, integrity violation, program limit (JSON
 * too deep or too long). Everything else (no connection, no disk space, shutdown) passes, and the batch is tried again.
 */
const DATA_CLASSES = new Set(['22', '23', '54']);

export const isDataError = (error: unknown): error is Error => DATA_CLASSES.has(sqlClass(error));

/** Class 22, data exception: a value that PostgreSQL has no place for. */
export const isInvalidValue = (error: unknown): error is Error => sqlClass(error) === '22';

const sqlClass = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.length === 5
    ? error.code.slice(0, 2)
    : '';
