import { POSTGRES_EPOCH_MS } from './row-image.js';

/** Values in the binary form that `record_send` gives them. */
export const encode = {
  text: (value: string): Buffer => Buffer.from(value, 'utf8'),
  uuid: (value: string): Buffer => Buffer.from(value.replaceAll('-', ''), 'hex'),
  bool: (value: boolean): Buffer => Buffer.from([value ? 1 : 0]),
  int4: (value: number): Buffer => {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeInt32BE(value);
    return bytes;
  },
  int8: (value: number): Buffer => {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigInt64BE(BigInt(value));
    return bytes;
  },
  float8: (value: number): Buffer => {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeDoubleBE(value);
    return bytes;
  },
  /** Epoch milliseconds. */
  timestamptz: (epochMs: number): Buffer => encode.int8((epochMs - POSTGRES_EPOCH_MS) * 1_000),
  /** As PostgreSQL spells jsonb: members by the length of their names, spaces behind colons and commas. */
  causes: (causes: readonly { readonly eventId: string; readonly eventHash: string }[]): Buffer => {
    const items = causes.map(({ eventId, eventHash }) => `{"eventId": "${eventId}", "eventHash": "${eventHash}"}`);
    return Buffer.from(`\u0001[${items.join(', ')}]`, 'utf8');
  },
} as const;

/** NULL stays NULL. */
export const orNull = <T>(value: T | null, write: (value: T) => Buffer): Buffer | null => (value === null ? null : write(value));
