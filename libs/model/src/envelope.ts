import { randomBytes } from 'node:crypto';
import { wellFormed } from '@inquest/contracts';

/** Separates the marker from the line that it marks. */
const BAR = '|';

/** Words, ids, numbers, addresses: too short and too plain to instruct anyone, and ids must be cited as they are. */
const PLAIN = /^[\w.:/@+#=,-]{0,64}$/;

const LINE_BREAKS = /(\r\n|[\n\r\v\f\u0085\u2028\u2029])/;

/** New for every request, so that nobody who writes a log line today can know it. */
export const randomMarker = (): string => randomBytes(5).toString('hex');

/**
 * The user message of a request (Microsoft's "spotlighting", arXiv 2403.14720): one JSON object in which every line of
 * text from the question begins with a marker that its author could not know. The marker is taken out of the question
 * first. Plain single words and ids stay bare. Keys are marked like values, since evidence may bring its own objects.
 */
export const envelope = (question: unknown, marker: string): string =>
  JSON.stringify({ marker, question: marked(wellFormed(question), marker) });

/** What the model is told when its answer was not allowed; its own words are data as well by now. */
export const repairNote = (answer: string, problems: string, marker: string): string =>
  JSON.stringify({ repair: { problems, previousAnswer: marked(wellFormed(answer.slice(0, 4_000)), marker) } });

/** Takes the marks out of what the model quoted. */
export const unmarked = (text: string, marker: string): string => text.replaceAll(`${marker}${BAR}`, '').replaceAll(marker, '');

const marked = (value: unknown, marker: string): unknown => {
  if (typeof value === 'string') return markText(value, marker);
  if (Array.isArray(value)) return value.map((item) => marked(item, marker));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [markText(key, marker), marked(inner, marker)]));
};

const markText = (text: string, marker: string): string => {
  const clean = without(text, marker);
  if (PLAIN.test(clean)) return clean;
  return clean
    .split(LINE_BREAKS)
    .map((part, index) => (index % 2 === 0 ? `${marker}${BAR}${part}` : part))
    .join('');
};

/** Until none is left: removing one occurrence can put another together. */
const without = (text: string, marker: string): string => {
  let clean = text;
  while (clean.includes(marker)) clean = clean.replaceAll(marker, '');
  return clean;
};
