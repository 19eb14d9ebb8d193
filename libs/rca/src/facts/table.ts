/** One row of a text table: cells by lower-case heading, or by position when the table has no heading. */
export interface Row {
  cells: string[];
  byHeading: ReadonlyMap<string, string>;
}

const HEADING = /^(NAMESPACE|NAME|LAST SEEN|TYPE|READY|STATUS)\s{2,}[A-Z]/;
const TREE = /^[\s│├└─|`+-]*/;

/** Cells are parted by two spaces or more: that is how kubectl, psql-like tools and lineage trees print them. */
const cellsOf = (line: string): string[] => line.trim().split(/\s{2,}/);

/** The heading's columns with where each begins, since a cell may be empty or hold single spaces. */
const columnsOf = (heading: string): { name: string; at: number }[] => {
  const columns: { name: string; at: number }[] = [];
  for (const match of heading.matchAll(/\S+(?: \S+)*/g)) columns.push({ name: match[0].toLowerCase(), at: match.index });
  return columns;
};

/** Rows of all tables in `lines`, with and without headings. Lines that are no rows come out as rows that no reader wants. */
export const rowsOf = (lines: readonly string[]): Row[] => {
  let columns: { name: string; at: number }[] = [];
  const rows: Row[] = [];
  for (const raw of lines) {
    if (HEADING.test(raw.trimStart())) {
      columns = columnsOf(raw);
      continue;
    }
    const line = raw.replace(TREE, (branch) => ' '.repeat(branch.length));
    const byHeading = new Map<string, string>();
    columns.forEach((column, index) => {
      const cell = line.slice(column.at, columns[index + 1]?.at ?? line.length).trim();
      if (cell !== '') byHeading.set(column.name, cell);
    });
    rows.push({ cells: cellsOf(line), byHeading });
  }
  return rows;
};
