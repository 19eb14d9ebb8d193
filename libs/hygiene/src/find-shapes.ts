import type { Finding } from './find-tokens.js';
import { isExample, looksRandom } from './key-names.js';

const BEGIN = /-----BEGIN[ A-Z0-9_-]{0,60}PRIVATE KEY(?: BLOCK)?-----/giy;
const BEGINNING = '-----begin';

/** Private keys in PEM form, from header to footer, or to the end when that was cut. */
export const pem = (text: string): Finding[] => {
  const found: Finding[] = [];
  const lower = text.toLowerCase();
  const footers = ['key-----', 'key block-----'].map((footer) => ({ footer, at: -1 }));
  let start = lower.indexOf(BEGINNING);
  while (start >= 0) {
    BEGIN.lastIndex = start;
    let end = start + BEGINNING.length;
    if (BEGIN.test(text)) {
      const from = BEGIN.lastIndex;
      // Each footer is searched for once: what none was found of is not searched for again.
      for (const one of footers) if (one.at < from) one.at = indexOrEnd(lower, one.footer, from);
      end = Math.min(lower.length, ...footers.map((one) => one.at + one.footer.length));
      found.push({ start, end, kind: 'private-key' });
    }
    start = lower.indexOf(BEGINNING, end);
  }
  return found;
};

const indexOrEnd = (text: string, part: string, from: number): number => {
  const at = text.indexOf(part, from);
  return at < 0 ? Infinity : at;
};

