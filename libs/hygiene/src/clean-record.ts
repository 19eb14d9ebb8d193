import { cleanText } from './clean-text.js';
import { redactValue } from './redact-value.js';
import type { RedactOptions } from './redact.js';

/** Labels, by key and value: what stands under `password` is a secret whatever it looks like. */
export const cleanRecord = (
  record: Readonly<Record<string, string>>,
  options: RedactOptions,
  keyMax: number,
  valueMax: number,
): Record<string, string> => {
  const safe = redactValue(record, options) as Record<string, string>;
  return Object.fromEntries(
    Object.entries(safe).map(([key, value]) => [
      cleanText(key, { ...options, charsMax: keyMax }).text,
      cleanText(value, { ...options, charsMax: valueMax }).text,
    ]),
  );
};
