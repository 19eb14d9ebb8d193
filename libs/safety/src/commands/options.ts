import { completed } from './abbreviations.js';
import type { Arg } from './command-fact.js';

export interface Options {
  /** Option names without dashes; bundled short ones apart; '' when without a value. */
  readonly flags: Map<string, string>;
  readonly operands: string[];
}

/** Separates options from operands. `valued` lists the options whose value is the next word, without dashes. */
export const readOptions = (words: readonly Arg[], valued: ReadonlySet<string> = new Set()): Options => {
  const flags = new Map<string, string>();
  const operands: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const text = words[at]?.text ?? '';
    if (text === '--') {
      operands.push(...words.slice(at + 1).map((word) => word.text));
      break;
    }
    const [, dashes = '', name = '', value] = /^(--?)([^=\s]+)(?:=(.*))?$/s.exec(text) ?? [];
    if (dashes === '' || text === '-') {
      operands.push(text);
    } else if (value !== undefined) {
      flags.set(name, value);
      // `-ojsonpath={…}` is `-o` with a value; whether it is, only the tool knows, so both are kept.
      const short = name.charAt(0);
      if (dashes === '-' && name.length > 1 && valued.has(short) && !valued.has(name)) flags.set(short, text.slice(2));
    } else if (valued.has(name)) {
      flags.set(name, words[++at]?.text ?? '');
    } else {
      flags.set(name, flags.get(name) ?? '');
      const open = dashes === '-' ? shortOptions(name, flags, valued) : undefined;
      if (open !== undefined) flags.set(open, words[++at]?.text ?? '');
    }
  }
  return { flags, operands };
};

/**
 * `-rf` is `-r -f`, and `-nprod` is `-n prod` where `-n` takes a value. Gives the last option of a bundle when its value is the
 * next word, as in `-sX DELETE`.
 */
const shortOptions = (bundle: string, flags: Map<string, string>, valued: ReadonlySet<string>): string | undefined => {
  const chars = [...bundle];
  for (const [index, char] of chars.entries()) {
    if (valued.has(char)) {
      if (index > 0 && index === chars.length - 1) return char;
      flags.set(char, bundle.slice(index + 1));
      return undefined;
    }
    flags.set(char, flags.get(char) ?? '');
  }
  return undefined;
};

export const has = (flags: ReadonlyMap<string, string>, ...names: string[]): boolean =>
  names.some((name) => flags.has(name) && flags.get(name) !== 'false');

/** Options that take no value, so that the word after them is not theirs. */
const BARE = new Set(
  'force now all A all-namespaces ignore-not-found R recursive q quiet debug no-hooks keep-history atomic install i f y'.split(
    ' ',
  ),
);

/**
 * True when one of these options is given and says yes, as `--dry-run` or `--dry-run=server`. Right after an option that may take
 * a value it may be that value, so there it says nothing.
 */
export const says = (words: readonly Arg[], valued: ReadonlySet<string>, ...names: string[]): boolean => {
  const said = new Map<string, boolean>();
  let open = false;
  for (const { text } of words) {
    if (text === '--') break;
    const [, dashes = '', name = '', value] = /^(--?)([^=\s]+)(?:=(.*))?$/s.exec(text) ?? [];
    const yes = /^(|client|server|true)$/.test(value ?? '');
    if (names.includes(name) && !(open && yes)) said.set(name, yes && said.get(name) !== false);
    const bundled = dashes === '-' && name.length > 1 && valued.has(name.charAt(0)) && !valued.has(name);
    open = dashes !== '' && value === undefined && !bundled && !names.includes(name) && !BARE.has(name);
  }
  return [...said.values()].includes(true);
};

/** The words with long options spelled out that are the beginning of one of `names`, as `--mir` is of `mirror`. */
export const spelledOut = (words: readonly Arg[], names: readonly string[]): Arg[] =>
  words.map((word) => {
    const text = completed(word.text, names);
    return text === word.text ? word : { ...word, text };
  });
