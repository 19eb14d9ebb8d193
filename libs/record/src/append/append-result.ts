/** A message as it stands in its session's stream. */
export interface RecordableEvent {
  readonly seq: number;
  /** Redis time id, `<ms>-<n>`. */
  readonly streamId: string;
  /** The message's JSON exactly as published. */
  readonly body: string;
  /** Known from the stream's key; names the session of a body that cannot be read. */
  readonly sessionId?: string;
}

/** A terminal event that is committed, newly or since an earlier delivery: it may be released. */
export interface Terminal {
  readonly sessionId: string;
  readonly incidentId: string;
  /** Of the row, which is what everybody acts on, also when the delivered event was superseded. */
  readonly eventHash: string;
  readonly seq: number;
  readonly type: string;
}

/** The row was there first and differs: it wins. The newcomer belongs in the dead letters and its stream is rebuilt from the rows. */
export interface Superseded {
  readonly event: RecordableEvent;
  readonly sessionId: string;
  /** Of the newcomer. */
  readonly eventHash: string;
  /** Of the row that stands in its place; null when not it but one of its causes was superseded. */
  readonly rowHash: string | null;
}

/** Not inserted, because these causes are not committed yet. It stays pending and is tried again. */
export interface Waiting {
  readonly event: RecordableEvent;
  readonly sessionId: string;
  /** Event hashes. */
  readonly missing: readonly string[];
}

/** Cannot be stored, whatever is done; kept as bytes in `poisoned_events`. Its session has to end by `session.failed`. */
export interface Poisoned {
  readonly event: RecordableEvent;
  /** Null when neither the body nor the caller names one. */
  readonly sessionId: string | null;
  readonly incidentId: string | null;
  readonly reason: string;
}

export interface AppendResult {
  /** Rows written by this call. */
  readonly inserted: number;
  /** Events whose row, with the same hash, was committed before. */
  readonly repeated: number;
  readonly superseded: readonly Superseded[];
  readonly waiting: readonly Waiting[];
  readonly poisoned: readonly Poisoned[];
  /** Of the inserted ones those that a newer version wrote: kept as they are, and read by nobody of this version. */
  readonly newer: readonly { readonly event: RecordableEvent; readonly sessionId: string; readonly schemaVersion: number }[];
  /** Every terminal event of the delivered batch that is committed now, newly inserted or not. */
  readonly terminals: readonly Terminal[];
}
