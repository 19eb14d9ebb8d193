import { wellFormed } from '@inquest/contracts';
import { stripInvisible } from './invisible.js';
import { digest, redact, type RedactOptions } from './redact.js';

/**
 * An id or a fingerprint: kept as it is, or, when a secret stands in it, replaced as a whole by a salted hash. A mark in its
 * midst would make different ids equal once they are cut, and one that names nothing else must go on naming one thing.
 */
export const cleanIdentity = (identity: string, options: RedactOptions = {}): string => {
  const proper = wellFormed(identity);
  return stripInvisible(proper) === proper && redact(proper, options).text === proper
    ? proper
    : `redacted-${digest(proper, options).slice(0, 32)}`;
};
