import type { Pool } from 'pg';
import type { Verification, VerifyOptions } from './findings.js';
import type { LedgerHead } from './heads.js';
import { verify } from './verify.js';

const HEADS = `SELECT n::float8 AS n, encode(root, 'hex') AS root, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
  FROM session_ledger ORDER BY n DESC LIMIT $1`;

/** The chain over all committed batches. */
export class Ledger {
  /** @param patient connections whose statements may take as long as they need: a check walks all of history. */
  constructor(
    private readonly pool: Pool,
    private readonly patient: Pool,
  ) {}

  /** The latest entry; null before the first. */
  async head(): Promise<LedgerHead | null> {
    return (await this.heads(1))[0] ?? null;
  }

  /** Newest first. */
  async heads(limit = 100): Promise<LedgerHead[]> {
    return (await this.pool.query<LedgerHead>({ name: 'inquest-heads', text: HEADS, values: [limit] })).rows;
  }

  /** Holds every row against the ledger and the ledger against its anchors; see `FindingKind`. */
  verify(options: VerifyOptions = {}): Promise<Verification> {
    return verify(this.patient, options);
  }
}
