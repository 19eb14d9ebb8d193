import type { ClientBase, Connection, Submittable } from 'pg';
import { BinaryFields } from './binary-fields.js';

/** `PGCOPY\n\xff\r\n\0`, flags, and the length of an extension that nobody uses. */
const HEADER_BYTES = 19;
const TRAILER = -1;

/**
 * Streams the rows of a SELECT in PostgreSQL's binary form. Nothing is kept: `onRow` gets the bytes of one row and has to be done with
 * them when it returns. The server waits while rows are looked at, so memory stays small however many there are.
 */
export const copyOut = (
  client: ClientBase,
  select: string,
  onRow: (bytes: Buffer, fields: BinaryFields) => void,
): Promise<void> =>
  new Promise((resolve, reject) => {
    client.query(
      new CopyOut(`COPY (${select}) TO STDOUT (FORMAT binary)`, onRow, (error) => (error ? reject(error) : resolve())),
    );
  });

/** What `pg` calls for a statement of another kind than it knows. */
class CopyOut implements Submittable {
  private readonly fields = new BinaryFields();
  private begun = false;
  private failure: Error | undefined;

  constructor(
    private readonly text: string,
    private readonly onRow: (bytes: Buffer, fields: BinaryFields) => void,
    private readonly done: (error?: Error) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.text);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.failure) return; // The rest still has to be read, or the connection could not be used again.
    try {
      const start = this.begun ? 0 : HEADER_BYTES;
      this.begun = true;
      if (chunk.length === start || chunk.readInt16BE(start) === TRAILER) return;
      this.fields.readTuple(chunk, start);
      this.onRow(chunk, this.fields);
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  handleError(error: Error): void {
    this.done(error);
  }

  handleReadyForQuery(): void {
    this.done(this.failure);
  }

  // pg tells of these too; the end of the statement is ReadyForQuery.
  handleRowDescription(): void {}
  handleCommandComplete(): void {}
}
