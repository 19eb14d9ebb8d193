import { maskVariables } from './mask-variables.js';

/** Lines that differ in their variables alone. */
export interface LogTemplate {
  /** The constant words; `<time>`, `<num>`, `<id>`, … and `<*>` stand for what differs. */
  readonly template: string;
  readonly count: number;
  /** Places of the first and the last of them in what was given. */
  readonly first: number;
  readonly last: number;
}

interface Group {
  words: readonly string[];
  count: number;
  readonly first: number;
  last: number;
}

/** Beyond these a line tells by its beginning what it is. */
const LINE_MAX = 1_000;
const WORDS_MAX = 60;
/** Groups of one length that a line is compared with; what fits none of them stands alone from then on. */
const GROUPS_MAX = 60;
/** Share of words that must agree, as in Drain. */
const ALIKE_MIN = 0.6;

/**
 * Groups lines by template, in the order of their first appearance: variables are typed by their form, then words that differ
 * between lines of one length give way to `<*>` (Drain: He, Zhu, Zheng and Lyu, "Drain: An Online Log Parsing Approach with Fixed
 * Depth Tree", ICWS 2017, with one level: the number of words). Linear in the number of lines and of characters.
 */
export const logTemplates = (lines: readonly string[]): LogTemplate[] => {
  const groups: Group[] = [];
  const byLength = new Map<number, Group[]>();
  const byMask = new Map<string, Group>();
  for (const [index, line] of lines.entries()) {
    const masked = maskVariables(line.slice(0, LINE_MAX));
    const words = wordsOf(masked);
    const alike = byLength.get(words.length) ?? [];
    const group = byMask.get(masked) ?? mostAlike(words, alike);
    if (group) {
      if (!byMask.has(masked)) group.words = merged(group.words, words);
      group.count += 1;
      group.last = index;
      byMask.set(masked, group);
      continue;
    }
    const fresh: Group = { words, count: 1, first: index, last: index };
    groups.push(fresh);
    byMask.set(masked, fresh);
    if (alike.length < GROUPS_MAX) byLength.set(words.length, [...alike, fresh]);
  }
  return groups.map(({ words, count, first, last }) => ({ template: words.join('').trim(), count, first, last }));
};

/** Words with what parts them: white space, and the commas of JSON and of lists. */
const wordsOf = (masked: string): string[] => {
  const words = masked.match(/[^\s,;]{1,1000}[\s,;]*/g) ?? [];
  return words.length <= WORDS_MAX ? words : [...words.slice(0, WORDS_MAX), '<*>'];
};

const mostAlike = (words: readonly string[], groups: readonly Group[]): Group | undefined => {
  let best: Group | undefined;
  let most = 0;
  for (const group of groups) {
    const same = group.words.reduce((sum, word, at) => sum + (word === words[at] && word !== '<*>' ? 1 : 0), 0);
    if (same > most) [best, most] = [group, same];
  }
  return best && most >= Math.max(2, ALIKE_MIN * words.length) && sameLevel(best.words, words) ? best : undefined;
};

/** An error is not another instance of a greeting, however alike the rest is. */
const LEVEL = /\b(?:fatal|panic|critical|error|warn(?:ing)?|info|debug|trace)\b/i;
const sameLevel = (left: readonly string[], right: readonly string[]): boolean => levelOf(left) === levelOf(right);
const levelOf = (words: readonly string[]): string => LEVEL.exec(words.slice(0, 8).join(''))?.[0].toLowerCase() ?? '';

/** Where `key=value` or `"key":"value"` differs in its value the key stays. */
const merged = (left: readonly string[], right: readonly string[]): string[] =>
  left.map((word, at) => {
    const other = right[at] ?? '';
    if (word === other) return word;
    const key = /^[{["\w.-]{1,60}[=:]/.exec(word)?.[0] ?? '';
    const [gap = ''] = /[\s,;]*$/.exec(word) ?? [];
    return `${other.startsWith(key) ? key : ''}<*>${gap}`;
  });
