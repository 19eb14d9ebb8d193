import { Role, type Envelope, type Outcome } from '@inquest/contracts';
import type { Pool } from 'pg';
import { z } from 'zod';
import { fromRow, STORED_COLUMNS, type StoredRow } from '../envelope/from-row.js';
import { decodeCursor, encodeCursor, MicrosecondTime } from './cursor.js';
import { asked } from './invalid-query.js';

export interface AuditFilter {
  readonly sessionId?: string | undefined;
  readonly incidentId?: string | undefined;
  readonly role?: Role | undefined;
  readonly outcome?: Outcome | 'failed' | undefined;
  /** Recorded at or after, RFC 3339. */
  readonly from?: string | undefined;
  /** Recorded before, RFC 3339. */
  readonly to?: string | undefined;
  readonly degraded?: boolean | undefined;
}

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

/** Of a role or a slot. */
const Name = z
  .string()
  .max(60)
  .regex(/^[\w:.-]+$/);

/** A row's creation time and primary key: no two rows are equal in it. */
const Key = z.tuple([MicrosecondTime, z.uuid(), Name, z.int32(), Name]);

/** The history, searched. */
export class Audit {
  constructor(private readonly pool: Pool) {}

  /** @throws {InvalidCursorError} @throws {InvalidQueryError} */
  async page(filter: AuditFilter, cursor?: string, limit = 50): Promise<AuditPage> {
    const size = Math.min(Math.max(1, Math.trunc(limit)), LIMIT_MAX);
    const { text, values } = pageQuery(filter, cursor === undefined ? undefined : decodeCursor(cursor, Key), size + 1);
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

const NEWEST_FIRST = 'created_at DESC, session_id DESC, agent_role DESC, round DESC, slot DESC';

/**
 * Without a session, incident or outcome to go by, the newest rows of each role are merged: there is an index on role
 * and time and none on time alone.
 */
const pageQuery = (
  filter: AuditFilter,
  after: z.infer<typeof Key> | undefined,
  limit: number,
): { text: string; values: unknown[] } => {
  const values: unknown[] = [];
  const param = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [
    ...(filter.sessionId === undefined ? [] : [`session_id = ${param(filter.sessionId)}::uuid`]),
    ...(filter.incidentId === undefined ? [] : [`incident_id = ${param(filter.incidentId)}::uuid`]),
    ...(filter.outcome === undefined ? [] : [`outcome = ${param(filter.outcome)}`]),
    ...(filter.from === undefined ? [] : [`created_at >= ${param(filter.from)}::timestamptz`]),
    ...(filter.to === undefined ? [] : [`created_at < ${param(filter.to)}::timestamptz`]),
    ...(filter.degraded === undefined ? [] : [`degraded = ${param(filter.degraded)}`]),
    ...(after === undefined
      ? []
      : [
          `(created_at, session_id, agent_role, round, slot) < (${after.map((part, i) => `${param(part)}::${KEY_TYPES[i]}`).join(', ')})`,
        ]),
  ];
  const size = param(limit);
  const newest = (where: readonly string[]) =>
    `SELECT * FROM agent_sessions ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY ${NEWEST_FIRST} LIMIT ${size}`;
  const indexed = filter.sessionId ?? filter.incidentId ?? filter.outcome;
  const roles = param(filter.role === undefined ? Role.options : [filter.role]);
  const rows =
    indexed === undefined
      ? `SELECT found.* FROM unnest(${roles}::text[]) AS wanted(role) CROSS JOIN LATERAL (${newest(['agent_role = wanted.role', ...conditions])}) AS found`
      : newest([`agent_role = ANY (${roles}::text[])`, ...conditions]);
  return {
    text: `SELECT ${STORED_COLUMNS} FROM (${rows}) AS row ORDER BY row.created_at DESC, ${NEWEST_FIRST.slice(NEWEST_FIRST.indexOf(',') + 2)} LIMIT ${size}`,
    values,
  };
};

const KEY_TYPES = ['timestamptz', 'uuid', 'text', 'integer', 'text'];
