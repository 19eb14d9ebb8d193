const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: string };

/** `JSON.parse` that answers instead of throwing, and keeps whole numbers beyond 2^53 as text rather than rounding them. */
export const parseJson = (text: string): ParsedJson => {
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value: /\d{16}/.test(text) ? (JSON.parse(text.replace(TOKENS, quoteUnsafe)) as unknown) : value };
  } catch (error) {
    return { ok: false, fault: error instanceof Error ? error.message : 'not JSON' };
  }
};

const quoteUnsafe = (token: string): string =>
  /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
