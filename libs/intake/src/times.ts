import { textOf } from './values.js';

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d+))?\s*(Z|UTC|[+-]\d{2}:?\d{2})?/i;

/**
 * A moment as senders write it, in UTC with milliseconds: offsets, nanoseconds, a space for the T, `+0000`, no zone at
 * all (UTC), or a number since 1970 in seconds to nanoseconds. Undefined when it is no moment, or Go's zero time (year 1).
 */
export const momentOf = (value: unknown): string | undefined => {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const ms = /^\d{9,20}(\.\d+)?$/.test(text) ? epochMs(Number(text)) : writtenMs(text);
  if (ms === undefined || Number.isNaN(ms)) return undefined;
  const year = new Date(ms).getUTCFullYear();
  return year > 1 && year < 10_000 ? new Date(ms).toISOString() : undefined;
};

const writtenMs = (text: string): number | undefined => {
  const [, year, month, day, clock, fraction = '', zone = 'Z'] = SHAPE.exec(text) ?? [];
  if (year === undefined || clock === undefined) return undefined;
  const offset = /^(z|utc)$/i.test(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const seconds = clock.length === 5 ? `${clock}:00` : clock;
  return Date.parse(`${year}-${month}-${day}T${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
};

/** Told apart by size: seconds stay below 1e11 until the year 5138. */
const epochMs = (number: number): number => {
  if (number < 1e11) return number * 1_000;
  if (number < 1e14) return number;
  return Math.trunc(number / (number < 1e17 ? 1e3 : 1e6));
};

/** The beginning of the UTC hour: what stands for a start that the sender leaves out, so that repeats look alike. */
export const hourOf = (moment: string): string => `${new Date(moment).toISOString().slice(0, 13)}:00:00.000Z`;
