/** Nodes of one JSON value, members of one object, levels: what has more is not taken. */
const NODES_MAX = 1 << 16;
const MEMBERS_MAX = 256;
const DEPTH_MAX = 64;
const NONE = -1;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COLON = 0x3a;
/** In UTF-8, characters from U+E000 on, and those that UTF-16 spells by two units, begin with this byte or a greater one. */
const SURROGATES = 0xee;

/** The value is none of those that this way is made for; the long way takes any. */
export class NotTakenError extends Error {
  override readonly name = 'NotTakenError';
}

/**
 * Turns the text of a `jsonb` value into RFC 8785 without making objects of it: members are put in order, spaces dropped, and strings
 * copied, as PostgreSQL escapes them alike. Several times faster than parsing and serialising, and only ever used to say that a hash
 * fits: whatever it gets wrong does not fit, and is then looked at by the library that defines our hashes.
 */
export class CanonicalBytes {
  readonly out: Buffer;
  /** Bytes written. */
  length = 0;

  private source: Buffer = Buffer.alloc(0);
  private at = 0;
  private nodes = 0;
  private readonly starts = new Int32Array(NODES_MAX);
  private readonly ends = new Int32Array(NODES_MAX);
  private readonly children = new Int32Array(NODES_MAX);
  private readonly nexts = new Int32Array(NODES_MAX);
  private readonly keyStarts = new Int32Array(NODES_MAX);
  private readonly keyEnds = new Int32Array(NODES_MAX);

  /** @param bytesMax room for all that is written between two `clear`s. */
  constructor(bytesMax: number) {
    this.out = Buffer.allocUnsafe(bytesMax);
  }

  clear(): void {
    this.length = 0;
  }

  /** Text without characters beyond Latin-1. */
  writeText(text: string): void {
    this.makeRoom(text.length);
    this.length += this.out.write(text, this.length, 'latin1');
  }

  /** @throws {NotTakenError} */
  writeJsonb(source: Buffer, start: number, end: number): void {
    this.makeRoom(end - start);
    this.source = source;
    this.at = start;
    this.nodes = 0;
    this.emit(this.parse(0));
    if (this.at !== end) throw new NotTakenError();
  }

  /** The JSON of a member of the object that was written last; undefined when it has none of that name. */
  member(name: string): string | undefined {
    const { source } = this;
    for (let child = this.children[0] ?? NONE; child !== NONE; child = this.nexts[child] ?? NONE) {
      const from = (this.keyStarts[child] ?? 0) + 1;
      const to = (this.keyEnds[child] ?? 0) - 1;
      if (to - from === name.length && source.toString('latin1', from, to) === name)
        return source.toString('latin1', this.starts[child], this.ends[child]);
    }
    return undefined;
  }

  private makeRoom(bytes: number): void {
    // Numbers may grow when they are spelt anew, but not to twice their length.
    if (this.length + bytes * 2 > this.out.length) throw new NotTakenError();
  }

  private parse(depth: number): number {
    const node = this.nodes++;
    if (node >= NODES_MAX || depth > DEPTH_MAX) throw new NotTakenError();
    this.starts[node] = this.at;
    this.children[node] = NONE;
    this.nexts[node] = NONE;
    const first = this.source[this.at];
    if (first === QUOTE) this.skipString();
    else if (first === OPEN_OBJECT) this.parseObject(node, depth);
    else if (first === OPEN_ARRAY) this.parseArray(node, depth);
    else this.skipScalar();
    this.ends[node] = this.at;
    return node;
  }

  private parseObject(object: number, depth: number): void {
    this.at++;
    if (this.source[this.at] === CLOSE_OBJECT) {
      this.at++;
      return;
    }
    for (let members = 0; ; members++) {
      if (members >= MEMBERS_MAX) throw new NotTakenError();
      const keyStart = this.at;
      this.skipString();
      const keyEnd = this.at;
      this.at += 2; // ": "
      const member = this.parse(depth + 1);
      this.keyStarts[member] = keyStart;
      this.keyEnds[member] = keyEnd;
      this.insert(object, member);
      if (this.source[this.at] === CLOSE_OBJECT) break;
      this.at += 2; // ", "
    }
    this.at++;
  }

