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
