import { isInvalidValue } from '../append/data-error.js';

/** A value that was asked for does not exist in PostgreSQL: a year out of its range, NUL in a text. The caller asks for another one. */
export class InvalidQueryError extends Error {
  override readonly name = 'InvalidQueryError';
  constructor(problem: string) {
    super(`The record cannot be asked for this: ${problem}. Correct the filter or the cursor.`);
  }
}

/**
 * Runs a read whose values come from a caller.
 * @throws {InvalidQueryError} when PostgreSQL refuses one of them.
 */
export const asked = async <T>(read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    if (isInvalidValue(error)) throw new InvalidQueryError(error.message);
    throw error;
  }
};
