import type { LogEvent, LogEvidence } from './telemetry-evidence.js';

export interface RawLine {
  service: string;
  level: string;
  text: string;
  atSeconds: number;
  /** Number of its trace; none if undefined. */
  trace?: number | undefined;
}

/** What is a variable by its form, whatever stands around it. */
const VARIABLES: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, '<ip>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,64}\b/gi, '<id>'],
  [/\b0x[0-9a-f]{1,16}\b/gi, '<num>'],
  [/(?<![#\w])[+-]?\d+(?:\.\d+)?/g, '<num>'],
];

const ANY = '<*>';
/** Beyond these a line tells by its beginning what it is. */
const LINE_MAX = 600;
const WORDS_MAX = 40;
/** Words of a line that lead through the tree: Drain's default depth of four, less root, length and leaf. */
const LEADING = 1;
/** A node with more children than this has met a variable. */
const CHILDREN_MAX = 50;
/** Share of words that must agree. */
const ALIKE_MIN = 0.5;

interface Group {
  index: number;
  words: string[];
}

/**
 * Groups lines by what is constant in them: a tree of fixed depth by service and level, number of words and leading words, with groups
 * at its leaves, whose differing words give way to `<*>` (He, Zhu, Zheng and Lyu, "Drain: An Online Log Parsing Approach with Fixed
 * Depth Tree", ICWS 2017). Time is linear in the characters of the lines.
 */
export const mineLogs = (lines: readonly RawLine[]): LogEvidence => {
  const leaves = new Map<string, Group[]>();
  const children = new Map<string, Set<string>>();
  const templates: { service: string; level: string; group: Group; counts: Map<number, number> }[] = [];
  const events: LogEvent[] = [];
  for (const { service, level, text, atSeconds, trace } of [...lines].sort((a, b) => a.atSeconds - b.atSeconds)) {
    const words = wordsOf(text);
    let path = `${service}\0${level}\0${words.length}`;
    for (const word of words.slice(0, LEADING)) {
      const known = children.get(path) ?? new Set();
      children.set(path, known);
      const isVariable = /[<\d]/.test(word) || (!known.has(word) && known.size >= CHILDREN_MAX);
      const step = isVariable ? ANY : word;
      known.add(step);
      path += `\0${step}`;
    }
    const groups = leaves.get(path) ?? [];
    leaves.set(path, groups);
    let group = mostAlike(words, groups);
    if (group) group.words = group.words.map((word, at) => (word === words[at] ? word : ANY));
    else {
      group = { index: templates.length, words };
      groups.push(group);
      templates.push({ service, level, group, counts: new Map() });
    }
    const counts = templates[group.index]?.counts;
    const second = Math.floor(atSeconds);
    counts?.set(second, (counts.get(second) ?? 0) + 1);
    events.push({ atMs: 1_000 * atSeconds, template: group.index, trace: trace ?? -1 });
  }
  return {
    templates: templates.map(({ service, level, group, counts }) => ({
      service,
      level,
      template: group.words.join(' '),
      counts: [...counts],
    })),
    events: events.some(({ trace }) => trace >= 0) ? events : [],
  };
};

const wordsOf = (text: string): string[] => {
  const masked = VARIABLES.reduce((line, [pattern, name]) => line.replace(pattern, name), text.slice(0, LINE_MAX));
  return masked.trim().split(/\s+/).slice(0, WORDS_MAX);
};

const mostAlike = (words: readonly string[], groups: readonly Group[]): Group | undefined => {
  let best: Group | undefined;
  let most = ALIKE_MIN * words.length;
  for (const group of groups) {
    const same = group.words.reduce((sum, word, at) => sum + (word === words[at] ? 1 : 0), 0);
    if (same > most || (best === undefined && same === most)) [best, most] = [group, same];
  }
  return best;
};
