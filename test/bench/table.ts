/** Lines of a table on the standard output: a name on the left, figures on the right of their columns. */
export const printTable = (titles: readonly string[], rows: readonly (readonly string[])[]): void => {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, column) => pad(cells[column] ?? '', width, column))
      .join('  ')
      .trimEnd();
  for (const row of [titles, widths.map((width) => '-'.repeat(width)), ...rows]) console.info(line(row));
};

const pad = (text: string, width: number, column: number): string => (column === 0 ? text.padEnd(width) : text.padStart(width));
