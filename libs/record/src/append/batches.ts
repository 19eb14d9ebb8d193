/** Bounds of one statement. A single larger event goes alone. */
export const BATCH_ROWS_MAX = 500;
export const BATCH_BYTES_MAX = 8 * 1024 * 1024;

/** Cuts rows, in order, into runs within both bounds. */
export const batches = <T>(rows: readonly T[], bytesOf: (row: T) => number): T[][] => {
  const cut: T[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const size = bytesOf(row);
    const last = cut.at(-1);
    if (last && last.length < BATCH_ROWS_MAX && bytes + size <= BATCH_BYTES_MAX) {
      last.push(row);
      bytes += size;
    } else {
      cut.push([row]);
      bytes = size;
    }
  }
  return cut;
};
