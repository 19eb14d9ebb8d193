/** What a text would have to contain for any pass to find something in it, as bits. */
export const SIGN = {
  /** A character that may stand between a key and its value. */
  separator: 1,
  /** Twelve or more characters of a token in a row. */
  long: 2,
  /** A dash that begins a word, as options do. */
  option: 4,
  /** Thirty-two or more. */
  veryLong: 8,
} as const;

/** The shortest token that is told by its own form. */
const LONG = 12;
const VERY_LONG = 32;

const NOTHING = 0;
const TOKEN = 1;
const SEPARATOR = 2;
const DASH = 3;

/** The class of each ASCII character; others belong to none. */
const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  CLASSES[code] = /[=:>,|?%]/.test(char)
    ? SEPARATOR
    : char === '-'
      ? DASH
      : /[A-Za-z0-9_+/.~!@#$^&*]/.test(char)
        ? TOKEN
        : NOTHING;
}

/** The signs of a text, in one look at each character: most values have none, and then nothing else needs to be done. */
export const signsOf = (text: string): number => {
  let signs = 0;
  let run = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? CLASSES[code] : NOTHING;
    if (kind === NOTHING) {
      run = 0;
      continue;
    }
    if (kind === SEPARATOR) signs |= SIGN.separator;
    else if (kind === DASH && run === 0) signs |= SIGN.option;
    if (++run === LONG) signs |= SIGN.long;
    else if (run === VERY_LONG) signs |= SIGN.veryLong;
  }
  return signs;
};
