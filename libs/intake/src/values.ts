import { wellFormed } from '@inquest/contracts';
import { cut } from './cut.js';

/** Any JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value);

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Text of a scalar, trimmed; undefined when it is empty, null or no scalar. Senders disagree on what is a string. */
export const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  const text = wellFormed(value.trim());
  return text === '' ? undefined : text;
};

/** The first of several names of the same thing that holds text. */
export const firstText = (fields: Fields, ...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const text = textOf(fields[name]);
    if (text !== undefined) return text;
  }
  return undefined;
};

/** More than any alert has. */
export const LABELS_MAX = 200;

/** Labels or annotations as text, within the bounds of the contract; what is not a scalar is written as JSON. */
export const textMap = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fieldsOf(value))
      .filter(([key, entry]) => key !== '' && entry !== null && entry !== undefined)
      .slice(0, LABELS_MAX)
      .map(([key, entry]) => [
        cut(wellFormed(key), 300),
        cut(wellFormed(typeof entry === 'string' ? entry : JSON.stringify(entry)), 4_000),
      ]),
  );
