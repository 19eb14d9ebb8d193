import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The history: one row per message, never changed and never removed. */
export class CreateAgentSessions1795219200001 implements MigrationInterface {
  readonly name = 'CreateAgentSessions1795219200001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE agent_sessions (
        session_id uuid NOT NULL,
        incident_id uuid NOT NULL,
        agent_role text NOT NULL,
        round integer NOT NULL,
        slot text NOT NULL,
        event_id uuid NOT NULL,
        type text NOT NULL,
        seq integer NOT NULL,
        stream_id text NOT NULL,
        schema_version integer NOT NULL,
        mind text NOT NULL,
        degraded boolean NOT NULL,
        vote text,
        on_behalf_of text,
        prompt_hash text,
        rule_set text NOT NULL,
        causes jsonb NOT NULL,
        traceparent text,
        trace_id text,
        occurred_at timestamptz NOT NULL,
        latency_ms bigint NOT NULL,
        model text,
        input_tokens bigint,
        output_tokens bigint,
        cache_read_tokens bigint,
        cache_write_tokens bigint,
        cost_usd double precision,
        outcome text,
        gate integer,
        confidence double precision,
        output_json jsonb NOT NULL,
        output_hash text NOT NULL,
        input_hash text NOT NULL,
        event_hash text NOT NULL,
        envelope_rest jsonb,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (session_id, agent_role, round, slot)
      );
      -- Compressing payloads just above the TOAST threshold costs more than all indexes together.
      ALTER TABLE agent_sessions ALTER output_json SET STORAGE EXTERNAL;
      CREATE INDEX agent_sessions_by_session ON agent_sessions (session_id, seq);
      CREATE INDEX agent_sessions_by_incident ON agent_sessions (incident_id, created_at);
      CREATE INDEX agent_sessions_by_role ON agent_sessions (agent_role, created_at);
      CREATE INDEX agent_sessions_by_outcome ON agent_sessions (outcome, created_at) WHERE outcome IS NOT NULL;
      COMMENT ON COLUMN agent_sessions.output_json IS 'The data of the message; output_hash is SHA-256 over its RFC 8785 form.';
      COMMENT ON COLUMN agent_sessions.envelope_rest IS 'What the other columns cannot say of the envelope: unknown fields, absent ones, unusual spellings. Null as a rule.';
      COMMENT ON COLUMN agent_sessions.created_at IS 'When it was recorded; that of its session_ledger entry, so it grows in commit order.';

      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% on % refused: its rows are never changed or removed. Append a new event instead.', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'insufficient_privilege';
      END $$;

      CREATE TRIGGER agent_sessions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agent_sessions
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      -- ALWAYS: also for sessions that call themselves replicas.
      ALTER TABLE agent_sessions ENABLE ALWAYS TRIGGER agent_sessions_append_only;
    `);
  }

  async down(): Promise<void> {
    throw new Error('The history is not dropped; restore a backup instead.');
  }
}
