import { createHash, randomBytes } from 'node:crypto';
import { KEY_VALUE, keyStrength, looksRandom, mayBeSecret } from './key-names.js';
import { ANY_PREFIX, PREFIXES, VENDORS } from './secret-patterns.js';

/** One secret that was taken out; the hash links two occurrences of the same value without telling it. */
export interface Redaction {
  readonly kind: string;
  /** First 8 hex digits of a salted SHA-256. */
  readonly hash: string;
}

export interface RedactOptions {
  /** Equal salts give equal hashes. Without one, occurrences are linkable within this process only. */
  readonly salt?: string;
}

const PROCESS_SALT = randomBytes(16).toString('hex');

/** Salted SHA-256 in hex. */
export const digest = (secret: string, { salt = PROCESS_SALT }: RedactOptions = {}): string =>
  createHash('sha256').update(salt).update('\0').update(secret).digest('hex');

const MARKS = /(\[REDACTED:[a-z0-9-]{1,40}:[0-9a-f]{8}\])/;

/** Takes secrets out one after the other, remembering what it took. */
class Redactor {
  readonly redactions: Redaction[] = [];
  constructor(private readonly salt: string) {}

  mark(kind: string, secret: string): string {
    const hash = digest(secret, { salt: this.salt }).slice(0, 8);
    this.redactions.push({ kind, hash });
    return `[REDACTED:${kind}:${hash}]`;
  }
}

/** Replaces secrets in text by `[REDACTED:kind:hash8]`; linear in its length. Digests, UUIDs and pod hashes stay. */
export const redact = (text: string, { salt = PROCESS_SALT }: RedactOptions = {}): { text: string; redactions: Redaction[] } => {
  if (text.length < 6) return { text, redactions: [] };
  const redactor = new Redactor(salt);
  const sweep = (swept: string): string =>
    PASSES.reduce((current, pass) => betweenMarks(current, (part) => pass(part, redactor)), swept);
  let cleaned = sweep(text);
  // A mark cuts the text around it anew, and what stands beside it may only then read as a key with its value.
  for (let left = SWEEPS_MAX, before = text; cleaned !== before && left > 0; left--) {
    before = cleaned;
    cleaned = sweep(before);
  }
  return { text: cleaned, redactions: redactor.redactions };
};

/** Sweeps after the first, each only if the one before found something. */
const SWEEPS_MAX = 4;

/** Applies a pass to everything but marks already set, so that none is taken for a secret itself. */
const betweenMarks = (text: string, pass: (part: string) => string): string =>
  text.includes('[REDACTED:')
    ? text
        .split(MARKS)
        .map((part, index) => (index % 2 === 1 ? part : pass(part)))
        .join('')
    : pass(text);

/** Replaces a whole value by its mark. */
export const mask = (kind: string, value: string, { salt = PROCESS_SALT }: RedactOptions = {}): string =>
  new Redactor(salt).mark(kind, value);

type Pass = (text: string, redactor: Redactor) => string;

const BEGIN = '-----BEGIN ';
/** Private keys in PEM form, by searching for their ends: a regular expression would rescan the body for each start. */
const pem: Pass = (text, redactor) => {
  let output = '';
  let at = 0;
  for (let start = text.indexOf(BEGIN); start >= 0; start = text.indexOf(BEGIN, at)) {
    const header = text.slice(start, start + 80);
    if (!/^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.test(header)) {
      output += text.slice(at, start + BEGIN.length);
      at = start + BEGIN.length;
      continue;
    }
    const end = text.indexOf('-----END ', start);
    const close = end < 0 ? -1 : text.indexOf('-----', end + 9);
    const until = close < 0 ? text.length : close + 5;
    output += text.slice(at, start) + redactor.mark('private-key', text.slice(start, until));
    at = until;
  }
  return output + text.slice(at);
};

const prefixes: Pass = (text, redactor) =>
  ANY_PREFIX.test(text)
    ? PREFIXES.reduce(
        (current, { kind, pattern }) =>
          current.replace(pattern, (found) => (isVaried(found) ? redactor.mark(kind, found) : found)),
        text,
      )
    : text;

/** `AKIAXXXXXXXXXXXXXXXX` and the like stand in documentation. */
const isVaried = (found: string): boolean => new Set(found).size > 6 && !/EXAMPLE|X{6}|\*{4}/.test(found);

