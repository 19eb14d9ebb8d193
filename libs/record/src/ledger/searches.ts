import type { CheckedRow } from './contradictions.js';
import { encode } from './encode.js';
import type { LeafColumn } from './leaf.js';
import { POSTGRES_EPOCH_MS } from './row-image.js';
import type { Misfit } from './misfits.js';

/** The values that a column may have held, so many that they are tried only when the column is a suspect. */
export interface Search {
  readonly column: LeafColumn;
  readonly values: Iterable<Buffer>;
}

const SEQ_MAX = 5_000;
const LATENCY_MAX_MS = 60_000;
const TOKENS_MAX = 20_000;
const BEFORE_MS = 40_000;

/** For columns that hold counts or moments: every value that a session of ours can have had. */
export const searchesFor = (misfit: Misfit, row: CheckedRow): Search[] => {
  const recordedMs = Number(misfit.createdAt.readBigInt64BE() / 1_000n) + POSTGRES_EPOCH_MS;
  return [
    { column: 'seq', values: counted(1, SEQ_MAX, encode.int4) },
    {
      column: 'stream_id',
      values: counted(0, BEFORE_MS, (before) => encode.text(`${recordedMs - before}-0`)),
    },
    {
      column: 'occurred_at',
      values: counted(0, BEFORE_MS, (before) => encode.timestamptz(recordedMs - before)),
    },
    { column: 'latency_ms', values: counted(0, LATENCY_MAX_MS, encode.int8) },
    ...(row.model === null ? [] : TOKENS).map((column): Search => ({ column, values: counted(0, TOKENS_MAX, encode.int8) })),
  ];
};

const TOKENS: readonly LeafColumn[] = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens'];

function* counted(from: number, to: number, of: (value: number) => Buffer): Generator<Buffer> {
  for (let value = from; value <= to; value++) yield of(value);
}
