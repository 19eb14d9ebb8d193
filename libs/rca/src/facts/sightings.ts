import type { Line } from './fact.js';
import { PATTERNS, WORTH_READING, type PatternName } from './patterns.js';
import { quote } from './text.js';

/** A pattern that lines about one subject match. */
export interface Sighting {
  pattern: PatternName;
  subject: string;
  /** The most telling line, shortened. */
  text: string;
  /** What the line speaks of: a variable, an image, a target; empty when the pattern has no such part. */
  about: string;
  /** How often it was seen, repeats and counters of events included. */
  count: number;
  ids: string[];
  sources: Line['source'][];
  at: number | undefined;
  /** Over by the line's own words or by its age. */
  past: boolean;
}

const OVER =
  /retried successfully|since (?:auto-?)?(?:recovered|rolled back|resolved|been)|has (?:since )?(?:recovered|been resolved)|auto-?rolled back|back to normal|transient (?:issue|restart|error)|no further|self-healed/i;
/** A log line of a low level that names no failure is talk: `INFO connection timeout set to 30s`. */
const TALK = /^.{0,80}\b(?:INFO|DEBUG|TRACE|NOTICE)\b/;
const FAILURE = /fail|error|exception|refus|unable|cannot|denied|kill|fatal|timed out|exhaust|partition|backoff|back-off/i;

const DENIED =
  /\b(?:no|not|non|without|never|zero|0|isn't|wasn't|rather than|instead of)[\s(*"'-]{1,3}(?:an? |any |new |the )?$/i;

/** Two hours before the newest evidence an event no longer explains what happens now. */
const FRESH_MS = 2 * 60 * 60_000;

/** Words with which a later line about the same thing ends a trouble. A failover that completed did happen, so it is not among them. */
const ENDED =
  /recovered|resolved|rolled back|rollback successful|restored to|autoscaling completed|back to normal|successfully (?:recovered|restored|mounted|pulled)/i;

/** When each subject was last said to be well again. */
const endings = (lines: readonly Line[]): Map<string, number> => {
  const ends = new Map<string, number>();
  for (const { text, subject, at, source } of lines) {
    if (at !== undefined && source !== 'alert' && ENDED.test(text)) ends.set(subject, Math.max(at, ends.get(subject) ?? 0));
  }
  return ends;
};

const newest = (lines: readonly Line[], times: readonly number[]): number => {
  let latest = 0;
  for (const { at } of lines) if (at !== undefined && at > latest) latest = at;
  for (const at of times) if (at > latest) latest = at;
  return latest;
};

const aboutOf = (match: RegExpExecArray): string => match.slice(1).find((group) => group !== undefined && group !== '') ?? '';

/** Reads every line once; `times` are the instants of other evidence, so that old lines can be told from fresh ones. */
export const sightingsIn = (lines: readonly Line[], times: readonly number[]): Sighting[] => {
  const latest = newest(lines, times);
  const ends = endings(lines);
  const found = new Map<string, Sighting>();
  for (const line of lines) {
    if (!WORTH_READING.test(line.text) || (line.source === 'log' && TALK.test(line.text) && !FAILURE.test(line.text))) continue;
    for (const [name, pattern] of Object.entries(PATTERNS) as [PatternName, RegExp][]) {
      const match = pattern.exec(line.text);
      if (match === null || DENIED.test(line.text.slice(Math.max(0, match.index - 24), match.index))) continue;
      const past =
        OVER.test(line.text) ||
        (line.at !== undefined && (latest - line.at > FRESH_MS || line.at <= (ends.get(line.subject) ?? 0)));
      const about = aboutOf(match);
      const key = `${name}\u0000${line.subject}\u0000${about}\u0000${past ? 1 : 0}`;
      const known = found.get(key);
      if (known === undefined) {
        const from = Math.max(0, match.index - 100);
        const text = quote(line.text.slice(line.text.length > 180 ? from : 0), 300);
        found.set(key, {
          pattern: name,
          subject: line.subject,
          text,
          about,
          count: line.count,
          ids: line.id === '' ? [] : [line.id],
          sources: [line.source],
          at: line.at,
          past,
        });
        continue;
      }
      known.count += line.count;
      if (line.id !== '' && !known.ids.includes(line.id)) known.ids.push(line.id);
      if (!known.sources.includes(line.source)) known.sources.push(line.source);
      if (line.at !== undefined && line.at > (known.at ?? 0)) known.at = line.at;
    }
  }
  return [...found.values()];
};
