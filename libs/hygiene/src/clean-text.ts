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
export const cleanText = (text: string, { charsMax = CHARS_MAX, ...options }: CleanTextOptions = {}): CleanedText => {
  const proper = wellFormed(text);
  const suspicions = suspicionsIn(proper);
  const { text: redacted, redactions } = redact(stripInvisible(proper), options);
  return { ...cut(redacted, charsMax), redactions, suspicions };
};

/** Keeps head and tail and says how many bytes are missing between them. */
const cut = (text: string, charsMax: number): { text: string; cutBytes: number } => {
  if (text.length <= charsMax) return { text, cutBytes: 0 };
  const room = Math.max(0, charsMax - MARKER_ROOM);
  if (room === 0) return { text: wellFormed(text.slice(0, charsMax)), cutBytes: Buffer.byteLength(text.slice(charsMax)) };
  const headEnd = outsideMarker(text, Math.ceil(room * 0.6), 'before');
  const tailStart = outsideMarker(text, text.length - Math.floor(room * 0.4), 'after');
  const cutBytes = Buffer.byteLength(text.slice(headEnd, tailStart));
  return { text: wellFormed(`${text.slice(0, headEnd)}\n[… ${cutBytes} bytes cut …]\n${text.slice(tailStart)}`), cutBytes };
};

const MARKER_LENGTH_MAX = 70;

/** The same place, or the end of the redaction mark that it would cut in two, or of the pair of surrogates. */
const outsideMarker = (text: string, at: number, side: 'before' | 'after'): number => {
  const from = Math.max(0, at - MARKER_LENGTH_MAX);
  const start = text.slice(from, at).lastIndexOf('[REDACTED:');
  if (start >= 0) {
    const end = text.indexOf(']', from + start);
    if (end >= at && end - (from + start) < MARKER_LENGTH_MAX) return side === 'before' ? from + start : end + 1;
  }
  const splits = /[\ud800-\udbff]/.test(text.charAt(at - 1)) && /[\udc00-\udfff]/.test(text.charAt(at));
  return splits ? (side === 'before' ? at - 1 : at + 1) : at;
};
