/** Longest line that is looked at: patterns are linear, but a minified bundle on one line would still cost its length. */
export const LINE_MAX = 1_500;

/** `text` in at most `max` characters, with an ellipsis when something was left out. */
export const clip = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, Math.max(0, max - 1))}…`;

/** Head and tail of `text`: the cause of a failure is usually in one of them. */
export const headAndTail = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max / 2)}\n${text.slice(text.length - max / 2)}`;

/** One line, white space collapsed, safe to put into a sentence. */
export const quote = (text: string, max = 220): string => clip(text.replace(/\s+/g, ' ').trim(), max);

export const splitLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd().slice(0, LINE_MAX))
    .filter((line) => line.trim() !== '');

/** The line with everything that varies between repeats blanked, so that repeats can be counted instead of read. */
export const templateOf = (line: string): string => line.slice(0, 300).replace(/[0-9a-f]{8,}|\d+/g, '#');

const TIDY: [number, string][] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** A number as a person writes it: 1.2G, 18.4k, 93.6, 0.8. */
export const tidy = (value: number): string => {
  const [scale, letter] = TIDY.find(([at]) => Math.abs(value) >= at * 10) ?? [1, ''];
  const scaled = value / scale;
  const text = Math.abs(scaled) >= 100 ? scaled.toFixed(0) : scaled.toFixed(1).replace(/\.0$/, '');
  return `${text}${letter}`;
};

export const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
