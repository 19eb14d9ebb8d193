import { objectsIn, type Json } from './json.js';

/** A row of a query's result: column name in lower case → value as text. */
export type QueryRow = ReadonlyMap<string, string>;

const ROWS_MAX = 1_000;
const RULE = /^[\s|+-]*-{2,}[\s|+-]*$/;
const COUNT = /^\(\d+ rows?\)$/;

/** MySQL draws bars around a row as well; psql draws them between cells alone, and the last cell may be empty. */
const cellsOf = (line: string): string[] =>
  (line.startsWith('|') ? line.replace(/^\||\|\s*$/g, '') : line).split('|').map((cell) => cell.trim());

/** One table as psql or mysql print it: a heading, a rule of dashes, rows with bars between their cells. */
export interface QueryTable {
  /** Indexes of the first and of the line behind the last one in the text. */
  from: number;
  to: number;
  rows: QueryRow[];
}

/** All tables in `lines`. Linear; lines around them are left alone. */
export const queryTables = (lines: readonly string[]): QueryTable[] => {
  const tables: QueryTable[] = [];
  for (let at = 1; at < lines.length; at += 1) {
    if (!RULE.test(lines[at] ?? '')) continue;
    const columns = cellsOf(lines[at - 1] ?? '').map((name) => name.toLowerCase());
    if (!columns.every((name) => /^[a-z_?][\w ?().]{0,60}$/.test(name))) continue;
    const rows: QueryRow[] = [];
    let end = at + 1;
    for (; end < lines.length && rows.length < ROWS_MAX; end += 1) {
      const line = lines[end] ?? '';
      const cells = cellsOf(line);
      if (COUNT.test(line.trim()) || RULE.test(line) || cells.length !== columns.length) break;
      rows.push(new Map(columns.map((name, index) => [name, cells[index] ?? ''])));
    }
    if (rows.length > 0) tables.push({ from: at - 1, to: end, rows });
    at = end;
  }
  return tables;
};

/** Lists, such as that of blocking processes, as PostgreSQL writes them without braces. */
const cellOf = (value: Json): string => {
  if (Array.isArray(value)) return value.slice(0, 20).filter(isPlain).join(',');
  return isPlain(value) ? String(value) : '';
};

const isPlain = (value: Json): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Rows that came as JSON objects, as drivers and API gateways give them. */
export const jsonRows = (document: Json): QueryRow[] =>
  objectsIn(document)
    .slice(0, ROWS_MAX)
    .map(
      (value) =>
        new Map(
          Object.entries(value)
            .map(([name, cell]) => [name.toLowerCase(), cellOf(cell)] as const)
            .filter(([, cell]) => cell !== ''),
        ),
    );
