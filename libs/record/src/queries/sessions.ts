import { isTerminal, Severity, SessionPath, Outcome, type Published } from '@inquest/contracts';
import type { Pool } from 'pg';
import { z } from 'zod';
import { STORED_COLUMNS } from '../envelope/from-row.js';
import { decodeCursor, encodeCursor, MicrosecondTime } from './cursor.js';
import { asked } from './invalid-query.js';
import { recordedEvent, type EventRow, type RecordedEvent } from './recorded-event.js';
import { SessionEnds, type SessionEnd } from './session-ends.js';

export interface SessionFilter {
  /** `failed` names sessions that ended by `session.failed`. With an outcome, the order is that of the ends. */
  readonly outcome?: Outcome | 'failed' | undefined;
  readonly status?: 'open' | 'ended' | undefined;
  /** 1–200, default 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

const SummaryRow = z
  .object({
    session_id: z.string(),
    incident_id: z.string(),
    title: z.string(),
    severity: Severity,
    source: z.string(),
    path: SessionPath,
    accepted_at: z.string(),
    ended_at: z.string().nullable(),
    type: z.string().nullable(),
    outcome: z.union([Outcome, z.literal('failed')]).nullable(),
    gate: z.number().nullable(),
    confidence: z.number().nullable(),
    degraded: z.boolean(),
    events: z.number(),
  })
  .transform((row) => ({
    sessionId: row.session_id,
    incidentId: row.incident_id,
    title: row.title,
    severity: row.severity,
    source: row.source,
    path: row.path,
    /** `accepted`: committed, `session.opened` not recorded yet. */
    status: statusOf(row.type, row.events),
    outcome: row.outcome,
    gate: row.gate,
    confidence: row.confidence,
    degraded: row.degraded,
    acceptedAt: row.accepted_at,
    endedAt: row.ended_at,
    /** Events on record. */
    events: row.events,
  }));

/** One line of the sessions list. Times are RFC 3339, UTC, microseconds. */
export type SessionSummary = z.infer<typeof SummaryRow>;

export interface SessionPage {
  /** Newest first. */
  readonly sessions: readonly SessionSummary[];
  /** Cursor of the following page; null on the last one. */
  readonly next: string | null;
}

/** The messages of a session do not fit this version's contracts: written by a newer version, or damaged. */
export class UnreadableSessionError extends Error {
  override readonly name = 'UnreadableSessionError';
  constructor(
    readonly sessionId: string,
    problem: string,
  ) {
    super(
      `The record of session ${sessionId} cannot be read by this version: ${problem}. Run \`inquest audit verify\` to tell damage from a newer writer.`,
    );
  }
}

const MICROSECONDS = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

/** @param page SQL of some incidents, with the time that they are placed by. */
const summariesOf = (page: string): string => `
  SELECT i.session_id, i.id AS incident_id, i.title, i.severity, i.source, i.path,
         to_char(i.created_at AT TIME ZONE 'UTC', ${MICROSECONDS}) AS accepted_at,
         to_char(e.created_at AT TIME ZONE 'UTC', ${MICROSECONDS}) AS ended_at,
         e.type, e.outcome, e.gate, e.confidence, coalesce(r.degraded, false) AS degraded, coalesce(r.events, 0)::int AS events
    FROM (${page}) AS i
    LEFT JOIN LATERAL (SELECT count(*) AS events, bool_or(s.degraded) AS degraded FROM agent_sessions s WHERE s.session_id = i.session_id) AS r ON true
    LEFT JOIN LATERAL (SELECT * FROM agent_sessions s
                         WHERE s.session_id = i.session_id AND s.type IN ('decision.made', 'session.failed') ORDER BY s.seq LIMIT 1) AS e ON true
   ORDER BY i.place DESC, i.id DESC`;

const Key = z.tuple([MicrosecondTime, z.uuid()]);

/** Sessions as the record has them: what is shown here is committed. */
export class Sessions {
  private readonly ends: SessionEnds;

  constructor(private readonly pool: Pool) {
    this.ends = new SessionEnds(pool);
  }

  /**
   * The session's messages in order, each exactly as published: serialised anew it still has its event hash.
   * @throws {UnreadableSessionError}
   */
  async messages(sessionId: string, afterSeq = 0): Promise<Published[]> {
    return (await this.events(sessionId, afterSeq)).map(({ published, problem }) => {
      if (!published) throw new UnreadableSessionError(sessionId, problem ?? 'its data is unknown');
      return published;
    });
  }

  /** As `messages`, for whoever must go on when one of them does not fit this version's contracts. */
  async events(sessionId: string, afterSeq = 0): Promise<RecordedEvent[]> {
    const { rows } = await this.pool.query<EventRow>({
      name: 'inquest-trail',
      text: `SELECT ${STORED_COLUMNS} FROM agent_sessions WHERE session_id = $1 AND seq > $2 ORDER BY seq, created_at`,
      values: [sessionId, afterSeq],
    });
    return rows.map(recordedEvent);
  }

