import type { Found } from './collector.js';

const CHARS_MAX = 60_000;

/** The last lines that fit, whole: a line that is cut could leave half a secret, which nobody would recognise. */
export const lastLines = (lines: readonly string[]): Found => {
  let length = 0;
  let from = lines.length;
  while (from > 0 && (length += (lines[from - 1]?.length ?? 0) + 1) <= CHARS_MAX) from -= 1;
  const text = lines.slice(from).join('\n');
  if (from === 0) return { text };
  return { text, cutBytes: Buffer.byteLength(lines.slice(0, from).join('\n')) };
};
