import type { ClientBase } from 'pg';
import type { Findings } from './findings.js';

interface MissingRow {
  readonly sessionId: string;
  readonly position: string;
  readonly n: number;
}

/** Rows that the ledger knows and the table does not; told apart from whole sessions that are gone. */
export class MissingRows {
  private readonly bySession = new Map<string, MissingRow[]>();
  private kept = 0;
  private dropped = 0;

  constructor(private readonly findings: Findings) {}

  add(row: MissingRow): void {
    if (this.kept >= this.findings.max) {
      this.dropped++;
      return;
    }
    this.kept++;
    const rows = this.bySession.get(row.sessionId);
    if (rows) rows.push(row);
    else this.bySession.set(row.sessionId, [row]);
  }

  async report(client: ClientBase): Promise<void> {
    const { rows } = await client.query<{ id: string }>(
      'SELECT id FROM unnest($1::uuid[]) AS id WHERE EXISTS (SELECT FROM agent_sessions s WHERE s.session_id = id)',
      [[...this.bySession.keys()]],
    );
    const present = new Set(rows.map(({ id }) => id));
    for (const [sessionId, missing] of this.bySession) {
      if (present.has(sessionId)) missing.forEach((row) => this.reportRow(row));
      else this.reportSession(sessionId, missing);
    }
    if (this.dropped > 0) this.findings.add({ kind: 'row-missing', text: `${this.dropped} more rows are missing.` });
  }

  private reportRow({ sessionId, position, n }: MissingRow): void {
    this.findings.add({
      kind: 'row-missing',
      sessionId,
      position,
      n,
      text: `Row ${sessionId}/${position}, recorded by entry ${n}, is gone.`,
    });
  }

  private reportSession(sessionId: string, missing: readonly MissingRow[]): void {
    const positions = missing.map(({ position }) => position).join(', ');
    this.findings.add({
      kind: 'session-missing',
      sessionId,
      text: `Session ${sessionId} is gone with all its rows (${positions}).`,
    });
  }
}