  /** How the session ended, without reading what was said; undefined while it is open. */
  end(sessionId: string): Promise<SessionEnd | undefined> {
    return this.ends.of(sessionId);
  }

  /**
   * As `messages`, but only up to the first seq that is not on record yet, or all once the session has ended: whoever
   * goes on from the last seq seen misses nothing, although two recorders may commit seq 4 before seq 3.
   */
  async settled(sessionId: string, afterSeq = 0): Promise<Published[]> {
    const messages = await this.messages(sessionId, afterSeq);
    if (messages.some(({ message }) => isTerminal(message.type))) return messages;
    const gap = messages.findIndex(({ seq }, index) => seq !== afterSeq + 1 + index);
    return gap === -1 ? messages : messages.slice(0, gap);
  }

  async get(sessionId: string): Promise<SessionSummary | undefined> {
    const one = 'SELECT *, created_at AS place FROM incidents WHERE session_id = $1';
    const { rows } = await this.pool.query(summariesOf(one), [sessionId]);
    return z.array(SummaryRow).parse(rows)[0];
  }

  /**
   * Newest first: accepted last, or with an outcome, ended last.
   * @throws {InvalidCursorError} @throws {InvalidQueryError}
   */
  async list(filter: SessionFilter = {}): Promise<SessionPage> {
    const size = Math.min(Math.max(1, Math.trunc(filter.limit ?? 50)), LIMIT_MAX);
    const after = filter.cursor === undefined ? undefined : decodeCursor(filter.cursor, Key);
    const { text, values } = filter.outcome === undefined ? accepted(filter, after, size + 1) : ended(filter, after, size + 1);
    const { rows } = await asked(() => this.pool.query(summariesOf(text), values));
    const found = z.array(SummaryRow).parse(rows);
    const sessions = found.slice(0, size);
    const last = sessions.at(-1);
    const place = filter.outcome === undefined ? last?.acceptedAt : last?.endedAt;
    return { sessions, next: found.length > size && last && place ? encodeCursor([place, last.incidentId]) : null };
  }
}

/** A page's incidents, chosen before anything is looked up of their sessions. */
type Page = (filter: SessionFilter, after: z.infer<typeof Key> | undefined, limit: number) => { text: string; values: unknown[] };

const accepted: Page = ({ status }, after, limit) => {
  if (status === 'open') return open(after, limit);
  const conditions = [
    ...(after ? ['(i.created_at, i.id) < ($2::timestamptz, $3::uuid)'] : []),
    ...(status === 'ended'
      ? [
          `EXISTS (SELECT FROM agent_sessions s WHERE s.session_id = i.session_id AND s.type IN ('decision.made', 'session.failed'))`,
        ]
      : []),
  ];
  const text = `SELECT i.*, i.created_at AS place FROM incidents i
      ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''} ORDER BY i.created_at DESC, i.id DESC LIMIT $1`;
  return { text, values: [limit, ...(after ?? [])] };
};

/** By the open sessions, which are few: joined first, all incidents are gone through for them. Both are accepted at the same moment. */
const open = (after: z.infer<typeof Key> | undefined, limit: number): { text: string; values: unknown[] } => ({
  text: `SELECT i.*, i.created_at AS place
      FROM (SELECT session_id FROM open_sessions ${after ? 'WHERE (accepted_at, incident_id) < ($2::timestamptz, $3::uuid)' : ''}
              ORDER BY accepted_at DESC, incident_id DESC LIMIT $1) AS o
      JOIN incidents i USING (session_id)`,
  values: [limit, ...(after ?? [])],
});

/** By the end, since an outcome may be rare: going through all incidents for it would take seconds. */
const ended: Page = ({ outcome, status }, after, limit) => ({
  text: `SELECT i.*, t.created_at AS place FROM agent_sessions t JOIN incidents i ON i.session_id = t.session_id
      WHERE t.outcome = $2 ${after ? 'AND (t.created_at, t.incident_id) < ($3::timestamptz, $4::uuid)' : ''}
        ${status === 'open' ? 'AND false' : ''}
      ORDER BY t.created_at DESC, t.incident_id DESC LIMIT $1`,
  values: [limit, outcome, ...(after ?? [])],
});

const LIMIT_MAX = 200;

const statusOf = (terminal: string | null, events: number): 'accepted' | 'open' | 'decided' | 'failed' => {
  if (terminal !== null && isTerminal(terminal)) return terminal === 'decision.made' ? 'decided' : 'failed';
  return events === 0 ? 'accepted' : 'open';
};
