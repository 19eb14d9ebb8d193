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

/** One selector after a sign is how emoji are written; a row of them is how bytes are smuggled. */
const SELECTORS =
  /(?<![\p{Extended_Pictographic}\p{Emoji}\p{Emoji_Modifier}])[\ufe00-\ufe0f]|(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]/gu;
const ANY_SELECTOR = /[\ufe00-\ufe0f]/;
const ESCAPE = '\u001b';
const ANSI = new RegExp(`${ESCAPE}\\[[0-9;?]{0,20}[A-Za-z]`, 'g');
const UNPLAIN = /[^\t\n\r\x20-\x7e]/;

/** Whether a text is of visible ASCII characters and white space alone, as most are. */
export const isPlain = (text: string): boolean => !UNPLAIN.test(text);

const NEVER = 1;
const PERHAPS = 2;

/** UTF-16 units: those that are invisible themselves, and those that an invisible character beyond the first plane begins with. */
const UNITS = new Uint8Array(1 << 16);
for (const [first, last] of RANGES)
  for (let code = first; code <= last; code += code > 0xffff ? 0x100 : 1)
    UNITS[String.fromCodePoint(code).charCodeAt(0)] = code > 0xffff ? PERHAPS : NEVER;

const isInvisible = (code: number): boolean => RANGES.some(([first, last]) => code >= first && code <= last);

/** The text without what the table names, unit by unit. */
const withoutInvisible = (text: string): string => {
  let output = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = UNITS[text.charCodeAt(at)];
    if (unit === 0) continue;
    const code = text.codePointAt(at) ?? 0;
    if (unit === PERHAPS && !isInvisible(code)) continue;
    output += text.slice(from, at);
    if (code > 0xffff) at++;
    from = at + 1;
  }
  return from === 0 ? text : output + text.slice(from);
};

/** The text without invisible characters and terminal sequences. */
export const stripInvisible = (text: string): string => {
  if (isPlain(text)) return text;
  const shown = withoutInvisible(text.includes(ESCAPE) ? text.replace(ANSI, '') : text);
  return ANY_SELECTOR.test(shown) ? shown.replace(SELECTORS, '') : shown;
};

/** What tag characters spell in ASCII: text written to be read by a model and by nobody else. */
export const hiddenText = (text: string): string =>
  !text.includes('\udb40')
    ? ''
    : [...text.matchAll(/[\u{e0020}-\u{e007e}]/gu)]
        .map(([char]) => String.fromCodePoint((char.codePointAt(0) ?? 0) - 0xe0000))
        .join('');
