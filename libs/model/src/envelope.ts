import { randomBytes } from 'node:crypto';
import { wellFormed } from '@inquest/contracts';

/** Separates the marker from the line that it marks. */
const BAR = '|';

/** The characters of names, ids, numbers and addresses. */
const PLAIN = /^[\w.:/@+#=,-]{0,64}$/;
/** A word of a name: `restartCount` and `web-7f9dd8b6c4` have two and one. */
const WORD = /[A-Za-z][a-z]{2,}|[A-Z]{3,}(?![a-z])/g;
/** A name has few words. With more, joined by dashes or capitals or spread over a list, it could be a sentence. */
const WORDS_MAX = 3;

const LINE_BREAKS = /(\r\n|[\n\r\v\f\u0085\u2028\u2029])/;

/** New for every request, so that nobody who writes a log line today can know it. */
export const randomMarker = (): string => randomBytes(5).toString('hex');

/**
 * The user message of a request (Microsoft's "spotlighting", arXiv 2403.14720): one JSON object in which every line of
 * text from the question begins with a marker that its author could not know. The marker is taken out of the question
 * first. Bare stay numbers and names of at most three words: they are too short to instruct anyone, ids among them must be cited
 * as they are, and marks on all would make a request a quarter longer. A list of names is taken for one text. Keys are marked like values, since evidence may bring its own objects.
 */
export const envelope = (question: unknown, marker: string): string =>
  JSON.stringify({ marker, question: marked(wellFormed(question), marker) });

/**
 * What the model is told when its answer was not allowed. Its own words are data as well by now, and so is the list of problems,
 * which names members of the answer: both may be quoted from evidence, and every line of them is marked.
 */
export const repairNote = (answer: string, problems: string, marker: string): string => {
  const text = (words: string): string => markLines(without(wellFormed(words.slice(0, REPAIR_MAX)), marker), marker);
  return JSON.stringify({ repair: { problems: text(problems), previousAnswer: text(answer) } });
};

/** Characters of a previous answer that show what was wrong with it. */
const REPAIR_MAX = 4_000;

/** Takes the marks out of what the model quoted. */
export const unmarked = (text: string, marker: string): string => text.replaceAll(`${marker}${BAR}`, '').replaceAll(marker, '');

const marked = (value: unknown, marker: string): unknown => {
  if (typeof value === 'string') return markText(value, marker);
  if (Array.isArray(value)) {
    const words = value.reduce<number>((sum, item) => sum + (typeof item === 'string' ? wordsOf(item) : 0), 0);
    return value.map((item) => (typeof item === 'string' ? markText(item, marker, words > WORDS_MAX) : marked(item, marker)));
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [markText(key, marker), marked(inner, marker)]));
};

const markText = (text: string, marker: string, isSentence = false): string => {
  const clean = without(text, marker);
  return !isSentence && isName(clean) ? clean : markLines(clean, marker);
};

const isName = (text: string): boolean => PLAIN.test(text) && wordsOf(text) <= WORDS_MAX;
const wordsOf = (text: string): number => text.match(WORD)?.length ?? 0;

const markLines = (text: string, marker: string): string =>
  text
    .split(LINE_BREAKS)
    .map((part, index) => (index % 2 === 0 ? `${marker}${BAR}${part}` : part))
    .join('');

/** Until none is left: removing one occurrence can put another together. */
const without = (text: string, marker: string): string => {
  let clean = text;
  while (clean.includes(marker)) clean = clean.replaceAll(marker, '');
  return clean;
};
