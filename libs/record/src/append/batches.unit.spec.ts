import { BATCH_BYTES_MAX, BATCH_ROWS_MAX, batches } from './batches.js';

const sizes = (rows: readonly number[]): number[] => batches(rows, (bytes) => bytes).map((batch) => batch.length);

it('cuts at 500 rows', () => {
  expect(sizes(Array.from({ length: 2 * BATCH_ROWS_MAX + 1 }, () => 1))).toEqual([BATCH_ROWS_MAX, BATCH_ROWS_MAX, 1]);
});

it('cuts at 8 MB, and lets a single larger row go alone', () => {
  const half = BATCH_BYTES_MAX / 2;
  expect(sizes([half, half, 1, BATCH_BYTES_MAX + 1, 1])).toEqual([2, 1, 1, 1]);
});

it('keeps the order and makes no empty batch', () => {
  expect(batches([3, 1, 2], () => BATCH_BYTES_MAX).flat()).toEqual([3, 1, 2]);
  expect(batches([], () => 1)).toEqual([]);
});
