import type { ClientBase, Pool } from 'pg';
import { Anchors } from './anchors.js';
import { contradictions } from './contradictions.js';
import { Entries } from './entries.js';
import { Findings, type Verification, type VerifyOptions } from './findings.js';
import { findMissingGuards } from './guards.js';
import { reportMisfits } from './misfit-report.js';
import { Misfits } from './misfits.js';
import { MissingRows } from './missing-rows.js';
import { Replays } from './replays.js';
import { RowImage } from './row-image.js';
import { Rows, type RecordedPlace } from './rows.js';
import { countRows, reportUnrecorded } from './unrecorded.js';

const FINDINGS_MAX = 1_000;

/**
 * Walks the ledger and the rows that it names, one of them in memory at a time, in one snapshot: appends may go on meanwhile. What does
 * not fit is collected, within bounds, and then looked into. Names every row, session and entry that is not as it was recorded.
 */
export const verify = async (pool: Pool, options: VerifyOptions = {}): Promise<Verification> => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // A schema of the reader's own could hold tables of the same names.
    await client.query('SET LOCAL search_path TO public');
    return await new Verifier(client, options).run();
  } finally {
    await client.query('ROLLBACK').then(
      () => client.release(),
      (error: Error) => client.release(error),
    );
  }
};

class Verifier {
  private readonly findings: Findings;
  private readonly entries: Entries;
  private readonly anchors: Anchors;
  private readonly missing: MissingRows;
  private readonly replays: Replays;
  private readonly misfits: Misfits;

  constructor(
    private readonly client: ClientBase,
    options: VerifyOptions,
  ) {
    this.findings = new Findings(options.findingsMax ?? FINDINGS_MAX);
    this.anchors = new Anchors([options.anchor ?? []].flat(), options.publicKey, this.findings);
    this.entries = new Entries(this.findings, this.anchors);
    this.missing = new MissingRows(this.findings);
    this.replays = new Replays(this.findings);
    this.misfits = new Misfits(this.findings.max);
  }

  async run(): Promise<Verification> {
    const { client, findings, missing, misfits, replays, entries } = this;
    await findMissingGuards(client, findings);
    await entries.walk(client);
    const rows = new Rows({
      missing: (place) => missing.add(place),
      changed: (place, image) => misfits.add(place, image),
      doubtful: (place, image) => this.checkCoherence(place, image),
      repeated: (place, recordedAt) => replays.add(place, recordedAt),
    });
    await rows.walk(client);
    await replays.report(client, entries.convicted);
    const limits = await reportMisfits(client, findings, misfits, entries.convicted);
    // Every place was found once and fits: then a row beyond them is a row too many.
    const clean = findings.total() === 0 && !missing.some;
    if (!clean || (await countRows(client)) !== rows.found) await reportUnrecorded(client, findings, missing);
    await missing.report(client);
    return this.verification(rows.count, limits);
  }

  private checkCoherence({ sessionId, position, n }: RecordedPlace, image: Buffer): void {
    const columns = contradictions(new RowImage(image).row());
    if (columns.length === 0) return;
    const text = `Row ${sessionId}/${position} is as it was recorded, but its writer contradicts itself in ${columns.join(', ')}.`;
    this.findings.add({ kind: 'row-incoherent', sessionId, position, n, columns, text });
  }

  private verification(rows: number, limits: readonly string[]): Verification {
    const { last, count, unprovenSince } = this.entries;
    return {
      ok: this.findings.total() === 0,
      findings: this.findings.all(),
      findingsTotal: this.findings.total(),
      limits,
      rows,
      entries: count,
      head: last && { n: last.n, root: last.root.toString('hex'), at: last.at },
      provenTo: this.anchors.provenTo(),
      tailUnprovenSince: unprovenSince,
    };
  }
}
