import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The words of decided causes, so that a cause can be searched for. One row in six is a decision; the others cost nothing. */
export class CreateCauseWords1795219200005 implements MigrationInterface {
  readonly name = 'CreateCauseWords1795219200005';

  async up(runner: QueryRunner): Promise<void> {
    // Not CONCURRENTLY: it waits for every older snapshot, also for that of a process which waits for our migration lock.
    await runner.query(`
      -- Beside its words each decision has its outcome, its hour and its day (UTC, counted from 1970) as words that nobody can write: a
      -- search goes back hour by hour, then day by day, until it has enough, instead of sorting everything that ever fitted.
      CREATE FUNCTION decided_cause_words_v1(decision jsonb, recorded_at timestamptz) RETURNS tsvector
      LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        -- Cut short: an index must not be a reason to refuse a row, whatever a newer version writes.
        SELECT to_tsvector('pg_catalog.english'::regconfig, left(coalesce(decision #>> '{hypothesis,cause}', ''), 2000) || ' ' ||
                 left(coalesce(decision #>> '{hypothesis,component}', ''), 300) || ' ' ||
                 left(coalesce(decision #>> '{hypothesis,faultType}', ''), 64))
            || array_to_tsvector(ARRAY[
                 '@' || left(coalesce(decision ->> 'outcome', ''), 40),
                 '@h' || floor(extract(epoch FROM recorded_at AT TIME ZONE 'UTC') / 3600)::bigint::text,
                 '@d' || floor(extract(epoch FROM recorded_at AT TIME ZONE 'UTC') / 86400)::bigint::text])
      $$;

      -- What waits to be sorted in is read by every look into the index, so it must stay short (kB).
      CREATE INDEX agent_sessions_by_cause ON agent_sessions
        USING gin (decided_cause_words_v1(output_json, created_at)) WITH (gin_pending_list_limit = 128)
        WHERE type = 'decision.made';
    `);
  }

  async down(): Promise<void> {
    throw new Error('An index is taken back by a new migration.');
  }
}
