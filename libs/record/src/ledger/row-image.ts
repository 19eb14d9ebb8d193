import { hash } from 'node:crypto';
import type { EnvelopeRest } from '../envelope/from-row.js';
import { BinaryFields } from './binary-fields.js';
import { LEAF_COLUMNS, type LeafColumn } from './leaf.js';
import type { CheckedRow } from './contradictions.js';

const INDEX = Object.fromEntries(LEAF_COLUMNS.map((column, index) => [column, index])) as Record<LeafColumn, number>;

/** The place of a column within an image. */
export const indexOf = (column: LeafColumn): number => INDEX[column];

/** Values in PostgreSQL's binary form, to be put in the place of those that a row has; null is NULL. */
export type Replacements = ReadonlyMap<LeafColumn, Buffer | null>;

/**
 * A row of `agent_sessions` as `record_send` gives it: exactly the bytes that its leaf is the SHA-256 of. So what a row would have to
 * hold for its leaf to fit can be tried here, without asking PostgreSQL.
 */
export class RowImage {
  private readonly fields = new BinaryFields();

  /** @param bytes kept: copy them out of a buffer that will be used again. */
  constructor(readonly bytes: Buffer) {
    this.fields.readRecord(bytes, 0);
  }

  /** The stored value in binary form; null for NULL. */
  value(column: LeafColumn): Buffer | null {
    const index = INDEX[column];
    return this.fields.isNull(index) ? null : this.bytes.subarray(this.fields.starts[index], this.fields.ends[index]);
  }

  /** Whether the row, with some values replaced, is what the leaf was made of. */
  fits(leaf: Buffer, replaced: Replacements = NONE): boolean {
    return hash('sha256', replaced.size === 0 ? this.bytes : this.with(replaced), 'buffer').equals(leaf);
  }

  /** For many values of one column: tells of each whether the row fits with it. A try costs little more than the hash. */
  trial(leaf: Buffer, column: LeafColumn): (value: Buffer) => boolean {
    const from = this.fields.starts[INDEX[column]] ?? 0;
    const wanted = leaf.toString('hex');
    let bytes: Buffer = Buffer.alloc(0);
    let length = -1;
    return (value) => {
      if (value.length !== length) {
        bytes = this.with(new Map([[column, value]]));
        length = value.length;
      } else value.copy(bytes, from);
      return hash('sha256', bytes, 'hex') === wanted;
    };
  }

  /** The image that the row would have with these values. */
  with(replaced: Replacements): Buffer {
    const inOrder = [...replaced].map(([column, value]) => ({ index: INDEX[column], value })).sort((a, b) => a.index - b.index);
    const pieces: Buffer[] = [];
    let from = 0;
    for (const { index, value } of inOrder) {
      const start = this.fields.starts[index] ?? 0;
      pieces.push(this.bytes.subarray(from, start - LENGTH_BYTES), lengthOf(value));
      if (value) pieces.push(value);
      from = this.fields.isNull(index) ? start : (this.fields.ends[index] ?? start);
    }
    return Buffer.concat([...pieces, this.bytes.subarray(from)]);
  }

  /** The row as a query would give it. */
  row(): CheckedRow {
    return {
      session_id: this.uuid('session_id'),
      incident_id: this.uuid('incident_id'),
      agent_role: this.text('agent_role'),
      round: this.int4('round'),
      slot: this.text('slot'),
      event_id: this.uuid('event_id'),
      type: this.text('type'),
      seq: this.int4('seq') ?? 0,
      stream_id: this.text('stream_id') ?? '',
      schema_version: this.int4('schema_version'),
      mind: this.text('mind'),
      degraded: this.value('degraded')?.readUInt8() === 1,
      vote: this.text('vote'),
      on_behalf_of: this.text('on_behalf_of'),
      prompt_hash: this.text('prompt_hash'),
      rule_set: this.text('rule_set'),
      causes: this.json('causes'),
      traceparent: this.text('traceparent'),
      trace_id: this.text('trace_id'),
      occurred_at: this.time('occurred_at'),
      latency_ms: this.int8('latency_ms') ?? 0,
      model: this.text('model'),
      input_tokens: this.int8('input_tokens'),
      output_tokens: this.int8('output_tokens'),
      cache_read_tokens: this.int8('cache_read_tokens'),
      cache_write_tokens: this.int8('cache_write_tokens'),
      cost_usd: this.float8('cost_usd'),
      outcome: this.text('outcome'),
      gate: this.int4('gate'),
      confidence: this.float8('confidence'),
      output_json: this.json('output_json'),
      output_hash: this.text('output_hash'),
      input_hash: this.text('input_hash'),
      event_hash: this.text('event_hash'),
      envelope_rest: this.json('envelope_rest') as EnvelopeRest | null,
    };
  }

  private text(column: LeafColumn): string | null {
    return this.value(column)?.toString('utf8') ?? null;
  }

  private uuid(column: LeafColumn): string | null {
    const hex = this.value(column)?.toString('hex');
    return hex === undefined ? null : hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  private int4(column: LeafColumn): number | null {
    return this.value(column)?.readInt32BE() ?? null;
  }

  private int8(column: LeafColumn): number | null {
    const value = this.value(column)?.readBigInt64BE();
    return value === undefined ? null : Number(value);
  }

  /** Epoch milliseconds. */
  private time(column: LeafColumn): number {
    const microseconds = this.value(column)?.readBigInt64BE() ?? 0n;
    if (microseconds === INFINITY || microseconds === -INFINITY - 1n) return Number.POSITIVE_INFINITY;
    return Number(microseconds / 1_000n) + Number(microseconds % 1_000n) / 1_000 + POSTGRES_EPOCH_MS;
  }

  private float8(column: LeafColumn): number | null {
    return this.value(column)?.readDoubleBE() ?? null;
  }

  private json(column: LeafColumn): unknown {
    const value = this.value(column);
    return value === null ? null : (JSON.parse(value.toString('utf8', JSONB_VERSION_BYTES)) as unknown);
  }
}

const NONE: Replacements = new Map();
const LENGTH_BYTES = 4;
const INFINITY = 2n ** 63n - 1n;
const JSONB_VERSION_BYTES = 1;
/** 2000-01-01, where PostgreSQL begins to count microseconds. */
export const POSTGRES_EPOCH_MS = 946_684_800_000;

const lengthOf = (value: Buffer | null): Buffer => {
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeInt32BE(value?.length ?? -1);
  return length;
};
