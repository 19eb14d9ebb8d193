import type { ClientBase, Pool } from 'pg';
import { STORED_COLUMNS } from '../envelope/from-row.js';
import { Anchors } from './anchors.js';
import { Findings, type Verification, type VerifyOptions } from './findings.js';
import { findMissingGuards } from './guards.js';
import { atPlaceSql, LEAF_BYTES, leafSql, rootSql } from './leaf.js';
import { MissingRows } from './missing-rows.js';
import { contradictions, UNCOVERED, type CheckedRow } from './suspects.js';
import { findSwaps, type Misfit } from './swaps.js';
import { reportUnrecorded } from './unrecorded.js';

const FINDINGS_MAX = 1_000;
const ENTRIES_PER_FETCH = 20;
const NO_ROOT = Buffer.alloc(LEAF_BYTES);

/**
 * Walks the ledger from its first entry, one batch of rows in memory at a time, in one snapshot: appends may go on
 * meanwhile. Names every row, session and entry that is not as it was recorded.
 */
export const verify = async (pool: Pool, options: VerifyOptions = {}): Promise<Verification> => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await new Verifier(client, options).run();
  } finally {
    await client.query('ROLLBACK').then(
      () => client.release(),
      (error: Error) => client.release(error),
    );
  }
};

interface Entry {
  readonly n: number;
  readonly previous_root: Buffer;
  readonly root: Buffer;
  readonly own_root: Buffer;
  readonly at: string;
  readonly session_ids: string[];
  readonly positions: string[];
  readonly leaves: Buffer;
}

type RowWithLeaf = CheckedRow & { readonly ordinal: number; readonly leaf: Buffer | null };

const ENTRIES = `DECLARE inquest_entries NO SCROLL CURSOR FOR
  SELECT l.n::float8 AS n, l.previous_root, l.root, ${rootSql('l')} AS own_root, l.session_ids::text[], l.positions, l.leaves,
         to_char(l.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
    FROM session_ledger l ORDER BY l.n`;

const ROWS = `SELECT wanted.ordinal::int AS ordinal, row.* FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS wanted(of_session, of_position, ordinal)
  LEFT JOIN LATERAL (SELECT ${STORED_COLUMNS}, ${leafSql('s')} AS leaf FROM agent_sessions s
                       WHERE ${atPlaceSql('s', 'wanted.of_session', 'wanted.of_position')}) AS row ON true`;

class Verifier {
  private readonly findings: Findings;
  private readonly anchors: Anchors;
  private readonly missing: MissingRows;
  private readonly misfits: Misfit[] = [];
  private rows = 0;
  private entries = 0;
  private previous: Pick<Entry, 'n' | 'root' | 'at'> | null = null;
  private unprovenSince: string | null = null;

  constructor(
    private readonly client: ClientBase,
    options: VerifyOptions,
  ) {
    this.findings = new Findings(options.findingsMax ?? FINDINGS_MAX);
    this.anchors = new Anchors([options.anchor ?? []].flat(), options.publicKey, this.findings);
    this.missing = new MissingRows(this.findings);
  }

  async run(): Promise<Verification> {
    await findMissingGuards(this.client, this.findings);
    await this.client.query(ENTRIES);
    for (;;) {
      const { rows: entries } = await this.client.query<Entry>(`FETCH ${ENTRIES_PER_FETCH} FROM inquest_entries`);
      for (const entry of entries) await this.check(entry);
      if (entries.length < ENTRIES_PER_FETCH) break;
    }
    this.anchors.finish(this.previous?.n ?? 0);
    await this.reportMisfits();
    await this.missing.report(this.client);
    await reportUnrecorded(this.client, this.findings);
    return this.verification();
  }

