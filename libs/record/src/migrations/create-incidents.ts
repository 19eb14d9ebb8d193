import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the gateway commits before it says 202: the incident, and that its session has to end. */
export class CreateIncidents1795219200000 implements MigrationInterface {
  readonly name = 'CreateIncidents1795219200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE incidents (
        id uuid PRIMARY KEY,
        session_id uuid NOT NULL UNIQUE,
        source text NOT NULL,
        fingerprint text NOT NULL,
        starts_at timestamptz NOT NULL,
        title text NOT NULL,
        severity text NOT NULL,
        incident jsonb NOT NULL,
        evidence jsonb NOT NULL,
        path text NOT NULL CHECK (path IN ('debate', 'single', 'escalate')),
        limits jsonb NOT NULL,
        idempotency_key text UNIQUE,
        raw bytea,
        traceparent text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT incidents_same_problem UNIQUE (source, fingerprint, starts_at)
      );
      CREATE INDEX incidents_newest ON incidents (created_at, id);
      COMMENT ON COLUMN incidents.raw IS 'The body as received, byte for byte.';

      CREATE TABLE open_sessions (
        session_id uuid PRIMARY KEY,
        incident_id uuid NOT NULL,
        path text NOT NULL,
        turn_ms integer NOT NULL,
        debate_ms integer NOT NULL,
        accepted_at timestamptz NOT NULL
      );
      CREATE INDEX open_sessions_by_age ON open_sessions (accepted_at);
      COMMENT ON TABLE open_sessions IS 'Sessions without a terminal row. append_events removes them; everything here is also in incidents and agent_sessions.';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Accepted incidents are not dropped; restore a backup instead.');
  }
}
