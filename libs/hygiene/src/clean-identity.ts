import { wellFormed } from '@inquest/contracts';
import { cleanText } from './clean-text.js';
import { digest, type RedactOptions } from './redact.js';

/**
 * An id or a fingerprint: kept as it is, or, when a secret stands in it, replaced as a whole by a salted hash. A mark in its
 * midst would make different ids equal once they are cut, and one that names nothing else must go on naming one thing.
 */
export const cleanIdentity = (identity: string, options: RedactOptions = {}): string => {
  const proper = wellFormed(identity);
  return cleanText(proper, { ...options, charsMax: proper.length + MARKS_MAX }).text === proper
    ? proper
    : `redacted-${digest(proper, options).slice(0, 32)}`;
};

/** Room for marks, so that an identity counts as changed for its secrets and never for its length. */
const MARKS_MAX = 10_000;
