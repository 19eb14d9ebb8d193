import { safely } from '@inquest/contracts';
import type { z } from 'zod';

/** More openings than this in one text is no answer, and looking further would only cost time. */
const OPENINGS_MAX = 400;
/** No schema of ours is as deep; what is deeper breaks whatever walks it by recursion. */
const DEPTH_MAX = 64;
const TOO_DEEP = -2;

/** Every JSON object or array that stands in a text, whatever surrounds it; none that is part of another. */
export const jsonValues = (text: string): unknown[] => {
  const first = nextOpening(text, 0);
  const whole = first >= 0 && endOfBalanced(text, first) > 0 ? parsed(text) : undefined;
  if (whole) return [whole.value];
  const values: unknown[] = [];
  let openings = 0;
  for (let at = first; at >= 0 && openings < OPENINGS_MAX; openings += 1) {
    const end = endOfBalanced(text, at);
    if (end === TOO_DEEP) break;
    const found = end < 0 ? undefined : parsed(text.slice(at, end));
    if (found) values.push(found.value);
    at = nextOpening(text, found ? end : at + 1);
  }
  return values;
};

const parsed = (text: string): { value: unknown } | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? { value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const nextOpening = (text: string, from: number): number => {
  const offset = text.slice(from).search(/[{[]/);
  return offset < 0 ? -1 : from + offset;
};

/** Just behind the bracket that closes the one at `start`, brackets in strings not counted; -1 when none does. */
const endOfBalanced = (text: string, start: number): number => {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      if ((depth += 1) > DEPTH_MAX) return TOO_DEEP;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
};

export type Reading<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly problems: string };

/**
 * The answer in a model's reply. Prose and fences around it do no harm, but there must be exactly one that the schema
 * allows: with two, evidence quoted by the model could pass for its answer.
 */
export const readAnswer = <S extends z.ZodType>(text: string, schema: S): Reading<z.infer<S>> => {
  const values = jsonValues(text);
  const readings = values.map((value) => safely(schema, value));
  const allowed = new Map(readings.filter((reading) => reading.success).map(({ data }) => [JSON.stringify(data), data]));
  const [data] = allowed.values();
  if (allowed.size === 1) return { ok: true, data: data as z.infer<S> };
  if (allowed.size > 1) return { ok: false, problems: 'The reply holds more than one answer; give exactly one JSON object.' };
  const [closest] = readings.filter((reading) => !reading.success).sort((a, b) => a.error.issues.length - b.error.issues.length);
  return { ok: false, problems: closest ? describe(closest.error) : 'The reply holds no JSON object.' };
};

/** A path may hold keys that the model made up, and a message may repeat them. */
const PROBLEM_MAX = 240;

const describe = (error: z.ZodError): string => {
  const shown = error.issues
    .slice(0, 8)
    .map(({ path, message }) => `${path.join('.') || '(root)'}: ${message}`.slice(0, PROBLEM_MAX).toWellFormed());
  const more = error.issues.length - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
};
