/** Session-local helpers of the loader. They write what `append_events` writes, a whole chunk of entries in one statement. */
export const LOADING = `
  CREATE TEMP TABLE IF NOT EXISTS load_templates (LIKE agent_sessions);
  TRUNCATE load_templates;

  CREATE OR REPLACE FUNCTION pg_temp.load_chunk(
    templates uuid[], session_ids uuid[], incident_ids uuid[], event_ids uuid[], causes text[], input_hashes text[],
    event_hashes text[], occurred_ats timestamptz[], stream_ids text[], entries integer[], starts_at timestamptz, step interval
  ) RETURNS integer LANGUAGE plpgsql AS $$
  DECLARE
    last session_ledger;
    entry session_ledger;
    batch record;
    written integer := 0;
  BEGIN
    -- As append_events does: nobody appends in between.
    PERFORM pg_advisory_xact_lock(7310876533120551);
    SELECT * INTO last FROM session_ledger ORDER BY n DESC LIMIT 1;
    last.n := coalesce(last.n, 0);
    last.root := coalesce(last.root, decode(repeat('00', 32), 'hex'));

    INSERT INTO incidents (id, session_id, source, fingerprint, starts_at, title, severity, incident, evidence, path, limits, traceparent, created_at)
      SELECT d.incident_id, d.session_id, 'load', d.session_id::text, d.occurred_at, t.output_json #>> '{incident,title}',
             t.output_json #>> '{incident,severity}', t.output_json -> 'incident', t.output_json -> 'evidence',
             t.output_json ->> 'path', t.output_json -> 'limits', t.traceparent, d.occurred_at
        FROM unnest(templates, session_ids, incident_ids, occurred_ats) AS d(template, session_id, incident_id, occurred_at)
        JOIN load_templates t ON t.event_id = d.template AND t.slot = 'opened';

    FOR batch IN
      WITH written AS (
        INSERT INTO agent_sessions
          SELECT d.session_id, d.incident_id, t.agent_role, t.round, t.slot, d.event_id, t.type, t.seq, d.stream_id, t.schema_version, t.mind,
                 t.degraded, t.vote, t.on_behalf_of, t.prompt_hash, t.rule_set, d.causes::jsonb, t.traceparent, t.trace_id, d.occurred_at,
                 t.latency_ms, t.model, t.input_tokens, t.output_tokens, t.cache_read_tokens, t.cache_write_tokens, t.cost_usd, t.outcome,
                 t.gate, t.confidence, t.output_json, t.output_hash, d.input_hash, d.event_hash, t.envelope_rest, starts_at + d.entry * step
            FROM unnest(templates, session_ids, incident_ids, event_ids, causes, input_hashes, event_hashes, occurred_ats, stream_ids, entries)
                 AS d(template, session_id, incident_id, event_id, causes, input_hash, event_hash, occurred_at, stream_id, entry)
            JOIN load_templates t ON t.event_id = d.template
          RETURNING created_at, session_id, agent_role || ':' || round || ':' || slot AS position, agent_session_leaf_v1(agent_sessions) AS leaf
      )
      SELECT created_at, array_agg(session_id) AS session_ids, array_agg(position) AS positions, string_agg(leaf, ''::bytea) AS leaves
        FROM written GROUP BY created_at ORDER BY created_at
    LOOP
      entry := (last.n + 1, last.root, NULL, batch.created_at, 1, batch.session_ids, batch.positions, batch.leaves);
      entry.root := session_ledger_root_v1(entry);
      INSERT INTO session_ledger VALUES (entry.*);
      last := entry;
      written := written + 1;
    END LOOP;
    RETURN written;
  END $$;
`;

export const TEMPLATES = `INSERT INTO load_templates SELECT (jsonb_populate_record(NULL::agent_sessions, value)).* FROM jsonb_array_elements($1::jsonb)`;

export const CHUNK = `SELECT pg_temp.load_chunk($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[],
  $8::timestamptz[], $9::text[], $10::integer[], $11::timestamptz, $12::float8 * interval '1 microsecond') AS entries`;

/** Where the chain ends, as epoch milliseconds; null before its first entry. */
export const CHAIN_END = `SELECT (extract(epoch FROM max(created_at)) * 1000)::float8 AS at FROM session_ledger`;
