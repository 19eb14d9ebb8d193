import { wellFormed } from '@inquest/contracts';
import { stripInvisible } from './invisible.js';
import { redact, type RedactOptions, type Redaction } from './redact.js';
import { suspicionsIn } from './suspicions.js';

export interface CleanTextOptions extends RedactOptions {
  /** Characters kept; the middle goes first. */
  readonly charsMax?: number;
}

export interface CleanedText {
  readonly text: string;
  readonly redactions: Redaction[];
  /** Ids of the patterns of suspected instructions that matched. */
  readonly suspicions: string[];
  /** UTF-8 bytes left out of the middle. */
  readonly cutBytes: number;
}

const CHARS_MAX = 64_000;
const MARKER_ROOM = 60;

/** Well-formed, without invisible characters and secrets, bounded; suspected instructions are flagged, never removed. */
export const cleanText = (text: string, options: CleanTextOptions = {}): CleanedText => {
  const proper = wellFormed(text);
  const shown = stripInvisible(proper);
  const suspicions = suspicionsIn(proper, shown);
  const { text: redacted, redactions } = redact(shown, options);
  const { text: kept, cutBytes } = cut(redacted, options.charsMax ?? CHARS_MAX);
  return { text: kept, redactions, suspicions, cutBytes };
};

/** Keeps head and tail and says how many bytes are missing between them. */
const cut = (text: string, charsMax: number): { text: string; cutBytes: number } => {
  if (text.length <= charsMax) return { text, cutBytes: 0 };
  const room = Math.max(0, charsMax - MARKER_ROOM);
  if (room === 0) {
    const end = outsideMark(text, charsMax, 'before');
    return { text: text.slice(0, end), cutBytes: Buffer.byteLength(text.slice(end)) };
  }
  const headEnd = outsideMark(text, Math.ceil(room * 0.6), 'before');
  const tailStart = outsideMark(text, text.length - Math.floor(room * 0.4), 'after');
  const cutBytes = Buffer.byteLength(text.slice(headEnd, tailStart));
  return { text: wellFormed(`${text.slice(0, headEnd)}\n[… ${cutBytes} bytes cut …]\n${text.slice(tailStart)}`), cutBytes };
};

const MARK = /\[REDACTED:[a-z0-9-]{1,40}:[0-9a-f]{8}\]/g;
const MARK_LENGTH_MAX = 70;

/** The same place, or the near end of the redaction mark or surrogate pair that it would cut in two. */
const outsideMark = (text: string, at: number, side: 'before' | 'after'): number => {
  const from = Math.max(0, at - MARK_LENGTH_MAX);
  for (const match of text.slice(from, at + MARK_LENGTH_MAX).matchAll(MARK)) {
    const start = from + match.index;
    if (start < at && at < start + match[0].length) return side === 'before' ? start : start + match[0].length;
  }
  const splits = /[\ud800-\udbff]/.test(text.charAt(at - 1)) && /[\udc00-\udfff]/.test(text.charAt(at));
  return splits ? (side === 'before' ? at - 1 : at + 1) : at;
};