  private parseArray(array: number, depth: number): void {
    this.at++;
    if (this.source[this.at] === CLOSE_ARRAY) {
      this.at++;
      return;
    }
    let last = NONE;
    for (;;) {
      const item = this.parse(depth + 1);
      if (last === NONE) this.children[array] = item;
      else this.nexts[last] = item;
      last = item;
      if (this.source[this.at] === CLOSE_ARRAY) break;
      this.at += 2; // ", "
    }
    this.at++;
  }

  /** Behind the closing quote. */
  private skipString(): void {
    const { source } = this;
    let at = this.at + 1;
    for (let byte = source[at]; byte !== QUOTE; byte = source[at]) {
      if (byte === undefined) throw new NotTakenError();
      at += byte === BACKSLASH ? 2 : 1;
    }
    this.at = at + 1;
  }

  private skipScalar(): void {
    const { source } = this;
    for (let byte = source[this.at]; byte !== COMMA && byte !== CLOSE_OBJECT && byte !== CLOSE_ARRAY; byte = source[this.at]) {
      if (byte === undefined) throw new NotTakenError();
      this.at++;
    }
  }

  /** Among the members of an object, in the order of their keys. */
  private insert(object: number, member: number): void {
    let before = NONE;
    let after = this.children[object] ?? NONE;
    while (after !== NONE && this.precedes(after, member)) {
      before = after;
      after = this.nexts[after] ?? NONE;
    }
    this.nexts[member] = after;
    if (before === NONE) this.children[object] = member;
    else this.nexts[before] = member;
  }

  private precedes(left: number, right: number): boolean {
    const { source } = this;
    const rightEnd = this.keyEnds[right] ?? 0;
    let from = this.keyStarts[left] ?? 0;
    for (let at = this.keyStarts[right] ?? 0; at < rightEnd; at++, from++) {
      const one = source[from] ?? 0;
      const other = source[at] ?? 0;
      // An escape stands for another character, and beyond these bytes UTF-8 and UTF-16 are no longer in the same order.
      if (one === BACKSLASH || other === BACKSLASH || one >= SURROGATES || other >= SURROGATES) throw new NotTakenError();
      if (one === other) continue;
      if (one === QUOTE) return true;
      return other !== QUOTE && one < other;
    }
    throw new NotTakenError(); // The same key twice, which jsonb does not know.
  }

  private emit(node: number): void {
    const start = this.starts[node] ?? 0;
    const first = this.source[start];
    if (first === OPEN_OBJECT) this.emitAll(node, OPEN_OBJECT, CLOSE_OBJECT, true);
    else if (first === OPEN_ARRAY) this.emitAll(node, OPEN_ARRAY, CLOSE_ARRAY, false);
    else if (first !== undefined && first < 0x3a && first !== QUOTE) this.emitNumber(start, this.ends[node] ?? start);
    else this.copy(start, this.ends[node] ?? start);
  }

  private emitAll(node: number, open: number, close: number, keyed: boolean): void {
    const { out } = this;
    out[this.length++] = open;
    for (let child = this.children[node] ?? NONE, more = false; child !== NONE; child = this.nexts[child] ?? NONE, more = true) {
      if (more) out[this.length++] = COMMA;
      if (keyed) {
        this.copy(this.keyStarts[child] ?? 0, this.keyEnds[child] ?? 0);
        out[this.length++] = COLON;
      }
      this.emit(child);
    }
    out[this.length++] = close;
  }

  /** Whole numbers are spelt alike; others as ECMAScript does. */
  private emitNumber(start: number, end: number): void {
    let whole = end - start <= 15;
    for (let at = start; whole && at < end; at++) whole = this.source[at] !== 0x2e;
    if (whole) this.copy(start, end);
    else this.length += this.out.write(String(Number(this.source.toString('latin1', start, end))), this.length, 'latin1');
  }

  private copy(start: number, end: number): void {
    const { source, out } = this;
    if (end - start > 48) {
      this.length += source.copy(out, this.length, start, end);
      return;
    }
    let to = this.length;
    for (let at = start; at < end; at++) out[to++] = source[at] ?? 0;
    this.length = to;
  }
}
