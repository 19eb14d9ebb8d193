import type { ClientBase } from 'pg';
import { atPlaceSql, LEAF_COLUMNS, leafSql, PLACE_COLUMNS, type LeafColumn } from './leaf.js';

/** A row that does not fit its leaf. */
export interface Misfit {
  readonly sessionId: string;
  readonly position: string;
  readonly n: number;
  readonly leaf: Buffer;
  readonly columns: readonly string[];
}

export interface Swap {
  readonly one: Misfit;
  readonly other: Misfit;
  readonly columns: readonly string[];
}

/** More misfits than this are no swap any more. */
const MISFITS_MAX = 60;

const all = LEAF_COLUMNS.filter((column) => !PLACE_COLUMNS.includes(column));
const DONATIONS: readonly (readonly LeafColumn[])[] = [
  ...all.map((column) => [column]),
  ['seq', 'stream_id'],
  ['output_json', 'output_hash'],
  ['output_json', 'output_hash', 'outcome', 'gate', 'confidence'],
  ['output_json', 'output_hash', 'event_hash'],
  all.filter((column) => column !== 'created_at'),
  all,
];

/** Tries whether two misfits fit again when they give columns back to each other: that proves a swap. */
export const findSwaps = async (client: ClientBase, misfits: readonly Misfit[]): Promise<Swap[]> => {
  if (misfits.length > MISFITS_MAX) return [];
  const swaps: Swap[] = [];
  const settled = new Set<Misfit>();
  for (const [index, one] of misfits.entries()) {
    for (const other of misfits.slice(index + 1)) {
      if (settled.has(one) || settled.has(other)) continue;
      const columns = await swappedColumns(client, one, other);
      if (!columns) continue;
      swaps.push({ one, other, columns });
      settled.add(one).add(other);
    }
  }
  return swaps;
};

const LEAVES = DONATIONS.flatMap((columns, index) => [
  `${leafSql('a', new Set(columns), 'b')} AS a${index}`,
  `${leafSql('b', new Set(columns), 'a')} AS b${index}`,
]).join(', ');

const PAIR = `SELECT ${LEAVES} FROM agent_sessions a, agent_sessions b
  WHERE ${atPlaceSql('a', '$1::uuid', '$2::text')} AND ${atPlaceSql('b', '$3::uuid', '$4::text')}`;

const swappedColumns = async (client: ClientBase, one: Misfit, other: Misfit): Promise<readonly LeafColumn[] | undefined> => {
  const { rows } = await client.query<Record<string, Buffer>>(PAIR, [
    one.sessionId,
    one.position,
    other.sessionId,
    other.position,
  ]);
  const leaves = rows[0];
  if (!leaves) return undefined;
  return DONATIONS.find((_, index) => leaves[`a${index}`]?.equals(one.leaf) && leaves[`b${index}`]?.equals(other.leaf));
};
