import { logTemplates } from './log-templates.js';

/** Characters of one line that are shown; the middle goes first. */
const LINE_MAX = 600;
const SAMPLE_MAX = 300;
/** Fewer lines than this are read as they are. */
const LINES_MIN = 4;
const DEPTH_MAX = 12;

export interface Condensed<T> {
  readonly value: T;
  /** Characters left out of lines that were too long. */
  readonly cutCharacters: number;
}

/**
 * A log as a model is given it: lines that repeat become one template with their count, the first and the last of them; every
 * line that is shown is capped. Texts that programs print for strangers thus stay short, whoever fills them. Linear in its length.
 */
export const condenseLog = (text: string): Condensed<string> => {
  const lines = text.split('\n');
  const cutter = new Cutter();
  const filled = lines.filter((line) => line.trim() !== '');
  const templates = filled.length < LINES_MIN ? [] : logTemplates(filled);
  if (templates.every(({ count }) => count < 3))
    return { value: lines.map((line) => cutter.cut(line)).join('\n'), cutCharacters: cutter.cutCharacters };
  const shown = templates.flatMap(({ template, count, first, last }) => {
    const [head = '', tail = ''] = [filled[first], filled[last]];
    if (count === 1) return [cutter.cut(head)];
    if (count === 2) return [cutter.cut(head), cutter.cut(tail)];
    return [
      `${count} × ${cutter.cut(template)}`,
      `  first: ${cutter.cut(head, SAMPLE_MAX)}`,
      `  last:  ${cutter.cut(tail, SAMPLE_MAX)}`,
    ];
  });
  const title = `[${filled.length} lines, by template; <time>, <num>, <id>, <*> and the like stand for what differs]`;
  return { value: [title, ...shown].join('\n'), cutCharacters: cutter.cutCharacters };
};

/** The same for a log that came as JSON: texts of several lines, and lists of records, told apart by what they say. */
export const condenseRecords = (json: unknown): Condensed<unknown> => {
  const cutter = new Cutter();
  return { value: condensed(json, cutter, 0), cutCharacters: cutter.cutCharacters };
};

const condensed = (value: unknown, cutter: Cutter, depth: number): unknown => {
  if (typeof value === 'string') {
    const { value: text, cutCharacters } = condenseLog(value);
    cutter.cutCharacters += cutCharacters;
    return text;
  }
  if (value === null || typeof value !== 'object' || depth > DEPTH_MAX) return value;
  if (Array.isArray(value)) return repeated(value, cutter, depth);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, condensed(inner, cutter, depth + 1)]));
};

const MESSAGES = ['message', 'msg', 'log', 'line', 'text', 'body', 'event'];

/** What a record says, with its level; undefined for what is no log record. */
const messageOf = (record: unknown): string | undefined => {
  if (typeof record === 'string') return record;
  if (record === null || typeof record !== 'object') return undefined;
  const fields = record as Readonly<Record<string, unknown>>;
  const message = MESSAGES.map((name) => fields[name]).find((field) => typeof field === 'string');
  const level = fields['level'] ?? fields['severity'] ?? fields['status'];
  return typeof message === 'string' ? `${typeof level === 'string' ? level : ''} ${message}` : undefined;
};

const repeated = (records: readonly unknown[], cutter: Cutter, depth: number): unknown[] => {
  const show = (index: number): unknown => condensed(records[index], cutter, depth + 1);
  const messages = records.map(messageOf);
  const isLog = records.length >= LINES_MIN && messages.every((message) => message !== undefined);
  if (!isLog) return records.map((_record, index) => show(index));
  return logTemplates(messages).flatMap(({ template, count, first, last }): unknown[] => {
    if (count === 1) return [show(first)];
    if (count === 2) return [show(first), show(last)];
    return [{ template: cutter.cut(template.trim()), count, first: show(first), last: show(last) }];
  });
};

/** Shortens lines and counts what it left out. */
class Cutter {
  cutCharacters = 0;

  cut(line: string, max = LINE_MAX): string {
    if (line.length <= max) return line;
    const half = Math.floor(max / 2);
    const left = line.length - 2 * half;
    this.cutCharacters += left;
    return `${line.slice(0, half)} … ${left} characters left out … ${line.slice(-half)}`.toWellFormed();
  }
}