  private async check(entry: Entry): Promise<void> {
    this.entries++;
    this.checkChain(entry);
    this.anchors.compare(entry.n, entry.root.toString('hex'), entry.at);
    if (this.anchors.provenTo()?.n === entry.n) this.unprovenSince = null;
    else this.unprovenSince ??= entry.at;
    this.previous = { n: entry.n, root: entry.root, at: entry.at };
    const { rows } = await this.client.query<RowWithLeaf>(ROWS, [entry.session_ids, entry.positions]);
    for (const row of rows) this.checkRow(entry, row);
  }

  private checkChain({ n, root, own_root, previous_root, positions, session_ids, leaves }: Entry): void {
    const expected = (this.previous?.n ?? 0) + 1;
    if (n !== expected) {
      const which = n === expected + 1 ? `Entry ${expected} is` : `Entries ${expected} to ${n - 1} are`;
      this.findings.add({ kind: 'entry-missing', n: expected, text: `${which} gone from the ledger.` });
    } else if (!previous_root.equals(this.previous?.root ?? NO_ROOT)) {
      this.findings.add({
        kind: 'entry-tampered',
        n,
        text: `Entry ${n} does not follow entry ${n - 1}: one of the two was rewritten.`,
      });
    }
    if (!root.equals(own_root) || leaves.length !== positions.length * LEAF_BYTES || positions.length !== session_ids.length)
      this.findings.add({ kind: 'entry-tampered', n, text: `Entry ${n} does not give its own root: it was changed.` });
  }

  private checkRow(entry: Entry, row: RowWithLeaf): void {
    this.rows++;
    const index = row.ordinal - 1;
    const sessionId = entry.session_ids[index] ?? '';
    const position = entry.positions[index] ?? '';
    const leaf = entry.leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES);
    if (row.leaf === null) this.missing.add({ sessionId, position, n: entry.n });
    else if (!row.leaf.equals(leaf))
      this.misfits.push({ sessionId, position, n: entry.n, leaf, columns: suspects(row, entry.at) });
    else this.checkCoherence(row, sessionId, position, entry.n);
  }

  private checkCoherence(row: RowWithLeaf, sessionId: string, position: string, n: number): void {
    const columns = contradictions(row);
    if (columns.length === 0) return;
    const text = `Row ${sessionId}/${position} is as it was recorded, but its writer contradicts itself in ${columns.join(', ')}.`;
    this.findings.add({ kind: 'row-incoherent', sessionId, position, n, columns, text });
  }

  private async reportMisfits(): Promise<void> {
    const swaps = await findSwaps(this.client, this.misfits);
    const swapped = new Set(swaps.flatMap(({ one, other }) => [one, other]));
    for (const { one, other, columns } of swaps) {
      const { sessionId, position, n } = one;
      const text = `Rows ${nameOf(one)} and ${nameOf(other)} were swapped in ${columns.join(', ')}.`;
      this.findings.add({ kind: 'rows-swapped', sessionId, position, n, columns, other: nameOf(other), text });
    }
    for (const misfit of this.misfits.filter((candidate) => !swapped.has(candidate))) {
      const { sessionId, position, n, columns } = misfit;
      this.findings.add({
        kind: 'row-tampered',
        sessionId,
        position,
        n,
        columns,
        text: `Row ${nameOf(misfit)} was changed: ${columns.join(', ')}.`,
      });
    }
  }

  private verification(): Verification {
    const last = this.previous;
    return {
      ok: this.findings.total() === 0,
      findings: this.findings.all(),
      findingsTotal: this.findings.total(),
      rows: this.rows,
      entries: this.entries,
      head: last && { n: last.n, root: last.root.toString('hex'), at: last.at },
      provenTo: this.anchors.provenTo(),
      tailUnprovenSince: this.unprovenSince,
    };
  }
}

const nameOf = ({ sessionId, position }: Misfit): string => `${sessionId}/${position}`;

const suspects = (row: RowWithLeaf, recordedAt: string): string[] => {
  const convicted = [...(row.created_at === recordedAt ? [] : ['created_at']), ...contradictions(row)];
  return convicted.length > 0 ? convicted : UNCOVERED;
};
