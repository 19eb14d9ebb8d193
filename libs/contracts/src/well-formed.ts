const REPLACEMENT = '\uFFFD';

/** NUL and lone surrogates: PostgreSQL refuses both in jsonb, and one such byte from a log line would fail a whole batch. */
const cleanText = (text: string): string => text.toWellFormed().replaceAll('\0', REPLACEMENT);

/**
 * The same JSON value with every NUL and lone surrogate, in strings and in keys, replaced by U+FFFD.
 * Applied at every boundary and before hashing. Returns the very same object when nothing had to change.
 */
export const wellFormed = <T>(value: T): T => clean(value) as T;

const clean = (value: unknown): unknown => {
  if (typeof value === 'string') return isClean(value) ? value : cleanText(value);
  if (Array.isArray(value)) return cleanArray(value);
  if (value !== null && typeof value === 'object') return cleanObject(value as Record<string, unknown>);
  return value;
};

const isClean = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

const cleanArray = (items: unknown[]): unknown[] => {
  const cleaned = items.map(clean);
  return cleaned.every((item, index) => Object.is(item, items[index])) ? items : cleaned;
};

const cleanObject = (object: Record<string, unknown>): Record<string, unknown> => {
  let changed = false;
  const entries = Object.entries(object).map(([key, value]): [string, unknown] => {
    const next: [string, unknown] = [isClean(key) ? key : cleanText(key), clean(value)];
    changed ||= next[0] !== key || !Object.is(next[1], value);
    return next;
  });
  return changed ? Object.fromEntries(entries) : object;
};
