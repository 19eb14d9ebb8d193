import { createHash } from 'node:crypto';
import { sha256Json } from '@inquest/contracts';

/** Placeholders that senders put where they know no fingerprint. */
const PLACEHOLDERS = new Set(['unknown', 'none', 'null', 'undefined', 'n/a', '-', '0']);

/** SHA-256 over the sorted labels: equal labels, equal alert, whoever sends it and in whatever order. */
export const fingerprintOf = (labels: Readonly<Record<string, string>>, ...more: readonly string[]): string =>
  sha256Json([Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : Number(a > b))), ...more]);

/** The sender's own fingerprint, when it is one and fits. */
export const givenFingerprint = (given: string | undefined): string | undefined => {
  if (given === undefined || PLACEHOLDERS.has(given.toLowerCase())) return undefined;
  return given.length <= 150 ? given : createHash('sha256').update(given).digest('hex');
};
