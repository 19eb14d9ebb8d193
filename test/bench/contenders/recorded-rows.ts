import type { Client } from 'pg';

/** How many rows are on record: by the ledger, which has an entry per committed batch, so that asking costs next to nothing. */
export class RecordedRows {
  private rows = 0;
  private upTo = '0';

  constructor(private readonly client: Client) {}

  async count(): Promise<number> {
    const { rows } = await this.client.query<{ rows: string; last: string | null }>(
      'SELECT coalesce(sum(cardinality(session_ids)), 0) AS rows, max(n) AS last FROM session_ledger WHERE n > $1',
      [this.upTo],
    );
    this.rows += Number(rows[0]?.rows ?? 0);
    this.upTo = rows[0]?.last ?? this.upTo;
    return this.rows;
  }
}
