/** Ranges of characters that nobody sees but a model reads: [first, last] code points. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x08], // control characters other than tab and line ends
  [0x0b, 0x0c],
  [0x0e, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad], // soft hyphen
  [0x34f, 0x34f],
  [0x61c, 0x61c], // bidi mark
  [0x115f, 0x1160], // Hangul fillers
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f], // zero-width characters and bidi marks
  [0x2028, 0x202e], // line separators and bidi embeddings
  [0x2060, 0x206f], // joiners, invisible operators, bidi isolates
  [0x3164, 0x3164],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff], // tags and supplementary variation selectors
];

const escaped = (codePoint: number): string => `\\u{${codePoint.toString(16)}}`;
const INVISIBLE = new RegExp(`[${RANGES.map(([first, last]) => `${escaped(first)}-${escaped(last)}`).join('')}]`, 'gu');
/** One selector after a sign is how emoji are written; a row of them is how bytes are smuggled. */
const SELECTORS =
  /(?<![\p{Extended_Pictographic}\p{Emoji}\p{Emoji_Modifier}])[\ufe00-\ufe0f]|(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]/gu;
const ANSI = new RegExp(`${escaped(0x1b)}\\[[0-9;?]{0,20}[A-Za-z]`, 'gu');
const PLAIN = /^[\t\n\r\x20-\x7e]*$/;

/** The text without invisible characters and terminal sequences. */
export const stripInvisible = (text: string): string =>
  PLAIN.test(text) ? text : text.replace(ANSI, '').replace(INVISIBLE, '').replace(SELECTORS, '');

/** What tag characters spell in ASCII: text written to be read by a model and by nobody else. */
export const hiddenText = (text: string): string =>
  [...text.matchAll(/[\u{e0020}-\u{e007e}]/gu)]
    .map(([char]) => String.fromCodePoint((char.codePointAt(0) ?? 0) - 0xe0000))
    .join('');
