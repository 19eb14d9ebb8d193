import type { Pool } from 'pg';
import { z } from 'zod';
import { Gathered } from '../gathered.js';

const Row = z
  .object({
    session_id: z.string(),
    event_hash: z.string(),
    outcome: z.string().nullable(),
    gate: z.number().nullable(),
    ended_ms: z.number(),
    recorded_ms_ago: z.number(),
    reasons: z.array(z.unknown()),
  })
  .transform((row) => ({
    sessionId: row.session_id,
    /** Of the event that ended it. */
    eventHash: row.event_hash,
    /** `failed` after `session.failed`; null when the decision cannot be searched for, as it does not fit its contract. */
    outcome: row.outcome,
    gate: row.gate,
    /** When it was said, in epoch milliseconds. */
    endedAtMs: row.ended_ms,
    /** How long it was on record when it was looked up, by the clock of PostgreSQL. */
    recordedMsAgo: row.recorded_ms_ago,
    /** Codes of the decision's reasons. */
    reasons: row.reasons.filter((code) => typeof code === 'string'),
  }));

/** How a session ended, for whoever counts ends and need not read what was said. */
export type SessionEnd = z.infer<typeof Row>;

const ENDS = `
  SELECT DISTINCT ON (session_id) session_id, event_hash, outcome, gate, (extract(epoch FROM occurred_at) * 1000)::float8 AS ended_ms,
         (extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8 AS recorded_ms_ago,
         jsonb_path_query_array(output_json, '$.reasons[*].code') AS reasons
    FROM agent_sessions
   WHERE session_id = ANY ($1::uuid[]) AND type IN ('decision.made', 'session.failed') ORDER BY session_id, seq`;

/** Ends of sessions; those that are asked for at the same time are read together. */
export class SessionEnds {
  private readonly ends: Gathered<string, SessionEnd | undefined>;

  constructor(private readonly pool: Pool) {
    this.ends = new Gathered((sessionIds) => this.read(sessionIds));
  }

  /** Undefined while it is open. */
  of(sessionId: string): Promise<SessionEnd | undefined> {
    return this.ends.of(sessionId);
  }

  private async read(sessionIds: readonly string[]): Promise<(SessionEnd | undefined)[]> {
    const { rows } = await this.pool.query({ name: 'inquest-ends', text: ENDS, values: [sessionIds] });
    const bySession = new Map(rows.map((row) => Row.parse(row)).map((end) => [end.sessionId, end]));
    return sessionIds.map((sessionId) => bySession.get(sessionId.toLowerCase()));
  }
}
