const CONTROL = /\p{Cc}/gu;
/** Marks that reverse the direction of what follows: with them a log line could show a command that is not the one to be run. */
const DIRECTION = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const COMBINING = /\p{M}|\u200d|\ufe0f/u;

/** Text from outside as it may be shown: a log line or a model's reply must not be able to steer the reader's terminal. */
export const printable = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replaceAll('\t', '  ')
    .replace(CONTROL, (character) => (character === '\n' ? '\n' : '\ufffd'))
    .replace(DIRECTION, '\ufffd');

const ESCAPE = '\u001b';
/** The only sequences that we write ourselves: weight and colour of letters. One that hides letters or moves the cursor is not among them. */
const OWN_COLOURS = new RegExp(`(${ESCAPE}\\[(?:0|1|2|22|3[1-6]|39)m)`);

/** A finished line as a terminal may have it: our own colours, and no other way of steering it, wherever that came from. */
export const painted = (line: string): string =>
  line
    .split(OWN_COLOURS)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');

/** Text from outside on one line. */
export const oneLine = (text: string): string => printable(text).replace(/\s+/g, ' ').trim();

/** How many columns of a terminal a text takes; it must hold no colours. */
export const columnsOf = (text: string): number => [...text].reduce((sum, character) => sum + columnsOfCharacter(character), 0);

const columnsOfCharacter = (character: string): number => {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
};

/** One line of at most `width` columns, its end replaced by an ellipsis when it was longer. */
export const clip = (text: string, width: number): string => {
  const line = oneLine(text);
  return columnsOf(line) <= width ? line : `${head(line, Math.max(0, width - 1)).trimEnd()}…`;
};

const head = (text: string, width: number): string => {
  let taken = '';
  let columns = 0;
  for (const character of text) {
    columns += columnsOfCharacter(character);
    if (columns > width) break;
    taken += character;
  }
  return taken;
};

/** Lines of at most `width` columns, broken between words where that is possible. Line breaks of the text are kept. */
export const wrap = (text: string, width: number): string[] =>
  printable(text)
    .trim()
    .split('\n')
    .flatMap((paragraph) => wrapParagraph(paragraph, Math.max(8, width)));

const wrapParagraph = (paragraph: string, width: number): string[] => wrapWords(paragraph.split(' ').filter(Boolean), width);

const wrapWords = (words: readonly string[], width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of words.flatMap((word) => pieces(word, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columnsOf(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
};

const pieces = (word: string, width: number): string[] => {
  if (columnsOf(word) <= width) return [word];
  const first = head(word, width);
  return [first, ...pieces(word.slice(first.length), width)];
};

/** A command over as many lines as it needs, in a form that a shell still takes when it is pasted. */
export const wrapCommand = (command: string, width: number): string[] => {
  const words = oneLine(command).match(/-\S+ [^-\s]\S*|\S+/g) ?? []; // An option stays with its value.
  const lines = wrapWords(words, Math.max(20, width - 4));
  return lines.map((line, index) => `${index > 0 ? '  ' : ''}${line}${index < lines.length - 1 ? ' \\' : ''}`);
};

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - columnsOf(text)));
export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - columnsOf(text))) + text;
