import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is switched, stopped, filtered or checked, by whom and why; and what the models have cost per calendar window. */
export class CreateControls1795219200006 implements MigrationInterface {
  readonly name = 'CreateControls1795219200006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE control_events (
        n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind text NOT NULL CHECK (kind <> ''),
        subject text NOT NULL,
        actor text NOT NULL CHECK (actor <> ''),
        reason text NOT NULL CHECK (reason <> ''),
        data jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX control_events_latest ON control_events (kind, n);
      -- All replicas notice these; one of them is to say so.
      CREATE UNIQUE INDEX control_events_once ON control_events (kind, subject)
        WHERE kind IN ('budget-warned', 'budget-spent', 'incident-filtered');
      CREATE TRIGGER control_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON control_events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      ALTER TABLE control_events ENABLE ALWAYS TRIGGER control_events_append_only;

      CREATE TABLE model_spend (
        period text NOT NULL CHECK (period IN ('hour', 'day', 'month')),
        starts_at timestamptz NOT NULL,
        role text NOT NULL,
        usd double precision NOT NULL,
        tokens double precision NOT NULL,
        PRIMARY KEY (period, starts_at, role)
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('The audit of switches and budgets is not dropped; restore a backup instead.');
  }
}
