import { SessionPath } from '@inquest/contracts';
import type { Pool, QueryConfig } from 'pg';
import { z } from 'zod';

/** An open session that should have moved by now. Times are RFC 3339. */
export interface DueSession {
  readonly sessionId: string;
  readonly incidentId: string;
  readonly path: SessionPath;
  readonly acceptedAt: string;
  /** When Redis took in `session.opened`; null when its row is not committed. */
  readonly openedAt: string | null;
  /** `openedAt` (else `acceptedAt`) plus the session's limit. */
  readonly deadlineAt: string;
  readonly hasOpened: boolean;
}

const Row = z
  .object({
    session_id: z.string(),
    incident_id: z.string(),
    path: SessionPath,
    debate_ms: z.number(),
    accepted_ms: z.number(),
    opened_ms: z.number().nullable(),
  })
  .transform((row): DueSession => {
    const openedAt = row.opened_ms === null ? null : iso(row.opened_ms);
    return {
      sessionId: row.session_id,
      incidentId: row.incident_id,
      path: row.path,
      acceptedAt: iso(row.accepted_ms),
      openedAt,
      deadlineAt: iso((row.opened_ms ?? row.accepted_ms) + row.debate_ms),
      hasOpened: openedAt !== null,
    };
  });

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

// By one clock alone: the time in a stream id is Redis', and how far the two are apart nobody knows here.
const DUE = `
  SELECT o.session_id, o.incident_id, o.path, o.turn_ms, o.debate_ms,
         (extract(epoch FROM o.accepted_at) * 1000)::float8 AS accepted_ms,
         (SELECT split_part(s.stream_id, '-', 1)::float8 FROM agent_sessions s
            WHERE s.session_id = o.session_id AND s.slot = 'opened' ORDER BY s.seq LIMIT 1) AS opened_ms
    FROM open_sessions o
    WHERE o.accepted_at <= clock_timestamp() - o.turn_ms * interval '1 millisecond'
    ORDER BY o.accepted_at
    LIMIT $1`;

const UNOPENED = `
  SELECT count(*)::int AS n FROM (
    SELECT FROM open_sessions o
     WHERE NOT EXISTS (SELECT FROM agent_sessions s WHERE s.session_id = o.session_id AND s.slot = 'opened')
     LIMIT $1
  ) AS waiting`;

const OPEN = 'SELECT count(*)::int AS n FROM (SELECT FROM open_sessions LIMIT $1) AS open';

/** Postgres' own view of what has not ended: whatever Redis forgets, this still knows. */
export class OpenSessions {
  constructor(private readonly pool: Pool) {}

  /**
   * Open for longer than one role's time, so that somebody may be late: oldest first. Younger ones cannot be late yet.
   * A flushed Redis is made good from here.
   */
  async due(limit = 1_000): Promise<DueSession[]> {
    const { rows } = await this.pool.query({ name: 'inquest-due', text: DUE, values: [limit] });
    return z.array(Row).parse(rows);
  }

  /** How many were accepted without their opening being on record, counted up to `atMost`: each of them is still to be debated. */
  async unopened(atMost: number): Promise<number> {
    return this.counted({ name: 'inquest-unopened', text: UNOPENED, values: [atMost] });
  }

  /** How many were accepted without a terminal event on record, counted up to `atMost`: each of them has still something to say. */
  async open(atMost: number): Promise<number> {
    return this.counted({ name: 'inquest-open', text: OPEN, values: [atMost] });
  }

  /** False once a terminal event is committed, and for a session that was never accepted. */
  async isOpen(sessionId: string): Promise<boolean> {
    const { rowCount } = await this.pool.query('SELECT FROM open_sessions WHERE session_id = $1', [sessionId]);
    return rowCount === 1;
  }

  private async counted(query: QueryConfig): Promise<number> {
    const { rows } = await this.pool.query(query);
    return z.tuple([z.object({ n: z.number() })]).parse(rows)[0].n;
  }
}
