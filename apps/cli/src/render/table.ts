import type { Style } from './style.js';
import { columnsOf, oneLine, padEnd } from './text.js';
import { clip } from './text.js';

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
  /** How a value is coloured; its text must stay the same. */
  readonly paint?: (value: string, row: Row) => string;
  /** The one column that gives way when the line is too long. */
  readonly elastic?: true;
}

const GAP = 2;

/** Rows as aligned columns under quiet titles; nothing but the titles' line when there are none. */
export const renderTable = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, colour, live }: Style,
): string[] => {
  const values = rows.map((row) => columns.map(({ of }) => oneLine(of(row))));
  const wanted = columns.map(({ title }, index) =>
    Math.max(columnsOf(title), ...values.map((line) => columnsOf(line[index] ?? ''))),
  );
  // What goes through a pipe is for programs, which want all of it.
  const available = live ? width : Infinity;
  const excess = wanted.reduce((sum, columnWidth) => sum + columnWidth + GAP, -GAP) - available;
  const widths = wanted.map((columnWidth, index) =>
    columns[index]?.elastic && excess > 0 ? Math.max(12, columnWidth - excess) : columnWidth,
  );
  const line = (cells: readonly string[], paint: (text: string, index: number) => string): string =>
    cells
      .map((cell, index) => {
        const fitted = clip(cell, widths[index] ?? 0);
        const padded = index === cells.length - 1 ? fitted : padEnd(fitted, widths[index] ?? 0);
        return paint(padded, index);
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title),
      (text) => colour.dim(text),
    ),
    ...rows.map((row, at) => line(values[at] ?? [], (text, index) => columns[index]?.paint?.(text, row) ?? text)),
  ];
};
