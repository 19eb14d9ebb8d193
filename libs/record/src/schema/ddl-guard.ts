import { createHash } from 'node:crypto';
import type { Client } from 'pg';

/** Whether DROP and ALTER of the append-only tables are refused, and if not, why. */
export interface DdlGuard {
  readonly installed: boolean;
  readonly detail: string;
}

/**
 * Refuses ALTER and DROP of the append-only tables, of their triggers and functions, for everybody and the owner too.
 * It stands in the way of mistakes; a superuser can remove it, and `verify` then says so.
 */
export const guardDdl = async (client: Client, superuser: boolean): Promise<DdlGuard> => {
  const refused: DdlGuard = { installed: true, detail: 'ALTER and DROP of the record are refused.' };
  // Only a superuser can bring an older guard up to date; until then the older one stands.
  if (await exists(client, superuser ? GUARD_VERSION : undefined)) return refused;
  if (!superuser) {
    return {
      installed: false,
      detail:
        'ALTER and DROP of the record are not guarded: only a superuser may create event triggers. Run the migrations once as superuser to add them.',
    };
  }
  await client.query(`BEGIN; ${GUARD} COMMENT ON SCHEMA inquest_guard IS '${GUARD_VERSION}'; COMMIT`);
  return refused;
};

/** Whether both event triggers are on, and the guard is of that version if one is asked for. */
const exists = async (client: Client, version: string | undefined): Promise<boolean> => {
  const { rowCount } = await client.query(
    `SELECT FROM pg_event_trigger WHERE evtname IN ('inquest_guard_alter', 'inquest_guard_drop') AND evtenabled IN ('O', 'A')
        AND ($1::text IS NULL OR obj_description(to_regnamespace('inquest_guard'), 'pg_namespace') = $1)`,
    [version ?? null],
  );
  return rowCount === 2;
};

const GUARD = `
  -- A schema of its own, so that dropping the record's schema meets a guard that is still standing.
  CREATE SCHEMA IF NOT EXISTS inquest_guard;
  GRANT USAGE ON SCHEMA inquest_guard TO PUBLIC;

  -- Told by trigger or function, since RENAME has changed one of the names already when the guard is asked.
  CREATE OR REPLACE VIEW inquest_guard.append_only AS
    SELECT t.tgrelid AS relation, t.tgfoid AS function FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
      WHERE t.tgname LIKE '%\\_append\\_only' OR f.proname = 'refuse_change';
  GRANT SELECT ON inquest_guard.append_only TO PUBLIC;

  CREATE OR REPLACE FUNCTION inquest_guard.refuse_alter() RETURNS event_trigger LANGUAGE plpgsql AS $$
  DECLARE
    command record;
    altered oid;
  BEGIN
    IF current_setting('inquest.migrating', true) = 'on' THEN
      RETURN;
    END IF;
    FOR command IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
      altered := CASE command.classid
        WHEN 'pg_class'::regclass THEN command.objid
        WHEN 'pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_trigger WHERE oid = command.objid)
        WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite WHERE oid = command.objid)
        WHEN 'pg_policy'::regclass THEN (SELECT polrelid FROM pg_policy WHERE oid = command.objid)
      END;
      -- What inherits from a table is read as part of it, but can be changed by itself.
      IF EXISTS (SELECT FROM inquest_guard.append_only a
                   WHERE a.relation = altered
                      OR a.relation IN (SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = altered)
                      OR (command.classid = 'pg_proc'::regclass AND a.function = command.objid))
        OR command.object_identity ~ '^public\\.(append_events|agent_session_leaf_v1|session_ledger_root_v1)\\(' THEN
        RAISE EXCEPTION '% refused: % is part of the append-only record. Change it by a migration.', command.command_tag, command.object_identity
          USING ERRCODE = 'insufficient_privilege';
      END IF;
    END LOOP;
  END $$;

  CREATE OR REPLACE FUNCTION inquest_guard.refuse_drop() RETURNS event_trigger LANGUAGE plpgsql AS $$
  DECLARE
    dropped record;
  BEGIN
    IF current_setting('inquest.migrating', true) = 'on' THEN
      RETURN;
    END IF;
    FOR dropped IN SELECT * FROM pg_event_trigger_dropped_objects() LOOP
      IF (dropped.address_names[1] = 'public'
          AND dropped.address_names[2] IN ('agent_sessions', 'session_ledger', 'phase_overrides', 'poisoned_events', 'control_events'))
        OR dropped.object_identity ~ '^public\\.(refuse_change|append_events|agent_session_leaf_v1|session_ledger_root_v1)\\(' THEN
        RAISE EXCEPTION 'DROP refused: % is part of the append-only record.', dropped.object_identity
          USING ERRCODE = 'insufficient_privilege';
      END IF;
    END LOOP;
  END $$;

  DROP EVENT TRIGGER IF EXISTS inquest_guard_alter;
  DROP EVENT TRIGGER IF EXISTS inquest_guard_drop;
  CREATE EVENT TRIGGER inquest_guard_alter ON ddl_command_end EXECUTE FUNCTION inquest_guard.refuse_alter();
  CREATE EVENT TRIGGER inquest_guard_drop ON sql_drop EXECUTE FUNCTION inquest_guard.refuse_drop();
`;

/** Changes with the guard. */
const GUARD_VERSION = createHash('sha256').update(GUARD).digest('hex');
