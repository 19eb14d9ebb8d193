const REPLACEMENT = '\uFFFD';

/** NUL and lone surrogates: PostgreSQL refuses both in jsonb, and one such byte from a log line would fail a whole batch. */
const cleanText = (text: string): string => text.toWellFormed().replaceAll('\0', REPLACEMENT);

/**
 * The same JSON value with every NUL and lone surrogate, in strings and in keys, replaced by U+FFFD.
 * Applied at every boundary and before hashing. Returns the very same object when nothing had to change.
 */
export const wellFormed = <T>(value: T): T => (isWellFormed(value) ? value : (clean(value) as T));

/** Looks before anything is copied: nearly every value is well-formed. */
const isWellFormed = (value: unknown): boolean => {
  if (typeof value === 'string') return isClean(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isWellFormed);
  return Object.keys(value).every((key) => isClean(key) && isWellFormed((value as Record<string, unknown>)[key]));
};

const isClean = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

const clean = (value: unknown): unknown => {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [cleanText(key), clean(member)]));
};
