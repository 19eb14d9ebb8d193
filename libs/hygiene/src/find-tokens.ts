import { isExample } from './key-names.js';
import { INNER_FORMS, leadMax, TOKEN_FORMS, type TokenForm } from './token-forms.js';

/** A stretch of a text that is a secret. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

interface StickyForm {
  readonly kind: string;
  readonly pattern: RegExp;
}

const sticky = ({ kind, source }: Pick<TokenForm, 'kind' | 'source'>): StickyForm => ({ kind, pattern: new RegExp(source, 'y') });

/** Two or three characters in one number, so that looking a head up makes no string. */
const packed = (first: number, second: number, third = 0): number => (first << 14) | (second << 7) | third;

/** Forms by their first three characters, those of two by two. */
const BY_HEAD = new Map<number, StickyForm[]>();
const HEAD = 1;
const ANCHOR = 2;
/** Pairs of characters that some form, or the anchor of one, begins with: most pairs of a text are neither. */
const PAIRS = new Uint8Array(1 << 14);
for (const form of TOKEN_FORMS) {
  const ready = sticky(form);
  for (const head of form.heads) {
    const key = packed(head.charCodeAt(0), head.charCodeAt(1), head.length > 2 ? head.charCodeAt(2) : 0);
    const known = BY_HEAD.get(key) ?? [];
    if (!known.includes(ready)) known.push(ready);
    BY_HEAD.set(key, known);
    PAIRS[(head.charCodeAt(0) << 7) | head.charCodeAt(1)] = HEAD;
  }
}

interface StickyInner extends StickyForm {
  readonly anchor: string;
  readonly lead: number | RegExp;
}

/** Inner forms by the first character of their anchor. */
const BY_ANCHOR = new Map<number, StickyInner[]>();
for (const { anchor, lead, ...form } of INNER_FORMS) {
  const first = anchor.charCodeAt(0);
  BY_ANCHOR.set(first, [...(BY_ANCHOR.get(first) ?? []), { anchor, lead, ...sticky(form) }]);
  const seconds = anchor.length > 1 ? [anchor.charCodeAt(1)] : Array.from({ length: 128 }, (_code, code) => code);
  for (const second of seconds) PAIRS[(first << 7) | second] = (PAIRS[(first << 7) | second] ?? 0) | ANCHOR;
}

const isLetterOrDigit = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);

/** Tokens known by their form, in the order of the text, none overlapping another. */
export const findTokens = (text: string): Finding[] => {
  const found: Finding[] = [];
  let inWord = false;
  for (let at = 0; at + 2 < text.length; at++) {
    const first = text.charCodeAt(at);
    const starts = !inWord;
    inWord = isLetterOrDigit(first);
    const second = text.charCodeAt(at + 1);
    if (first > 127 || second > 127) continue;
    const kinds = PAIRS[(first << 7) | second] ?? 0;
    if (kinds === 0) continue;
    const finding =
      ((kinds & ANCHOR) !== 0 ? aroundAnchor(text, at, first, found.at(-1)?.end ?? 0) : undefined) ??
      (starts && (kinds & HEAD) !== 0
        ? headAt(text, at, packed(first, second), packed(first, second, text.charCodeAt(at + 2) & 127))
        : undefined);
    if (!finding) continue;
    // What has the form and is none, such as an example, is passed over whole: no part of it is looked at again.
    if (isVaried(text.slice(finding.start, finding.end))) found.push(finding);
    at = finding.end - 1;
    inWord = isLetterOrDigit(text.charCodeAt(at));
  }
  return found;
};

/** Sorted, without those that overlap an earlier one. */
export const inOrder = (found: Finding[]): Finding[] => {
  if (found.length < 2) return found;
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return found.filter((finding) => finding.start >= end && ((end = finding.end), true));
};

const headAt = (text: string, at: number, pair: number, triple: number): Finding | undefined => {
  for (const forms of [BY_HEAD.get(triple), BY_HEAD.get(pair)])
    for (const form of forms ?? []) {
      const end = matchAt(text, at, form);
      if (end > at) return { start: at, end, kind: form.kind };
    }
  return undefined;
};

const aroundAnchor = (text: string, at: number, first: number, last: number): Finding | undefined => {
  for (const { anchor, lead, ...form } of BY_ANCHOR.get(first) ?? []) {
    if (!text.startsWith(anchor, at)) continue;
    const start = typeof lead === 'number' ? at - lead : beginOf(text, at, lead);
    const end = start < last ? -1 : matchAt(text, start, form);
    if (end > at) return { start, end, kind: form.kind };
  }
  return undefined;
};

const beginOf = (text: string, at: number, lead: RegExp): number => {
  let start = at;
  while (start > 0 && at - start < leadMax && lead.test(text.charAt(start - 1))) start--;
  return start;
};

/** Where a match that begins here ends, or -1. */
const matchAt = (text: string, at: number, { pattern }: StickyForm): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
};

/** `AKIAXXXXXXXXXXXXXXXX` and the like stand in documentation. */
const isVaried = (token: string): boolean => {
  const judged = token.slice(0, 200);
  return !isExample(judged) && new Set(judged).size > (token.length < 14 ? 4 : 6);
};
