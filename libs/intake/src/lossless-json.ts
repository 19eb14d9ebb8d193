/** Deeper than any alert; JSON inside JSON is not seen by whoever looks at the bytes of the body. */
const DEPTH_MAX = 64;
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: string };

/** `JSON.parse` that answers instead of throwing, and keeps whole numbers beyond 2^53 as text rather than rounding them. */
export const parseJson = (text: string): ParsedJson => {
  try {
    const value: unknown = JSON.parse(text);
    if (isTooDeep(value)) return { ok: false, fault: `it is nested deeper than ${DEPTH_MAX} levels` };
    return { ok: true, value: /\d{16}/.test(text) ? (JSON.parse(text.replace(TOKENS, quoteUnsafe)) as unknown) : value };
  } catch (error) {
    return { ok: false, fault: error instanceof Error ? jsonFault(error.message) : 'not JSON' };
  }
};

/** What `JSON.parse` complains of, without the part of the text that it quotes: a secret may stand there. */
export const jsonFault = (message: string): string =>
  message.replace(/,? ?(?:\.{3})?"[^]*"(?:\.{3})? is not valid JSON$/, ' is not valid JSON');

const quoteUnsafe = (token: string): string =>
  /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;

/** Level by level and not by recursion, which is what such a value would break. */
const isTooDeep = (value: unknown): boolean => {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) return true;
    level = level.flatMap((inner): unknown[] => (typeof inner === 'object' && inner !== null ? Object.values(inner) : []));
  }
  return false;
};
