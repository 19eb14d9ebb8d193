import { LEAF_COLUMNS, PLACE_COLUMNS, type LeafColumn } from './leaf.js';
import type { Misfit } from './misfits.js';

export interface Swap {
  readonly one: Misfit;
  readonly other: Misfit;
  readonly columns: readonly string[];
}

/** Each is held against each of the others, so the work grows with the square. */
export const SWAP_CANDIDATES_MAX = 100;

const all = LEAF_COLUMNS.filter((column) => !PLACE_COLUMNS.includes(column));
const MESSAGE: readonly LeafColumn[] = ['output_json', 'output_hash', 'outcome', 'gate', 'confidence', 'event_hash'];
/** The usual exchanges: one column, what belongs together, the whole row. */
const EXCHANGES: readonly (readonly LeafColumn[])[] = [
  ...all.map((column) => [column]),
  ['seq', 'stream_id'],
  ['output_json', 'output_hash'],
  ['output_json', 'output_hash', 'event_hash'],
  ['output_json', 'output_hash', 'outcome', 'gate', 'confidence'],
  MESSAGE,
  all.filter((column) => column !== 'created_at'),
  all.filter((column) => !['created_at', 'seq', 'stream_id'].includes(column)),
  all,
];

/** Tries whether two rows fit again when they give columns back to each other: that proves a swap. */
export const findSwaps = (misfits: readonly Misfit[]): Swap[] => {
  const candidates = misfits.slice(0, SWAP_CANDIDATES_MAX);
  const swaps: Swap[] = [];
  const settled = new Set<Misfit>();
  for (const [index, one] of candidates.entries()) {
    for (const other of candidates.slice(index + 1)) {
      if (settled.has(one) || settled.has(other)) continue;
      const columns = swappedColumns(one, other);
      if (!columns) continue;
      swaps.push({ one, other, columns });
      settled.add(one).add(other);
    }
  }
  return swaps;
};

const swappedColumns = (one: Misfit, other: Misfit): readonly LeafColumn[] | undefined =>
  EXCHANGES.find((columns) => getsBack(one, other, columns) && getsBack(other, one, columns))?.filter(
    (column) => !same(one.image.value(column), other.image.value(column)),
  );

const getsBack = (row: Misfit, giver: Misfit, columns: readonly LeafColumn[]): boolean =>
  row.image.fits(row.leaf, new Map(columns.map((column) => [column, giver.image.value(column)])));

const same = (left: Buffer | null, right: Buffer | null): boolean => (left && right ? left.equals(right) : left === right);