const USERINFO = /\b([a-z][a-z0-9+.-]{1,20}:\/\/)([^\s:@/"'<>]{0,100}):((?!\[REDACTED:)[^\s@/"'<>]{1,300})@/gi;
const userinfo: Pass = (text, redactor) =>
  text.includes('://')
    ? text.replace(USERINFO, (whole, scheme: string, user: string, secret: string) =>
        /^(\$|<|\{|\*+$|x+$|%s)/i.test(secret) ? whole : `${scheme}${user}:${redactor.mark('url-password', secret)}@`,
      )
    : text;

const SCHEME = /\b(Bearer|Basic)([ \t]{1,3})((?!\[REDACTED:)[\w+/=.~-]{12,4000})/gi;
const headers: Pass = (text, redactor) =>
  text.replace(SCHEME, (whole, scheme: string, space: string, secret: string) =>
    looksRandom(secret) || secret.endsWith('=')
      ? `${scheme}${space}${redactor.mark(scheme.toLowerCase() === 'basic' ? 'basic-auth' : 'bearer-token', secret)}`
      : whole,
  );

const COOKIE = /\b(Set-Cookie|Cookie)(:\s{0,3})([^\r\n"]{4,4000})/gi;
const cookies: Pass = (text, redactor) =>
  text.replace(
    COOKIE,
    (_whole, header: string, colon: string, body: string) =>
      header +
      colon +
      body.replace(/([\w.-]{1,60}=)((?!\[REDACTED:)[^;\s"]{8,4000})/g, (pair, name: string, value: string) =>
        looksRandom(value) ? name + redactor.mark('cookie', value) : pair,
      ),
  );

const unquoted = (value: string): { open: string; body: string; close: string } => {
  const [, open = '', body = value, close = ''] = /^(\\{0,3}["'])([\s\S]*?)(\\{0,3}["'])$/.exec(value) ?? [];
  return { open, body, close };
};

const keyValues: Pass = (text, redactor) =>
  text.replace(KEY_VALUE, (whole, key: string, separator: string, value: string) => {
    const strength = keyStrength(key);
    const { open, body, close } = unquoted(value);
    if (strength === undefined || !mayBeSecret(body, /[Bb]earer|[Bb]asic/.test(separator) ? 'weak' : strength, open !== ''))
      return whole;
    return `${key}${separator}${open}${redactor.mark(kindOfKey(key), body)}${close}`;
  });

/** `password`, `token`, `key` or `secret`, by the name it is kept under. */
export const kindOfKey = (key: string): string =>
  /pass|pwd/i.test(key) ? 'password' : /token|jwt|bearer/i.test(key) ? 'token' : /key/i.test(key) ? 'key' : 'secret';

const VENDOR = new RegExp(
  `((?:${VENDORS})[\\w.-]{0,20}(?:["'\\s]{0,3})(?:=>|:=|\\|\\||\\?=|[=:>,])(?:["'\\s=]{0,5}))((?!\\[REDACTED:)[\\w+/=.%:-]{14,400})`,
  'gi',
);
const vendors: Pass = (text, redactor) =>
  text.replace(VENDOR, (whole, before: string, value: string) =>
    looksRandom(value) && isBareSecret(value) ? before + redactor.mark('vendor-key', value) : whole,
  );

/** Not a version, image, host name or date, which follow service names all the time. */
const isBareSecret = (value: string): boolean =>
  !/^\d{4}-\d\d-\d\d|^v?\d+(\.\d+)+|\.(com|io|net|org|local|internal|svc|ya?ml|json|py|js|go)\b|^[a-z]+(-[a-z0-9]+){2,}$|\/\//i.test(
    value,
  );

/** Secrets that follow an option of a well-known client. */
const FLAGS: readonly (readonly [string, RegExp])[] = [
  [
    'password',
    /(--?(?:[\w-]{0,20}-)?(?:password|passwd|passphrase|secret|token|api-key)[ \t]{1,3})((?!\[REDACTED:|-|['"]?\$)[^\s]{3,400})/gi,
  ],
  ['password', /(\bmysql\w{0,10}\b[^\n|;]{0,120}?\s-p)((?!\[REDACTED:|\$)[^\s'"]{4,200})/g],
  ['password', /(\b(?:redis-cli|valkey-cli)\b[^\n|;]{0,120}?\s-a\s{1,3})((?!\[REDACTED:|\$)[^\s]{3,200})/g],
  ['password', /(\bsshpass\s{1,3}-p\s{0,3})((?!\[REDACTED:|\$)[^\s]{3,200})/g],
  ['password', /(\bcurl\b[^\n|;]{0,200}?\s(?:-u|--user)[ \t=]{1,3}["']?[\w.@-]{1,80}:)((?!\[REDACTED:|\$)[^\s"']{3,200})/g],
  ['password', /(\(using password: )((?!\[REDACTED:|YES\b|NO\b)[^\s)]{3,200})/g],
];
const flags: Pass = (text, redactor) =>
  FLAGS.reduce(
    (current, [kind, pattern]) =>
      current.replace(pattern, (_whole, before: string, secret: string) => before + redactor.mark(kind, secret)),
    text,
  );

const PASSES: readonly Pass[] = [pem, userinfo, prefixes, headers, cookies, keyValues, flags, vendors];
