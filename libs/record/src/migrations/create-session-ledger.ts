import type { MigrationInterface, QueryRunner } from 'typeorm';

// Frozen with this migration, like all SQL in it: leaves of version 1 are made of exactly these columns, in this order.
const INPUT_COLUMNS = `
  session_id, incident_id, agent_role, round, slot, event_id, type, seq, stream_id, schema_version, mind, degraded, vote,
  on_behalf_of, prompt_hash, rule_set, causes, traceparent, trace_id, occurred_at, latency_ms, model, input_tokens,
  output_tokens, cache_read_tokens, cache_write_tokens, cost_usd, outcome, gate, confidence, output_json, output_hash,
  input_hash, event_hash, envelope_rest`;

const LEAF_COLUMNS = `${INPUT_COLUMNS}, created_at`
  .split(',')
  .map((column) => `$1.${column.trim()}`)
  .join(', ');

/** The ledger over the history, and the one function that writes both. */
export class CreateSessionLedger1795219200002 implements MigrationInterface {
  readonly name = 'CreateSessionLedger1795219200002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE session_ledger (
        n bigint PRIMARY KEY CHECK (n > 0),
        previous_root bytea NOT NULL,
        root bytea NOT NULL,
        created_at timestamptz NOT NULL,
        leaf_version integer NOT NULL,
        session_ids uuid[] NOT NULL,
        positions text[] NOT NULL,
        leaves bytea NOT NULL
      );
      ALTER TABLE session_ledger ALTER leaves SET STORAGE EXTERNAL;
      COMMENT ON TABLE session_ledger IS 'One entry per committed batch. root = SHA-256 over record_send of all other columns, so it commits to every row before.';
      COMMENT ON COLUMN session_ledger.leaves IS '32 bytes per row, in the order of session_ids and positions (role:round:slot).';

      CREATE TRIGGER session_ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON session_ledger
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      ALTER TABLE session_ledger ENABLE ALWAYS TRIGGER session_ledger_append_only;

      -- record_send is the binary form of a row: each value with its type and length, so no two rows look the same.
      CREATE FUNCTION agent_session_leaf_v1(agent_sessions) RETURNS bytea LANGUAGE sql STABLE AS $$
        SELECT sha256(record_send(ROW(${LEAF_COLUMNS})))
      $$;

      CREATE FUNCTION session_ledger_root_v1(session_ledger) RETURNS bytea LANGUAGE sql STABLE AS $$
        SELECT sha256(record_send(ROW($1.n, $1.previous_root, $1.created_at, $1.leaf_version, $1.session_ids, $1.positions, $1.leaves)))
      $$;

      CREATE TYPE agent_session_input AS (
        session_id uuid, incident_id uuid, agent_role text, round integer, slot text, event_id uuid, type text, seq integer,
        stream_id text, schema_version integer, mind text, degraded boolean, vote text, on_behalf_of text, prompt_hash text,
        rule_set text, causes jsonb, traceparent text, trace_id text, occurred_at timestamptz, latency_ms bigint, model text,
        input_tokens bigint, output_tokens bigint, cache_read_tokens bigint, cache_write_tokens bigint, cost_usd double precision,
        outcome text, gate integer, confidence double precision, output_json jsonb, output_hash text, input_hash text,
        event_hash text, envelope_rest jsonb
      );

      CREATE FUNCTION append_events(
        batch agent_session_input[], cause_sessions uuid[], cause_hashes text[],
        OUT inserted integer, OUT missing_causes text[], OUT existing jsonb, OUT ledger_n bigint, OUT ledger_root bytea
      ) LANGUAGE plpgsql
        -- A plan made while the tables were empty would scan them for ever after.
        SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_bitmapscan = off SET jit = off
      AS $$
      DECLARE
        entry session_ledger%ROWTYPE;
        ended uuid[];
      BEGIN
        inserted := 0;
        -- One writer at a time: the ledger is a chain, and created_at has to grow in commit order.
        PERFORM pg_advisory_xact_lock(7310876533120551);

        SELECT array_agg(DISTINCT cause.hash) INTO missing_causes
          FROM unnest(cause_sessions, cause_hashes) AS cause(session_id, hash)
          WHERE NOT EXISTS (SELECT FROM agent_sessions s WHERE s.session_id = cause.session_id AND s.event_hash = cause.hash);
        IF missing_causes IS NOT NULL THEN
          RETURN;
        END IF;

        SELECT l.n + 1, l.root, greatest(clock_timestamp(), l.created_at + interval '1 microsecond')
          INTO entry.n, entry.previous_root, entry.created_at
          FROM session_ledger l ORDER BY l.n DESC LIMIT 1;
        IF NOT FOUND THEN
          entry.n := 1;
          entry.previous_root := decode(repeat('00', 32), 'hex');
          entry.created_at := clock_timestamp();
        END IF;
        entry.leaf_version := 1;

        BEGIN
          WITH written AS (
            INSERT INTO agent_sessions (${INPUT_COLUMNS}, created_at)
              SELECT ${INPUT_COLUMNS}, entry.created_at FROM unnest(batch)
              RETURNING session_id, agent_role || ':' || round || ':' || slot AS position, type,
                        agent_session_leaf_v1(agent_sessions) AS leaf
          )
          SELECT count(*), array_agg(session_id), array_agg(position), string_agg(leaf, ''::bytea),
                 array_agg(session_id) FILTER (WHERE type IN ('decision.made', 'session.failed'))
            INTO inserted, entry.session_ids, entry.positions, entry.leaves, ended
            FROM written;

          -- A session ends once, whoever ends it.
          IF EXISTS (SELECT FROM agent_sessions s
                       WHERE s.session_id = ANY (ended) AND s.type IN ('decision.made', 'session.failed')
                       GROUP BY s.session_id HAVING count(*) > 1) THEN
            RAISE unique_violation USING MESSAGE = 'append_events: a session has two terminal events';
          END IF;
        EXCEPTION WHEN unique_violation THEN
          -- Nothing of the batch is written. The caller drops what is there already and calls again with the rest.
          inserted := 0;
          SELECT jsonb_agg(jsonb_build_object(
                   'eventHash', b.event_hash,
                   'row', jsonb_build_object('sessionId', s.session_id, 'incidentId', s.incident_id, 'eventHash', s.event_hash,
                                             'seq', s.seq, 'type', s.type)))
            INTO existing
            FROM unnest(batch) AS b
            JOIN agent_sessions s ON s.session_id = b.session_id
              AND ((s.agent_role, s.round, s.slot) = (b.agent_role, b.round, b.slot)
                   OR (s.type IN ('decision.made', 'session.failed') AND b.type IN ('decision.made', 'session.failed')));
          IF existing IS NULL THEN
            RAISE; -- The batch itself holds a place twice, which is a fault of the caller.
          END IF;
          RETURN;
        END;
        IF inserted = 0 THEN
          RETURN;
        END IF;

        entry.root := session_ledger_root_v1(entry);
        INSERT INTO session_ledger VALUES (entry.*);

        IF ended IS NOT NULL THEN
          DELETE FROM open_sessions WHERE session_id = ANY (ended);
        END IF;

        ledger_n := entry.n;
        ledger_root := entry.root;
      END $$;
    `);
  }

  async down(): Promise<void> {
    throw new Error('The ledger is not dropped; restore a backup instead.');
  }
}
