import { z } from 'zod';

/**
 * A source could not be asked or did not answer as it should. Becomes evidence with that status: what could not be seen is part of
 * what is known. Its text is shown to the roles and in the audit; it never names credentials.
 */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure';
  constructor(
    /** `denied`: we lack the right. `no-data`: the thing asked for is not there. */
    readonly status: 'error' | 'denied' | 'no-data',
    message: string,
  ) {
    super(message);
  }
}

/** Why a request failed, in a sentence without an address: network errors name hosts and ports, not secrets. */
export const failureOf = (error: unknown, signal: AbortSignal): SourceFailure => {
  if (error instanceof SourceFailure) return error;
  if (signal.aborted) return new SourceFailure('error', 'It did not answer in time.');
  if (error instanceof z.ZodError) return new SourceFailure('error', 'Its answer is not of the expected form.');
  return new SourceFailure('error', `It could not be asked (${reasonOf(error)}).`);
};

const reasonOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'name' in error && typeof error.name === 'string' ? error.name : 'unknown';
};
