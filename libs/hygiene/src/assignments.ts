import { keyStrength, kindOfKey, mayBeSecret } from './key-names.js';
import { isVendorKey } from './vendor-keys.js';
import type { Finding } from './find-tokens.js';

const KEY_MAX = 64;
const VALUE_MAX = 4_000;
const SPACES_MAX = 6;
const QUOTES_MAX = 4;
/** What may stand on a line before a separator and still tell whose key follows. */
const BEFORE_MAX = 60;

interface Separator {
  readonly end: number;
  /** Between a key and its value in every notation; the others stand there only where a service is named. */
  readonly plain: boolean;
}

const separatorAt = (text: string, at: number): Separator | undefined => {
  const next = text.charAt(at + 1);
  switch (text.charAt(at)) {
    case '=':
      return { end: next === '>' ? at + 2 : at + 1, plain: true };
    case ':':
      return { end: next === '=' ? at + 2 : at + 1, plain: true };
    case '%':
      return next === '3' && /[Dd]/.test(text.charAt(at + 2)) ? { end: at + 3, plain: true } : undefined;
    case '>':
      return { end: at + 1, plain: false };
    case ',':
      return { end: at + 1, plain: false };
    case '|':
      return next === '|' ? { end: at + 2, plain: false } : undefined;
    case '?':
      return next === '=' ? { end: at + 2, plain: false } : undefined;
    default:
      return undefined;
  }
};

const SPACE = 1;
const QUOTE = 2;
const WORD = 4;
/** Neither space nor quote nor bracket nor what separates one value from the next. */
const BARE = 8;
const SEPARATOR = 16;
const VALUE = 32;
const BACKSLASH = 64;
const OPENING = 128;
const EQUALS = 256;

