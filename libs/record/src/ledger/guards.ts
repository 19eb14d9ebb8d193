import type { ClientBase } from 'pg';
import type { Findings } from './findings.js';

/** Tables whose rows are never changed or removed. */
export const APPEND_ONLY_TABLES = [
  'agent_sessions',
  'session_ledger',
  'phase_overrides',
  'poisoned_events',
  'control_events',
] as const;

/** MD5 of the body of `refuse_change`, as its migration made it; a spec holds it against a fresh database. */
const REFUSAL_MD5 = '0aaecbfe79f897feb7173db48b7c4868';

/** BEFORE each statement of UPDATE, DELETE and TRUNCATE: bits of `pg_trigger.tgtype`. */
const TRIGGER_TYPE = 2 + 8 + 16 + 32;

const GUARDED = `
  SELECT c.relname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid
   WHERE c.relname = ANY ($1::text[]) AND c.relnamespace = 'public'::regnamespace AND t.tgname = c.relname || '_append_only'
     AND t.tgenabled = 'A' AND t.tgtype = ${TRIGGER_TYPE} AND t.tgqual IS NULL
     AND f.proname = 'refuse_change' AND f.pronamespace = 'public'::regnamespace AND md5(f.prosrc) = '${REFUSAL_MD5}'`;

const STRANGERS = `
  WITH tables AS (SELECT oid, relname, relrowsecurity FROM pg_class
                   WHERE relname = ANY ($1::text[]) AND relnamespace = 'public'::regnamespace)
  SELECT c.relname AS name, 'a trigger ' || t.tgname AS stranger FROM tables c JOIN pg_trigger t ON t.tgrelid = c.oid
    WHERE NOT t.tgisinternal AND t.tgname <> c.relname || '_append_only'
  UNION ALL SELECT c.relname, 'a rule ' || r.rulename FROM tables c JOIN pg_rewrite r ON r.ev_class = c.oid
  UNION ALL SELECT c.relname, 'a table that inherits from it, ' || i.inhrelid::regclass FROM tables c JOIN pg_inherits i ON i.inhparent = c.oid
  UNION ALL SELECT c.relname, 'row level security' FROM tables c WHERE c.relrowsecurity
  ORDER BY 1, 2`;

// Only a superuser could install them, so their absence alone is no finding: their schema tells that they were there.
const SWITCHED_OFF = `
  SELECT name FROM unnest(ARRAY['inquest_guard_alter', 'inquest_guard_drop']) AS name
   WHERE EXISTS (SELECT FROM pg_namespace WHERE nspname = 'inquest_guard')
     AND NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = name AND evtenabled IN ('O', 'A'))`;

/** Reports what no longer keeps the tables append-only, and what else has been put upon them. */
export const findMissingGuards = async (client: ClientBase, findings: Findings): Promise<void> => {
  const add = (text: string): void => findings.add({ kind: 'guard-missing', text });
  const guarded = await client.query<{ name: string }>(GUARDED, [APPEND_ONLY_TABLES]);
  for (const table of APPEND_ONLY_TABLES.filter((name) => !guarded.rows.some((row) => row.name === name)))
    add(`${table} can be changed: its append-only trigger is gone, switched off or does nothing.`);
  const strangers = await client.query<{ name: string; stranger: string }>(STRANGERS, [APPEND_ONLY_TABLES]);
  for (const { name, stranger } of strangers.rows)
    add(`${name} has ${stranger}, which is none of ours: what is read or written may be another thing.`);
  const off = await client.query<{ name: string }>(SWITCHED_OFF);
  for (const { name } of off.rows)
    add(`The event trigger ${name} is gone or switched off: the tables can be altered and dropped.`);
};
