import type { ClientBase } from 'pg';
import type { Findings } from './findings.js';
import { rootSql } from './leaf.js';
import type { RecordedPlace } from './rows.js';

/** Entries looked into; each takes a pass over the ledger. */
const ENTRIES_MAX = 20;

const EARLIER = `
  SELECT e.n::float8 AS n, min(earlier.n)::float8 AS earlier FROM session_ledger e
    JOIN session_ledger earlier ON earlier.n < e.n AND earlier.leaves = e.leaves AND earlier.positions = e.positions
   WHERE e.n = ANY ($1::bigint[]) GROUP BY e.n ORDER BY e.n`;

/** A root commits to the number under which it was made. */
const MOVED = `
  SELECT e.n::float8 AS n, was.n::float8 AS was FROM session_ledger e CROSS JOIN unnest($1::bigint[]) AS was(n)
   WHERE e.n = ANY ($1::bigint[]) AND e.n <> was.n AND ${rootSql('e', 'was.n')} = e.root ORDER BY e.n`;

const OF_THAT_TIME = `
  SELECT n::float8 AS n FROM session_ledger
   WHERE n <> $1::bigint AND created_at = timestamptz '2000-01-01 00:00:00Z' + $2::bigint * interval '1 microsecond' LIMIT 1`;

interface Repetition {
  count: number;
  /** When one of the rows was recorded: microseconds since 2000. */
  readonly recordedAt: bigint;
}

/** Entries that name rows which were recorded at another time than theirs. */
export class Replays {
  private readonly repeated = new Map<number, Repetition>();

  constructor(private readonly findings: Findings) {}

  add({ n }: RecordedPlace, recordedAt: bigint): void {
    const known = this.repeated.get(n);
    if (known) known.count++;
    else if (this.repeated.size < this.findings.max) this.repeated.set(n, { count: 1, recordedAt });
  }

  /** @param convicted entries that the chain does not vouch for. */
  async report(client: ClientBase, convicted: ReadonlySet<number>): Promise<void> {
    const suspects = [...new Set([...this.repeated.keys(), ...convicted])].slice(0, ENTRIES_MAX);
    if (suspects.length === 0) return;
    const { rows } = await client.query<{ n: number; earlier: number }>(EARLIER, [suspects]);
    for (const { n, earlier } of rows)
      this.findings.add({
        kind: 'entry-replayed',
        n,
        text: `Entry ${n} repeats entry ${earlier}: an old entry was put in again.`,
      });
    const moved = await client.query<{ n: number; was: number }>(MOVED, [[...convicted].slice(0, ENTRIES_MAX)]);
    for (const { n, was } of moved.rows)
      this.findings.add({ kind: 'entry-moved', n, text: `Entry ${n} gives its root as entry ${was}: it was moved from there.` });
    const replayed = new Set(rows.map(({ n }) => n));
    for (const [n, repetition] of [...this.repeated].slice(0, ENTRIES_MAX))
      if (!replayed.has(n)) await this.reportOne(client, n, repetition);
    this.findings.addUnnamed(Math.max(0, this.repeated.size - ENTRIES_MAX));
  }

  private async reportOne(client: ClientBase, n: number, { count, recordedAt }: Repetition): Promise<void> {
    const { rows } = await client.query<{ n: number }>(OF_THAT_TIME, [n, String(recordedAt)]);
    const other = rows[0]?.n;
    const what = count === 1 ? 'a row' : `${count} rows`;
    if (other === undefined)
      this.findings.add({
        kind: 'entry-tampered',
        n,
        text: `Entry ${n} has another time than ${what} of it: its time was changed.`,
      });
    else
      this.findings.add({
        kind: 'entry-replayed',
        n,
        text: `Entry ${n} names ${what} that entry ${other} recorded: it was made up of old leaves.`,
      });
  }
}
