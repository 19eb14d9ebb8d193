import type { Envelope, Outcome } from '@inquest/contracts';
import type { Pool } from 'pg';
import { fromRow, type StoredRow } from '../envelope/from-row.js';
import { AuditKey, pageQuery, type AuditFilter } from './audit-query.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { asked } from './invalid-query.js';

/** One row of `agent_sessions`: the message exactly as published (its hash still fits) and its place. */
export interface AuditEntry {
  readonly seq: number;
  readonly streamId: string;
  /** When it was recorded: RFC 3339, UTC, microseconds. */
  readonly createdAt: string;
  readonly outcome: Outcome | 'failed' | null;
  readonly gate: number | null;
  readonly confidence: number | null;
  readonly traceId: string | null;
  readonly message: Envelope;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** Cursor of the following page; null on the last one. */
  readonly next: string | null;
}

interface Row extends StoredRow {
  readonly seq: number;
  readonly stream_id: string;
  readonly created_at: string;
  readonly outcome: AuditEntry['outcome'];
  readonly gate: number | null;
  readonly confidence: number | null;
  readonly trace_id: string | null;
}

const LIMIT_MAX = 500;
const STREAM_PAGE = 200;

/** The history, searched. */
export class Audit {
  constructor(private readonly pool: Pool) {}

  /** @throws {InvalidCursorError} @throws {InvalidQueryError} */
  async page(filter: AuditFilter, cursor?: string, limit = 50): Promise<AuditPage> {
    const size = Math.min(Math.max(1, Math.trunc(limit)), LIMIT_MAX);
    const { text, values } = pageQuery(filter, cursor === undefined ? undefined : decodeCursor(cursor, AuditKey), size + 1);
    const { rows } = await asked(() => this.pool.query<Row>(text, values));
    const shown = rows.slice(0, size);
    const last = shown.at(-1);
    return { entries: shown.map(entryOf), next: rows.length > size && last ? encodeCursor(keyOf(last)) : null };
  }

  /** Every row that fits, newest first, a page at a time, so that memory stays bounded however long the history is. */
  async *stream(filter: AuditFilter): AsyncGenerator<AuditEntry> {
    let cursor: string | undefined;
    do {
      const page: AuditPage = await this.page(filter, cursor, STREAM_PAGE);
      yield* page.entries;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }
}

export const entryOf = (row: Row): AuditEntry => ({
  seq: row.seq,
  streamId: row.stream_id,
  createdAt: row.created_at,
  outcome: row.outcome,
  gate: row.gate,
  confidence: row.confidence,
  traceId: row.trace_id,
  message: fromRow(row),
});

const keyOf = (row: Row): (string | number)[] => [
  row.created_at,
  String(row.session_id),
  String(row.agent_role),
  Number(row.round),
  String(row.slot),
];
