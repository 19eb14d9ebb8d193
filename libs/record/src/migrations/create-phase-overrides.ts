import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who switched a phase and why; the latest row per phase counts. */
export class CreatePhaseOverrides1795219200003 implements MigrationInterface {
  readonly name = 'CreatePhaseOverrides1795219200003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE phase_overrides (
        n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        phase integer NOT NULL CHECK (phase IN (1, 2)),
        enabled boolean NOT NULL,
        actor text NOT NULL CHECK (actor <> ''),
        reason text NOT NULL CHECK (reason <> ''),
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX phase_overrides_latest ON phase_overrides (phase, n);
      CREATE TRIGGER phase_overrides_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON phase_overrides
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      ALTER TABLE phase_overrides ENABLE ALWAYS TRIGGER phase_overrides_append_only;
    `);
  }

  async down(): Promise<void> {
    throw new Error('The audit of phase switches is not dropped; restore a backup instead.');
  }
}
