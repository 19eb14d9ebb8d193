import { decodedIn } from './decoded.js';
import { hiddenText, isPlain, stripInvisible } from './invisible.js';
import { INSTRUCTION_PHRASES } from './instruction-phrases.js';
import { UNSPACED } from './instruction-words.js';
import { PhraseMatcher } from './phrase-matcher.js';

const PHRASES = new PhraseMatcher(INSTRUCTION_PHRASES);

/** What separates turns and prompts in the formats of models, by its first character. */
const TURN_MARKS: readonly (readonly [string, readonly string[]])[] = [
  [
    '<',
    '<|im_start|> <|im_end|> <|system|> <|user|> <|assistant|> <|endoftext|> <|eot_id|> <|start_header_id|> <<sys>> <system> </system> <assistant> </assistant> </user> <instructions> </instructions> <system_prompt> <im_start> <im_end>'
      .split(' ')
      .concat('<end of session>', '<end of prompt>', '<end of text>'),
  ],
  ['[i', ['[inst]']],
  ['[/', ['[/inst]']],
  ['###', ['### instruction', '### system']],
];
/** A line that speaks as somebody in a conversation, in words and not in a value. */
const FAKE_TURN =
  /(?:^|\n)[ \t>#*-]{0,6}(?:system|assistant|human)[ \t]{0,2}:[ \t]{0,3}[a-z']{1,20},?[ \t][a-z']{1,20},?[ \t][a-z']{1,20}/;

/** Nothing shorter instructs anyone. */
const SHORTEST = 4;
const SCANNED_MAX = 1_000_000;

/**
 * Ids of the kinds of instructions that a text seems to give, before invisible characters are taken out of it. Flags only:
 * containment, not detection, is the control. Who has the text without them already gives it as `shown`.
 */
export const suspicionsIn = (text: string, shown?: string): string[] => {
  if (text.length < SHORTEST) return [];
  const scanned = text.length > SCANNED_MAX ? text.slice(0, SCANNED_MAX) : text;
  if (isPlain(scanned)) return isOneWord(scanned) ? [] : [...instructionsIn(scanned.toLowerCase(), scanned)];
  const hidden = hiddenText(scanned);
  const visible = shown !== undefined && scanned === text ? shown : stripInvisible(scanned);
  const seen = folded(hidden === '' ? visible : `${visible}\n${hidden}`);
  const found = instructionsIn(seen, scanned);
  if (ABROAD.test(seen))
    for (const [first, second] of UNSPACED) if (first.test(seen) && second.test(seen)) found.add('instruction-abroad');
  return hidden.length > 3 ? ['hidden-text', ...found] : [...found];
};

/** Letters beyond the Latin ones. */
const ABROAD = /[\u0370-\u1dff\u3040-\ud7ff]/;

/** One word has no order of words, and no mark of a turn without its brackets. */
const isOneWord = (text: string): boolean => text.length < 24 && !/[\s<[_-]/.test(text);

/** Of a text in its one spelling, and of what is encoded in it as it was written. */
const instructionsIn = (lower: string, written: string): Set<string> => {
  const found = PHRASES.match(lower);
  if (TURN_MARKS.some(([first, marks]) => lower.includes(first) && marks.some((mark) => lower.includes(mark))))
    found.add('fake-turn');
  for (const decoded of decodedIn(written)) if (PHRASES.match(decoded.toLowerCase()).size > 0) found.add('encoded-instruction');
  if (lower.includes(':') && FAKE_TURN.test(lower)) found.add('fake-turn');
  return found;
};

const BEYOND_ASCII = /[^\t\n\r\x20-\x7e]/g;

/** One spelling for what looks alike, line by line: most lines of most texts have nothing in them to fold. */
const folded = (text: string): string => {
  const parts: string[] = [];
  let done = 0;
  for (;;) {
    BEYOND_ASCII.lastIndex = done;
    const found = BEYOND_ASCII.exec(text);
    if (!found) break;
    const start = Math.max(done, text.lastIndexOf('\n', found.index) + 1);
    const newline = text.indexOf('\n', found.index);
    const end = newline < 0 ? text.length : newline;
    parts.push(text.slice(done, start).toLowerCase(), foldedLine(text.slice(start, end)));
    done = end;
  }
  parts.push(text.slice(done).toLowerCase());
  return parts.join('');
};

/** Compatibility forms, accents, and letters borrowed from other alphabets. */
const foldedLine = (text: string): string => {
  const lower = text.normalize('NFKC').toLowerCase();
  const bare =
    ACCENTED.test(lower) || ACCENT.test(lower) ? lower.replace(ACCENTED_LETTER, unaccented).replace(ACCENT_AFTER, '$1') : lower;
  return BORROWED.test(bare) ? bare.replace(BESIDE_LATIN, unborrowed) : bare;
};

const ACCENTED = /[\u00c0-\u024f\u1e00-\u1eff]/;
const ACCENTED_LETTER = /[\u00c0-\u024f\u1e00-\u1eff]/g;
const ACCENT = /[\u0300-\u036f]/;
const ACCENT_AFTER = /([a-z])\p{M}{1,8}/gu;
/** Letters that are ones of their own and not a letter with an accent. */
const STROKED: ReadonlyMap<string, string> = new Map([...'ıłøđħŧ'].map((char, at) => [char, 'ilodht'.charAt(at)]));
const unaccented = (letter: string): string => STROKED.get(letter) ?? letter.normalize('NFD').charAt(0);

const BORROWED = /[а-яіјѕα-ω]/;
const BESIDE_LATIN = /(?<=[a-z])[а-яіјѕα-ω]{1,20}|[а-яіјѕα-ω]{1,20}(?=[a-z])/g;
const ALIKE = new Map([...'аеорсухіјѕкмтвнοαερικνυτ'].map((char, at) => [char, 'aeopcyxijskmtbhoaepikvut'.charAt(at)]));
const unborrowed = (letters: string): string => [...letters].map((char) => ALIKE.get(char) ?? char).join('');
