import { isTrouble } from '@inquest/agent';
import { types } from 'node:util';

/** @throws the error itself when it is trouble, so that what follows deals with faults of the entry alone. */
export const throwTrouble = (error: unknown): void => {
  if (isTrouble(error)) throw error;
};

export const problemOf = (error: unknown): string => (types.isNativeError(error) ? error.message : String(error));
