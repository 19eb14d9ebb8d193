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
  if (await exists(client)) return { installed: true, detail: 'ALTER and DROP of the record are refused.' };
  if (!superuser) {
    return {
      installed: false,
      detail: 'ALTER and DROP of the record are not guarded: only a superuser may create event triggers. Run the migrations once as superuser to add them.',
    };
  }
  await client.query(GUARD);
  return { installed: true, detail: 'ALTER and DROP of the record are refused.' };
};

const exists = async (client: Client): Promise<boolean> => {
  const { rowCount } = await client.query(
    `SELECT FROM pg_event_trigger WHERE evtname IN ('inquest_guard_alter', 'inquest_guard_drop') AND evtenabled IN ('O', 'A')`,
  );
  return rowCount === 2;
};

const GUARD = `
  BEGIN;
  CREATE OR REPLACE FUNCTION inquest_is_guarded(relation oid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM pg_class c WHERE c.oid = relation AND c.relnamespace = 'public'::regnamespace
      AND c.relname IN ('agent_sessions', 'session_ledger', 'phase_overrides', 'poisoned_events'))
  $$;

  CREATE OR REPLACE FUNCTION inquest_guard_alter() RETURNS event_trigger LANGUAGE plpgsql AS $$
  DECLARE
    command record;
    relation oid;
  BEGIN
    IF current_setting('inquest.migrating', true) = 'on' THEN
      RETURN;
    END IF;
    FOR command IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
      relation := CASE command.classid
        WHEN 'pg_class'::regclass THEN command.objid
        WHEN 'pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_trigger WHERE oid = command.objid)
        WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite WHERE oid = command.objid)
        WHEN 'pg_policy'::regclass THEN (SELECT polrelid FROM pg_policy WHERE oid = command.objid)
      END;
      IF inquest_is_guarded(relation) OR (command.classid = 'pg_proc'::regclass AND command.object_identity ~
          '^public\\.(refuse_change|append_events|agent_session_leaf_v1|session_ledger_root_v1|inquest_is_guarded|inquest_guard_alter|inquest_guard_drop)\\(') THEN
        RAISE EXCEPTION '% refused: % is part of the append-only record. Change it by a migration.', command.command_tag, command.object_identity
          USING ERRCODE = 'insufficient_privilege';
      END IF;
    END LOOP;
  END $$;

  CREATE OR REPLACE FUNCTION inquest_guard_drop() RETURNS event_trigger LANGUAGE plpgsql AS $$
  DECLARE
    dropped record;
  BEGIN
    IF current_setting('inquest.migrating', true) = 'on' THEN
      RETURN;
    END IF;
    FOR dropped IN SELECT * FROM pg_event_trigger_dropped_objects() LOOP
      IF (dropped.address_names[1] = 'public'
          AND dropped.address_names[2] IN ('agent_sessions', 'session_ledger', 'phase_overrides', 'poisoned_events'))
        OR dropped.object_identity ~
          '^public\\.(refuse_change|append_events|agent_session_leaf_v1|session_ledger_root_v1|inquest_is_guarded|inquest_guard_alter|inquest_guard_drop)\\(' THEN
        RAISE EXCEPTION 'DROP refused: % is part of the append-only record.', dropped.object_identity
          USING ERRCODE = 'insufficient_privilege';
      END IF;
    END LOOP;
  END $$;

  DROP EVENT TRIGGER IF EXISTS inquest_guard_alter;
  DROP EVENT TRIGGER IF EXISTS inquest_guard_drop;
  CREATE EVENT TRIGGER inquest_guard_alter ON ddl_command_end EXECUTE FUNCTION inquest_guard_alter();
  CREATE EVENT TRIGGER inquest_guard_drop ON sql_drop EXECUTE FUNCTION inquest_guard_drop();
  COMMIT;
`;
