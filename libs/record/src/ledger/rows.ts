import { hash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { BinaryFields } from './binary-fields.js';
import { Coherence } from './coherence.js';
import { copyOut } from './copy-out.js';
import { atPlaceSql, imageSql, LEAF_BYTES } from './leaf.js';
import { indexOf } from './row-image.js';

// The nested loop reads the table in the order in which it was written. PostgreSQL would rather sort or hash all of it on disk, or
// memoize rows, though none is asked for twice.
const PLAN = ['enable_hashjoin', 'enable_mergejoin', 'enable_memoize', 'jit'].map((way) => `SET LOCAL ${way} = off`).join('; ');

// `|| ''` takes the leaves out of their TOAST table once per entry instead of once per row; OFFSET 0 keeps it so.
const ROWS = `
  SELECT l.n, place.session_id, place.position, substr(l.leaves, (place.ordinal::integer - 1) * ${LEAF_BYTES} + 1, ${LEAF_BYTES}),
         l.created_at, CASE WHEN s.session_id IS NOT NULL THEN ${imageSql('s')} END
    FROM (SELECT n, created_at, session_ids, positions, leaves || ''::bytea AS leaves FROM session_ledger ORDER BY n OFFSET 0) AS l
    CROSS JOIN LATERAL unnest(l.session_ids, l.positions) WITH ORDINALITY AS place(session_id, position, ordinal)
    LEFT JOIN agent_sessions s ON ${atPlaceSql('s', 'place.session_id', 'place.position')}`;
const F = { n: 0, sessionId: 1, position: 2, leaf: 3, createdAt: 4, image: 5 } as const;
const CREATED_AT = indexOf('created_at');

/** A place that the ledger knows. */
export interface RecordedPlace {
  readonly sessionId: string;
  /** `role:round:slot`. */
  readonly position: string;
  /** Of the ledger entry. */
  readonly n: number;
  readonly leaf: Buffer;
  /** When the entry was written, in PostgreSQL's binary form. */
  readonly createdAt: Buffer;
}

/** What becomes of each place; bytes given are the listener's own. */
export interface RowListener {
  readonly missing: (place: RecordedPlace) => void;
  readonly changed: (place: RecordedPlace, image: Buffer) => void;
  /** It fits its leaf, but whether it contradicts itself could not be excluded at once. */
  readonly doubtful: (place: RecordedPlace, image: Buffer) => void;
  /** It fits its leaf, but was recorded at another time (microseconds since 2000) than the entry, or is named by it twice. */
  readonly repeated: (place: RecordedPlace, recordedAt: bigint) => void;
}

/** Holds every row against the leaf that the ledger has of it: one pass in the ledger's order, one row in memory. */
export class Rows {
  /** Places in the ledger. */
  count = 0;
  /** Rows that were there. */
  found = 0;
  private readonly image = new BinaryFields();
  private readonly coherence = new Coherence();
  private entry: Buffer = Buffer.alloc(0);
  private readonly placesOfEntry = new Set<string>();

  constructor(private readonly listener: RowListener) {}

  async walk(client: ClientBase): Promise<void> {
    await client.query(PLAN);
    await copyOut(client, ROWS, (bytes, fields) => this.check(bytes, fields));
  }

  private check(bytes: Buffer, fields: BinaryFields): void {
    this.count++;
    if (fields.isNull(F.image)) return this.listener.missing(placeOf(bytes, fields));
    this.found++;
    const image = fieldOf(bytes, fields, F.image);
    this.image.readRecord(image, 0);
    if (!hash('sha256', image, 'buffer').equals(fieldOf(bytes, fields, F.leaf)))
      return this.listener.changed(placeOf(bytes, fields), Buffer.from(image));
    if (this.isRepeated(bytes, fields, image))
      return this.listener.repeated(placeOf(bytes, fields), fieldOf(image, this.image, CREATED_AT).readBigInt64BE());
    if (!this.coherence.holds(image, this.image)) this.listener.doubtful(placeOf(bytes, fields), Buffer.from(image));
  }

  /** The leaf commits to the time of the entry that recorded the row, and times are never given twice. */
  private isRepeated(bytes: Buffer, fields: BinaryFields, image: Buffer): boolean {
    const entry = fieldOf(bytes, fields, F.n);
    if (!entry.equals(this.entry)) {
      this.entry = Buffer.from(entry);
      this.placesOfEntry.clear();
    }
    const place = bytes.toString('latin1', fields.starts[F.sessionId], fields.ends[F.position]);
    const twice = this.placesOfEntry.has(place);
    this.placesOfEntry.add(place);
    return twice || !fieldOf(image, this.image, CREATED_AT).equals(fieldOf(bytes, fields, F.createdAt));
  }
}

const fieldOf = (bytes: Buffer, { starts, ends }: BinaryFields, field: number): Buffer =>
  bytes.subarray(starts[field], ends[field]);

const placeOf = (bytes: Buffer, fields: BinaryFields): RecordedPlace => {
  const own = (field: number): Buffer => Buffer.from(fieldOf(bytes, fields, field));
  return {
    sessionId: own(F.sessionId)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    position: own(F.position).toString('utf8'),
    n: Number(own(F.n).readBigInt64BE()),
    leaf: own(F.leaf),
    createdAt: own(F.createdAt),
  };
};
