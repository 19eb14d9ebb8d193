/** Where the fields of one row lie in PostgreSQL's binary forms; made once and filled for each row. */
export class BinaryFields {
  /** Offset of each field's first byte. */
  readonly starts: number[] = [];
  /** Offset behind its last; -1 for NULL. */
  readonly ends: number[] = [];

  /** A tuple of COPY: a 16-bit count, then length and bytes of each. */
  readTuple(bytes: Buffer, from: number): void {
    this.read(bytes, from + 2, bytes.readInt16BE(from), 0);
  }

  /** What `record_send` gives: a 32-bit count, then type, length and bytes of each. */
  readRecord(bytes: Buffer, from: number): void {
    this.read(bytes, from + 4, bytes.readInt32BE(from), 4);
  }

  isNull(field: number): boolean {
    return this.ends[field] === NULL;
  }

  private read(bytes: Buffer, from: number, count: number, typeBytes: number): void {
    let at = from;
    for (let field = 0; field < count; field++) {
      const length = bytes.readInt32BE(at + typeBytes);
      at += typeBytes + 4;
      this.starts[field] = at;
      this.ends[field] = length === -1 ? NULL : (at += length);
    }
    this.starts.length = this.ends.length = count;
  }
}

const NULL = -1;
