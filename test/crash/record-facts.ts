import type { Record as SessionRecord, RecordedEvent } from '@inquest/record';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { IncidentFact } from './facts.js';

const IncidentRow = z
  .object({
    id: z.string(),
    session_id: z.string(),
    idempotency_key: z.string().nullable(),
    accepted_ms: z.number(),
    turn_ms: z.number(),
    debate_ms: z.number(),
  })
  .transform((row): IncidentFact => ({
    incidentId: row.id,
    sessionId: row.session_id,
    idempotencyKey: row.idempotency_key,
    acceptedAtMs: row.accepted_ms,
    turnMs: row.turn_ms,
    debateMs: row.debate_ms,
  }));

const SessionId = z.object({ session_id: z.string() });
const End = z.object({ session_id: z.string(), ended_ms: z.number() });
const Poisoned = z.object({ session_id: z.string(), seq: z.coerce.number() });

/** Reads Postgres: the small tables whole, the messages session by session. */
export class RecordFacts {
  constructor(
    private readonly pool: Pool,
    private readonly record: SessionRecord,
  ) {}

  async incidents(): Promise<ReadonlyMap<string, IncidentFact>> {
    const incidents = await this.rows(
      IncidentRow,
      `SELECT id, session_id, idempotency_key, (extract(epoch FROM created_at) * 1000)::float8 AS accepted_ms,
              coalesce((limits->>'turnMs')::float8, 5000) AS turn_ms, coalesce((limits->>'debateMs')::float8, 30000) AS debate_ms
         FROM incidents`,
    );
    return new Map(incidents.map((incident) => [incident.sessionId, incident]));
  }

  /** Sessions that have rows and were never accepted. */
  async strangers(): Promise<string[]> {
    const sql = `SELECT DISTINCT session_id FROM agent_sessions a
                  WHERE NOT EXISTS (SELECT FROM incidents i WHERE i.session_id = a.session_id)`;
    return (await this.rows(SessionId, sql)).map(({ session_id: sessionId }) => sessionId);
  }

  async openSessions(): Promise<ReadonlySet<string>> {
    return new Set((await this.rows(SessionId, 'SELECT session_id FROM open_sessions')).map((row) => row.session_id));
  }

  /** When the first end of each session was committed, in epoch milliseconds. */
  async ends(): Promise<ReadonlyMap<string, number>> {
    const sql = `SELECT session_id, (extract(epoch FROM min(created_at)) * 1000)::float8 AS ended_ms FROM agent_sessions
                  WHERE type IN ('decision.made', 'session.failed') GROUP BY session_id`;
    return new Map((await this.rows(End, sql)).map((row) => [row.session_id, row.ended_ms]));
  }

  async poisonedSeqs(): Promise<ReadonlyMap<string, number[]>> {
    const sql = 'SELECT session_id, seq FROM poisoned_events WHERE session_id IS NOT NULL';
    const found = new Map<string, number[]>();
    for (const { session_id: sessionId, seq } of await this.rows(Poisoned, sql))
      found.set(sessionId, [...(found.get(sessionId) ?? []), seq]);
    return found;
  }

  /** None for a name that no session can have: anybody may write a stream's key into Redis. */
  async events(sessionId: string): Promise<RecordedEvent[]> {
    return z.uuid().safeParse(sessionId).success ? this.record.sessions.events(sessionId) : [];
  }

  private async rows<T>(row: z.ZodType<T>, sql: string): Promise<T[]> {
    return z.array(row).parse((await this.pool.query(sql)).rows);
  }
}
