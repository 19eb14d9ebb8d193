import { COLUMNS, type ColumnType, type InputRow } from '../envelope/columns.js';

// Type ids of PostgreSQL's own types never change.
const TYPE_IDS: Record<ColumnType, number> = {
  bool: 16,
  int8: 20,
  int4: 23,
  text: 25,
  float8: 701,
  timestamptz: 1184,
  uuid: 2950,
  jsonb: 3802,
};

/** 2000-01-01, where PostgreSQL begins to count microseconds. */
const POSTGRES_EPOCH_MS = 946_684_800_000;
const JSONB_VERSION = 1;
const NULL = -1;

/**
 * The rows as one `agent_session_input[]` in PostgreSQL's binary form, which `pg` passes on as it is. One array of
 * composites instead of an array per column: no quoting, no casts, and no tuple store per column on the other side.
 * @param elementTypeId of `agent_session_input`; it differs per database.
 */
export const compositeArray = (rows: readonly InputRow[], elementTypeId: number): Buffer => {
  const writer = new BinaryWriter(20 + rows.reduce((sum, row) => sum + bytesAtMost(row), 0));
  writer.int32(1); // dimensions
  writer.int32(0); // no null elements
  writer.int32(elementTypeId);
  writer.int32(rows.length);
  writer.int32(1); // lower bound
  for (const row of rows) writer.sized(() => writeRow(writer, row));
  return writer.bytes();
};

/** Upper bound of a row's size in binary form: a UTF-16 unit takes three bytes of UTF-8 at most. */
export const bytesAtMost = (row: InputRow): number => {
  let bytes = 8 + COLUMNS.length * 24;
  for (const [column] of COLUMNS) {
    const value = row[column];
    if (typeof value === 'string') bytes += value.length * 3;
  }
  return bytes;
};

const writeRow = (writer: BinaryWriter, row: InputRow): void => {
  writer.int32(COLUMNS.length);
  for (const [column, type] of COLUMNS) {
    const value = row[column];
    writer.int32(TYPE_IDS[type]);
    if (value === null) writer.int32(NULL);
    else writeValue(writer, type, value);
  }
};

const writeValue = (writer: BinaryWriter, type: ColumnType, value: string | number | boolean): void => {
  switch (type) {
    case 'text':
      return writer.sized(() => writer.text(String(value)));
    case 'jsonb':
      return writer.sized(() => {
        writer.byte(JSONB_VERSION);
        writer.text(String(value));
      });
    case 'uuid':
      writer.int32(16);
      return writer.uuid(String(value));
    case 'int4':
      writer.int32(4);
      return writer.int32(Number(value));
    case 'int8':
      writer.int32(8);
      return writer.int64(BigInt(value));
    case 'timestamptz':
      writer.int32(8);
      return writer.int64(BigInt(Number(value) - POSTGRES_EPOCH_MS) * 1_000n);
    case 'float8':
      writer.int32(8);
      return writer.double(Number(value));
    case 'bool':
      writer.int32(1);
      return writer.byte(value === true ? 1 : 0);
    default:
      return type satisfies never;
  }
};

/** Up to so many characters, writing them here takes less time than asking the Buffer to. */
const SHORT = 40;
const ASCII_MAX = 0x7f;

/** The value of a hexadecimal digit, by its character code. */
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 0 : value;
});
const DASH = 45;

class BinaryWriter {
  private readonly buffer: Buffer;
  private at = 0;

  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  byte(value: number): void {
    this.buffer[this.at++] = value;
  }

  int32(value: number): void {
    const { buffer, at } = this;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
    this.at = at + 4;
  }

  int64(value: bigint): void {
    this.at = this.buffer.writeBigInt64BE(value, this.at);
  }

  double(value: number): void {
    this.at = this.buffer.writeDoubleBE(value, this.at);
  }

  text(value: string): void {
    if (value.length > SHORT || !this.ascii(value)) this.at += this.buffer.write(value, this.at, 'utf8');
  }

  /** @param value 32 hexadecimal digits, with dashes or without, as its contract says. */
  uuid(value: string): void {
    const { buffer } = this;
    for (let index = 0; index < value.length; index += 2) {
      if (value.charCodeAt(index) === DASH) index += 1;
      const high = NIBBLES[value.charCodeAt(index)] ?? 0;
      const low = NIBBLES[value.charCodeAt(index + 1)] ?? 0;
      buffer[this.at++] = (high << 4) | low;
    }
  }

  /** Writes the length of what `write` writes before it. */
  sized(write: () => void): void {
    const start = this.at;
    this.at += 4;
    write();
    this.buffer.writeInt32BE(this.at - start - 4, start);
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  /** False when a character needs more than a byte: nothing counts as written then. */
  private ascii(value: string): boolean {
    const { buffer, at } = this;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > ASCII_MAX) return false;
      buffer[at + index] = code;
    }
    this.at = at + value.length;
    return true;
  }
}