/** What each ASCII character may be part of; others are part of bare values alone. */
const CLASSES = new Uint16Array(128);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  CLASSES[code] =
    (/[ \t]/.test(char) ? SPACE : 0) |
    (/["'\\`]/.test(char) ? QUOTE : 0) |
    (/[\w-]/.test(char) ? WORD : 0) |
    (code > 32 && !/["',;&<>()\\]/.test(char) ? BARE : 0) |
    (/[=:%>,|?]/.test(char) ? SEPARATOR : 0) |
    (/[\w+/.%:~-]/.test(char) ? VALUE : 0) |
    (char === '\\' ? BACKSLASH : 0) |
    (/[ \t="'`]/.test(char) ? OPENING : 0) |
    (char === '=' ? EQUALS : 0);
}
const isOf = (text: string, at: number, classes: number): boolean => {
  const code = text.charCodeAt(at);
  return code < 128 ? ((CLASSES[code] ?? 0) & classes) !== 0 : classes === BARE && !/\s/.test(text.charAt(at));
};

/** As far back as characters are of a class, at most so many. */
const back = (text: string, from: number, most: number, classes: number): number => {
  let at = from;
  while (at > 0 && from - at < most && isOf(text, at - 1, classes)) at--;
  return at;
};
const forth = (text: string, from: number, most: number, classes: number): number => {
  let at = from;
  while (at < text.length && at - from < most && isOf(text, at, classes)) at++;
  return at;
};

/**
 * Secrets that are told by the key before them, in any of the notations of logs, environment, YAML, JSON, XML, properties, query
 * strings and flags. Goes from separator to separator and looks a bounded way back for the key and once over each value.
 */
export const findAssigned = (text: string): Finding[] => {
  const found: Finding[] = [];
  const runs = new Runs(text, BARE, VALUE_MAX);
  const values = new Runs(text, VALUE, Infinity);
  for (let at = 0; at < text.length; at++) {
    if (!isOf(text, at, SEPARATOR)) continue;
    const separator = separatorAt(text, at);
    if (!separator) continue;
    const keyEnd = back(text, back(text, at, SPACES_MAX, SPACE), QUOTES_MAX, QUOTE);
    const keyStart = back(text, keyEnd, KEY_MAX, WORD);
    const finding =
      (keyEnd > keyStart ? underKey(text, at, keyStart, keyEnd, separator, runs) : undefined) ??
      underVendor(text, keyEnd, separator.end, values);
    if (!finding) {
      at = separator.end - 1;
      continue;
    }
    found.push(finding);
    at = finding.end - 1;
  }
  return found;
};

/** Ends of runs of a class, each found once, however many separators the run holds. */
class Runs {
  private start = 0;
  private end = 0;
  constructor(
    private readonly text: string,
    private readonly classes: number,
    private readonly most: number,
  ) {}

  endOf(from: number): number {
    if (from < this.start || from >= this.end) {
      this.start = from;
      this.end = forth(this.text, from, Infinity, this.classes);
    }
    return Math.min(this.end, from + this.most);
  }
}

const SCHEME = /(?:Bearer|Basic|Token)[ \t]{1,3}/iy;
const LONE_SCHEME = /(?:Bearer|Basic|Token)[ \t]{0,3}$/iy;

const underKey = (
  text: string,
  at: number,
  keyStart: number,
  keyEnd: number,
  { end, plain }: Separator,
  runs: Runs,
): Finding | undefined => {
  const inTag = text.charAt(at) === '>' && keyEnd === at && text.charAt(keyStart - 1) === '<';
  if (!plain && !inTag) return undefined;
  const key = nameOf(text, keyStart, keyEnd);
  const strength = keyStrength(key);
  if (strength === undefined) return undefined;
  const open = forth(text, end, SPACES_MAX, SPACE);
  SCHEME.lastIndex = LONE_SCHEME.lastIndex = open;
  if (LONE_SCHEME.test(text)) return undefined; // A mark follows: what the scheme announces is redacted already.
  const scheme = SCHEME.test(text);
  const from = scheme ? SCHEME.lastIndex : open;
  const { start, end: valueEnd, quoted } = valueAt(text, from, runs, text.charAt(at) === '%');
  const tight = quoted || (from === at + 1 && text.charAt(at) === '=' && /pass|pwd/i.test(key));
  if (!mayBeSecret(text.slice(start, valueEnd), scheme ? 'weak' : strength, tight)) return undefined;
  return { start, end: valueEnd, kind: kindOfKey(key) };
};

/** The key itself, or the name beside it where names and values stand in fields of their own: `name: DB_PASSWORD, value: …`. */
const nameOf = (text: string, start: number, end: number): string => {
  const key = text.slice(start, end);
  if (key !== 'value' && key !== 'Value') return key;
  const before = text.slice(Math.max(0, start - 140), start);
  return /(?:name|key)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?([\w.-]{1,80})\\?["']?[\s,]{1,40}\\?["']?$/i.exec(before)?.[1] ?? key;
};

interface Value {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

const valueAt = (text: string, from: number, runs: Runs, encoded: boolean): Value => {
  const open = forth(text, from, 3, BACKSLASH);
  const quote = text.charAt(open);
  if (quote === '"' || (quote === "'" && open === from)) {
    const end = closing(text, open + 1, quote);
    if (end > open + 1) return { start: open + 1, end, quoted: true };
  }
  const end = runs.endOf(from);
  const ampersand = encoded ? text.slice(from, end).indexOf('%26') : -1;
  return { start: from, end: ampersand < 0 ? end : from + ampersand, quoted: false };
};

/** Where a quoted value ends: before the quote and the backslashes that belong to it, or -1 when the line ends first. */
const closing = (text: string, from: number, quote: string): number => {
  const most = Math.min(text.length, from + VALUE_MAX);
  for (let at = from; at < most; at++) {
    const char = text.charAt(at);
    if (char === '\n') return -1;
    if (char === quote) return quote === '"' ? back(text, at, Math.min(3, at - from), BACKSLASH) : at;
  }
  return -1;
};

const VENDOR_VALUE_MIN = 14;
const VENDOR_VALUE_MAX = 400;
const VALUE_ENDS = /$|[`'"\s;,&)}\]<]|\\[nr]/y;

const underVendor = (text: string, keyEnd: number, end: number, runs: Runs): Finding | undefined => {
  const start = forth(text, end, 5, OPENING);
  const length = runs.endOf(start) - start;
  if (length < VENDOR_VALUE_MIN || length > VENDOR_VALUE_MAX) return undefined;
  const valueEnd = forth(text, start + length, 3, EQUALS);
  VALUE_ENDS.lastIndex = valueEnd;
  if (!VALUE_ENDS.test(text)) return undefined;
  const before = text.slice(Math.max(0, keyEnd - BEFORE_MAX), keyEnd);
  return isVendorKey(before, text.slice(start, valueEnd)) ? { start, end: valueEnd, kind: 'vendor-key' } : undefined;
};
