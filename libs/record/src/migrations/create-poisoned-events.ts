import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events that agent_sessions cannot hold, as the bytes they came in. */
export class CreatePoisonedEvents1795219200004 implements MigrationInterface {
  readonly name = 'CreatePoisonedEvents1795219200004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE poisoned_events (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        session_id uuid,
        stream_id text NOT NULL,
        seq bigint NOT NULL,
        bytes bytea NOT NULL,
        digest bytea NOT NULL GENERATED ALWAYS AS (sha256(bytes)) STORED,
        reason text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        -- A redelivery of the same bytes is the same event.
        CONSTRAINT poisoned_events_once UNIQUE (stream_id, digest)
      );
      CREATE INDEX poisoned_events_by_session ON poisoned_events (session_id);
      CREATE TRIGGER poisoned_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON poisoned_events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      ALTER TABLE poisoned_events ENABLE ALWAYS TRIGGER poisoned_events_append_only;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Poisoned events are not dropped; restore a backup instead.');
  }
}
