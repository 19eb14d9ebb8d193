import { readMessage, SCHEMA_VERSION, type Envelope, type Message, type Published } from '@inquest/contracts';
import { fromRow, type StoredRow } from '../envelope/from-row.js';

/** A row of a session, readable by this version or not. */
export interface RecordedEvent {
  readonly seq: number;
  readonly streamId: string;
  /** Exactly as published; of `data` nothing is known. */
  readonly envelope: Envelope;
  /** The same, once its contract is known to hold; null when a newer version wrote it or it is damaged. */
  readonly published: Published | null;
  /** What keeps this version from reading it; null when nothing does. */
  readonly problem: string | null;
}

export type EventRow = StoredRow & { readonly seq: number; readonly stream_id: string };

export const recordedEvent = (row: EventRow): RecordedEvent => {
  const { seq, stream_id: streamId } = row;
  const envelope = fromRow(row);
  const reading = readMessage(envelope);
  if (reading.kind !== 'message') {
    const newer = `it has schema version ${envelope.schemaVersion}, and this version reads up to ${SCHEMA_VERSION}`;
    return { seq, streamId, envelope, published: null, problem: reading.kind === 'newer' ? newer : reading.problems };
  }
  // Not what zod made of it: defaults and dropped fields would change the hash.
  return { seq, streamId, envelope, published: { seq, streamId, message: envelope as unknown as Message }, problem: null };
};
