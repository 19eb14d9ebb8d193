const ENCODED_MIN = 24;
const ENCODED_MAX = 8_000;
/** A text has as many encoded words looked into as this; a certificate alone has dozens. */
const WORDS_MAX = 20;

const isEncoded = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 43 || code === 47;

/** Nearly all of it must be what people type, with spaces between words. */
const READABLE = /^[\t\n\r\x20-\x7e]*$/;

/** Sentences that stand in a text as base64 or hex, each long word decoded once. */
export const decodedIn = (text: string): string[] => {
  const found: string[] = [];
  let tried = 0;
  for (let at = 0, start = 0; at <= text.length && tried < WORDS_MAX; at++) {
    if (at < text.length && isEncoded(text.charCodeAt(at))) continue;
    if (at - start >= ENCODED_MIN && at - start <= ENCODED_MAX) {
      tried++;
      const decoded = readable(text.slice(start, at));
      if (decoded !== undefined) found.push(decoded);
    }
    start = at + 1;
  }
  return found;
};

const readable = (word: string): string | undefined => {
  const bytes = Buffer.from(word, /^(?:[0-9a-f]{2})+$/i.test(word) ? 'hex' : 'base64');
  const text = bytes.toString('latin1');
  return text.includes(' ') && READABLE.test(text) ? text : undefined;
};