const SCHEME_BEFORE = /[a-z][a-z0-9+.-]{1,20}$/i;
const AUTHORITY = /[^\s/"'<>]{1,420}/y;
const isPlaceholder = (secret: string): boolean => /^(\$|<|\{|\*+$|x+$|%s)/i.test(secret);

/** Passwords, and lone tokens, before the @ of a URL. */
export const userinfo = (text: string): Finding[] => {
  const found: Finding[] = [];
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    AUTHORITY.lastIndex = at + 3;
    if (!SCHEME_BEFORE.test(text.slice(Math.max(0, at - 22), at)) || !AUTHORITY.test(text)) continue;
    const authority = text.slice(at + 3, AUTHORITY.lastIndex);
    const sign = authority.lastIndexOf('@');
    const colon = authority.indexOf(':');
    if (sign < 1) continue;
    const start = colon < 0 || colon > sign ? 0 : colon + 1;
    const secret = authority.slice(start, sign);
    if (secret === '' || isPlaceholder(secret) || (start === 0 && (secret.length < 16 || !looksRandom(secret)))) continue;
    found.push({ start: at + 3 + start, end: at + 3 + sign, kind: 'url-password' });
  }
  return found;
};

const SCHEME = /\b(?:Bearer|(Basic))[ \t]{1,3}(?=[\w+/=.~-]{12})/gi;
const CREDENTIAL = /[\w+/=.~-]{12,4000}/y;

/** What follows an HTTP authentication scheme. */
export const headers = (text: string): Finding[] => {
  const found: Finding[] = [];
  for (const match of text.matchAll(SCHEME)) {
    const start = match.index + match[0].length;
    CREDENTIAL.lastIndex = start;
    CREDENTIAL.test(text);
    const end = CREDENTIAL.lastIndex;
    const secret = text.slice(start, Math.min(end, start + 400));
    if (start < (found.at(-1)?.end ?? 0) || isExample(secret) || !(looksRandom(secret) || secret.endsWith('='))) continue;
    found.push({ start, end, kind: match[1] === undefined ? 'bearer-token' : 'basic-auth' });
  }
  return found;
};

const COOKIE = /\bcookie["']?:\s{0,3}/gi;
const COOKIE_LINE = /[^\r\n"]{4,4000}/y;
const PAIR = /(?<![\w.-])([\w.-]{1,60}=)([^;\s"]{8,4000})/g;

/** Values of cookies that look like more than a setting. */
export const cookies = (text: string): Finding[] => {
  const found: Finding[] = [];
  let done = 0;
  for (const match of text.matchAll(COOKIE)) {
    const from = match.index + match[0].length;
    COOKIE_LINE.lastIndex = from;
    if (from < done || !COOKIE_LINE.test(text)) continue;
    done = COOKIE_LINE.lastIndex;
    for (const { 1: name = '', 2: value = '', index } of text.slice(from, done).matchAll(PAIR)) {
      const start = from + index + name.length;
      if (looksRandom(value)) found.push({ start, end: start + value.length, kind: 'cookie' });
    }
  }
  return found;
};

const SECRET_OBJECT = /\bkind\\?["']?\s{0,3}:\s{0,3}\\?["']?secret\b/i;
const DATA = /\b(?:data|stringData)\\?["']?\s{0,3}:[ \t]{0,3}(\r?\n|\{)/g;
const MEMBER =
  /(?<![\w.-])([\w.-]{1,253}\\?["']?[ \t]{0,3}:[ \t]{0,3}(?:[|>][+-]?\s{1,20})?\\?["']?)([A-Za-z0-9+/]{8,100000}={0,2})(?=\\?["']|\s|,|\}|$)/g;
const SECRET_BODY_MAX = 20_000;

/** Everything under `data` of a Kubernetes Secret written as YAML or JSON. */
export const kubernetesSecrets = (text: string): Finding[] => {
  if (!SECRET_OBJECT.test(text)) return [];
  const found: Finding[] = [];
  let done = 0;
  for (const match of text.matchAll(DATA)) {
    const from = match.index + match[0].length;
    if (from < done) continue;
    const indent = match.index - text.lastIndexOf('\n', match.index) - 1;
    const body = bodyOf(text.slice(from, from + SECRET_BODY_MAX), match[1] === '{' ? 'braces' : indent);
    done = from + body.length;
    for (const member of body.matchAll(MEMBER)) {
      const start = from + member.index + (member[1] ?? '').length;
      found.push({ start, end: start + (member[2] ?? '').length, kind: 'secret' });
    }
  }
  return found;
};

/** Up to the brace that closes it, or up to the first line that is indented no more than the one it stands under. */
const bodyOf = (text: string, within: 'braces' | number): string => {
  const end =
    within === 'braces' ? text.indexOf('}') : text.search(new RegExp(`(?:^|\\n) {0,${Math.min(within, INDENT_MAX)}}[^\\s]`));
  return end < 0 ? text : text.slice(0, end + 1);
};
const INDENT_MAX = 40;

const WORD_MIN = 32;
const WORD_MAX = 200;
const isWordChar = (code: number): boolean => classOf(code) > 0 || code === 43 || code === 47 || code === 95 || code === 45;

/** Long words of all kinds of characters in no order: keys without a form or a name. Hex digests and names made of words stay. */
export const entropy = (text: string): Finding[] => {
  const found: Finding[] = [];
  for (let at = 0, start = 0; at <= text.length; at++) {
    if (at < text.length && isWordChar(text.charCodeAt(at))) continue;
    if (at - start >= WORD_MIN && at - start <= WORD_MAX && isDisordered(text.slice(start, at)) && !isNamed(text, start))
      found.push({ start, end: at + padding(text, at), kind: 'high-entropy' });
    start = at + 1;
  }
  return found;
};

const padding = (text: string, at: number): number => (text.startsWith('==', at) ? 2 : text.startsWith('=', at) ? 1 : 0);

/** A digest, an address, a file or a mangled function says what it is by what stands before it or by how it begins. */
const isNamed = (text: string, start: number): boolean =>
  /[@/.]/.test(text.charAt(start - 1)) || /^(?:(?:sha|md)\d{1,3}-|_{1,2}ZN|_{1,2}R)/i.test(text.slice(start, start + 8));

const classOf = (code: number): number =>
  code >= 97 && code <= 122 ? 1 : code >= 65 && code <= 90 ? 2 : code >= 48 && code <= 57 ? 3 : 0;

const isDisordered = (word: string): boolean => {
  const counts = [0, 0, 0, 0];
  let changes = 0;
  let last = 0;
  for (let at = 0; at < word.length; at++) {
    const kind = classOf(word.charCodeAt(at));
    counts[kind] = (counts[kind] ?? 0) + 1;
    if (at > 0 && kind !== last) changes++;
    last = kind;
  }
  const [other = 0, small = 0, capital = 0, digit = 0] = counts;
  return (
    small >= 5 &&
    capital >= 5 &&
    digit >= 3 &&
    other <= word.length / 8 &&
    changes >= word.length * 0.4 &&
    !/^[0-9a-f]*$/i.test(word) &&
    !isExample(word)
  );
};
