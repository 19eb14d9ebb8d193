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
    } else if (valued.has(name)) {
      flags.set(name, words[++at]?.text ?? '');
    } else {
      flags.set(name, flags.get(name) ?? '');
      if (dashes === '-') shortOptions(name, flags, valued);
    }
  }
  return { flags, operands };
};

/** `-rf` is `-r -f`, and `-nprod` is `-n prod` where `-n` takes a value. */
const shortOptions = (bundle: string, flags: Map<string, string>, valued: ReadonlySet<string>): void => {
  for (const [index, char] of [...bundle].entries()) {
    if (valued.has(char)) {
      flags.set(char, bundle.slice(index + 1));
      return;
    }
    flags.set(char, flags.get(char) ?? '');
  }
};

export const has = (flags: ReadonlyMap<string, string>, ...names: string[]): boolean =>
  names.some((name) => flags.has(name) && flags.get(name) !== 'false');
