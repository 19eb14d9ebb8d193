import { createHash, randomBytes } from 'node:crypto';
import { findAssigned } from './assignments.js';
import { findTokens, type Finding } from './find-tokens.js';
import { cookies, entropy, headers, kubernetesSecrets, pem, userinfo } from './find-shapes.js';
import { options } from './find-options.js';
import { SIGN, signsOf } from './signs.js';

/** One secret that was taken out; the hash links two occurrences of the same value without telling it. */
export interface Redaction {
  readonly kind: string;
  /** First 8 hex digits of a salted SHA-256. */
  readonly hash: string;
}

export interface RedactOptions {
  /** Equal salts give equal hashes. Without one, occurrences are linkable within this process only. */
  readonly salt?: string | undefined;
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

  /** The text with a mark in place of each finding; these come in order and do not overlap. */
  replace(text: string, findings: readonly Finding[]): string {
    if (findings.length === 0) return text;
    const parts: string[] = [];
    let at = 0;
    for (const { start, end, kind } of findings) {
      parts.push(text.slice(at, start), this.mark(kind, text.slice(start, end)));
      at = end;
    }
    parts.push(text.slice(at));
    return parts.join('');
  }
}

/** One way of finding secrets, and what a text must contain for it to find any. */
interface Pass {
  readonly needs: number;
  /** One of them, in small letters; none when the signs say enough. */
  readonly words: readonly string[];
  readonly find: (text: string) => Finding[];
  /** Reads on beyond marks already set, and takes none for a secret itself. */
  readonly acrossMarks?: true;
}

/** In this order: what is found earlier, later passes no longer see. */
const PASSES: readonly Pass[] = [
  { needs: SIGN.long, words: ['-----begin'], find: pem },
  { needs: SIGN.separator, words: ['secret'], find: kubernetesSecrets, acrossMarks: true },
  { needs: SIGN.separator, words: ['://'], find: userinfo },
  { needs: SIGN.long, words: [], find: findTokens },
  { needs: SIGN.long, words: ['bearer', 'basic'], find: headers },
  { needs: SIGN.separator, words: ['cookie'], find: cookies },
  { needs: SIGN.separator, words: [], find: findAssigned },
  { needs: SIGN.option, words: [], find: options },
  { needs: SIGN.veryLong, words: [], find: entropy },
];

/** Replaces secrets in text by `[REDACTED:kind:hash8]`; linear in its length. Digests, UUIDs and pod hashes stay. */
export const redact = (text: string, { salt = PROCESS_SALT }: RedactOptions = {}): { text: string; redactions: Redaction[] } => {
  const signs = text.length < SHORTEST ? 0 : signsOf(text);
  if (signs === 0) return { text, redactions: [] };
  const redactor = new Redactor(salt);
  let cleaned = sweep(text, signs, redactor);
  // A mark cuts the text around it anew, and what stands beside it may only then read as a key with its value.
  for (let left = SWEEPS_MAX, before = text; cleaned !== before && left > 0; left--) {
    before = cleaned;
    cleaned = aroundMarks(before, (part) => sweep(part, signsOf(part), redactor));
  }
  return { text: cleaned, redactions: redactor.redactions };
};

/** No pass looks further back than this, or beyond the line that it stands in. */
const NEIGHBOURHOOD = 256;

/** Applies a sweep to the lines that hold marks, and to as much before them as may bear on them. */
const aroundMarks = (text: string, again: (part: string) => string): string => {
  if (text.length < 4 * NEIGHBOURHOOD) return again(text);
  const parts: string[] = [];
  let done = 0;
  for (let mark = text.indexOf(MARK_BEGIN); mark >= 0; mark = text.indexOf(MARK_BEGIN, done)) {
    const start = Math.max(done, text.lastIndexOf('\n', Math.max(0, mark - NEIGHBOURHOOD)) + 1);
    let end = mark;
    // Marks that stand close together share a part.
    for (let next = mark; next >= 0 && next - end <= NEIGHBOURHOOD; next = text.indexOf(MARK_BEGIN, end)) {
      const newline = text.indexOf('\n', next + NEIGHBOURHOOD);
      end = newline < 0 ? text.length : newline;
    }
    parts.push(text.slice(done, start), again(text.slice(start, end)));
    done = end;
  }
  parts.push(text.slice(done));
  return parts.join('');
};

const MARK_BEGIN = '[REDACTED:';

const SHORTEST = 6;

/** Sweeps after the first, each only if the one before found something. */
const SWEEPS_MAX = 4;

const sweep = (text: string, signs: number, redactor: Redactor): string => {
  const lower = text.toLowerCase();
  let current = text;
  for (const { needs, words, find, acrossMarks } of PASSES) {
    if ((signs & needs) === 0 || (words.length > 0 && !words.some((word) => lower.includes(word)))) continue;
    const pass = (part: string): string => redactor.replace(part, find(part));
    current = acrossMarks ? pass(current) : betweenMarks(current, pass);
  }
  return current;
};

/** Applies a pass to everything but marks already set, so that none is taken for a secret itself. */
const betweenMarks = (text: string, pass: (part: string) => string): string =>
  text.includes(MARK_BEGIN)
    ? text
        .split(MARKS)
        .map((part, index) => (index % 2 === 1 ? part : pass(part)))
        .join('')
    : pass(text);

/** Replaces a whole value by its mark. */
export const mask = (kind: string, value: string, { salt = PROCESS_SALT }: RedactOptions = {}): string =>
  new Redactor(salt).mark(kind, value);
