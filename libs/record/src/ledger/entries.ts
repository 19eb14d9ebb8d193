import type { ClientBase } from 'pg';
import type { Anchors } from './anchors.js';
import { copyOut } from './copy-out.js';
import type { Findings } from './findings.js';
import { LEAF_BYTES, rootSql } from './leaf.js';

// The arrays stay in PostgreSQL: of an entry only what the chain is made of comes here.
const ENTRIES = `
  SELECT l.n, l.previous_root, l.root, ${rootSql('l')}, l.created_at,
         cardinality(l.session_ids) = cardinality(l.positions) AND length(l.leaves) = cardinality(l.positions) * ${LEAF_BYTES},
         to_char(l.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    FROM session_ledger l ORDER BY l.n`;
const F = { n: 0, previousRoot: 1, root: 2, ownRoot: 3, createdAt: 4, whole: 5, at: 6 } as const;

const NO_ROOT = Buffer.alloc(LEAF_BYTES);

/** The last entry that was read. */
interface Last {
  readonly n: number;
  readonly root: Buffer;
  readonly at: string;
  /** Microseconds. */
  readonly createdAt: bigint;
}

/** Walks the chain from its first entry: each has to give its own root, follow the one before, and be later. */
export class Entries {
  count = 0;
  /** Numbers of entries that the chain convicts; beyond `CONVICTED_MAX` they are only counted. */
  readonly convicted = new Set<number>();
  /** Of the first entry that no anchor proves. */
  unprovenSince: string | null = null;
  private previous: Last | null = null;

  constructor(
    private readonly findings: Findings,
    private readonly anchors: Anchors,
  ) {}

  get last(): Last | null {
    return this.previous;
  }

  async walk(client: ClientBase): Promise<void> {
    await copyOut(client, ENTRIES, (bytes, { starts, ends }) => {
      const field = (index: number): Buffer => bytes.subarray(starts[index], ends[index]);
      this.check({
        n: Number(field(F.n).readBigInt64BE()),
        previousRoot: field(F.previousRoot),
        // Kept beyond this call, while the bytes of the row are not.
        root: Buffer.from(field(F.root)),
        ownRoot: field(F.ownRoot),
        createdAt: field(F.createdAt).readBigInt64BE(),
        whole: field(F.whole)[0] === 1,
        at: field(F.at).toString('latin1'),
      });
    });
    this.anchors.finish(this.previous?.n ?? 0);
  }

  private check(entry: Last & { readonly previousRoot: Buffer; readonly ownRoot: Buffer; readonly whole: boolean }): void {
    const { n, root, at, createdAt } = entry;
    this.count++;
    this.checkPlace(entry);
    if (!root.equals(entry.ownRoot) || !entry.whole) this.convict(n, `Entry ${n} does not give its own root: it was changed.`);
    this.anchors.compare(n, root.toString('hex'), at);
    if (this.anchors.provenTo()?.n === n) this.unprovenSince = null;
    else this.unprovenSince ??= at;
    this.previous = { n, root, at, createdAt };
  }

  private checkPlace({ n, previousRoot, createdAt, at }: Last & { readonly previousRoot: Buffer }): void {
    const expected = (this.previous?.n ?? 0) + 1;
    if (n !== expected) {
      const which = n === expected + 1 ? `Entry ${expected} is` : `Entries ${expected} to ${n - 1} are`;
      this.findings.add({ kind: 'entry-missing', n: expected, text: `${which} gone from the ledger.` });
    } else if (!previousRoot.equals(this.previous?.root ?? NO_ROOT))
      this.convict(n, `Entry ${n} does not follow entry ${n - 1}: one of the two was rewritten.`);
    if (this.previous && createdAt <= this.previous.createdAt)
      this.convict(n, `Entry ${n} is of ${at}, which is not after entry ${this.previous.n}: it does not belong in this place.`);
  }

  private convict(n: number, text: string): void {
    if (this.convicted.size < CONVICTED_MAX) this.convicted.add(n);
    this.findings.add({ kind: 'entry-tampered', n, text });
  }
}

const CONVICTED_MAX = 1_000;
