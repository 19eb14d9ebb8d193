import { APPEND_ONLY_TABLES } from '../ledger/guards.js';

export type Keeping =
  /** Rows are never changed or removed, by nobody; the table stays as it is. */
  | 'append-only'
  /** The application reads and appends. Its rows can be made anew from elsewhere, so nothing else guards them. */
  | 'appended-by-application'
  /** The application also adds up in it, or removes what is finished. */
  | 'projection'
  /** Kept by the migrations. */
  | 'read-only';

/** How every table of the schema is kept. A new table has to be entered here, and with it come the attacks. */
export const KEEPING: Readonly<Record<string, Keeping>> = {
  agent_sessions: 'append-only',
  session_ledger: 'append-only',
  phase_overrides: 'append-only',
  poisoned_events: 'append-only',
  control_events: 'append-only',
  incidents: 'appended-by-application',
  open_sessions: 'projection',
  model_spend: 'projection',
  inquest_migrations: 'read-only',
};

export const appendOnly: readonly string[] = APPEND_ONLY_TABLES;

/** A column that every row of the table has. */
const COLUMN: Readonly<Record<string, string>> = {
  agent_sessions: 'seq',
  session_ledger: 'leaf_version',
  phase_overrides: 'reason',
  poisoned_events: 'reason',
  control_events: 'reason',
  incidents: 'title',
  open_sessions: 'path',
  model_spend: 'usd',
  inquest_migrations: 'name',
};
export const columnOf = (table: string): string => {
  const column = COLUMN[table];
  if (column === undefined) throw new Error(`Say in COLUMN which column of ${table} an attack may change.`);
  return column;
};

/** Statements that would change or remove rows. */
export const changesOf = (table: string): string[] => {
  const column = columnOf(table);
  return [
    `UPDATE ${table} SET ${column} = ${column}`,
    `UPDATE ONLY ${table} SET ${column} = ${column}`,
    `WITH gone AS (DELETE FROM ${table} RETURNING *) SELECT count(*) FROM gone`,
    `DELETE FROM ${table}`,
    `TRUNCATE ${table}`,
    `TRUNCATE ${table} CASCADE`,
    `MERGE INTO ${table} t USING (SELECT 1) AS x ON true WHEN MATCHED THEN DELETE`,
    `MERGE INTO ${table} t USING (SELECT 1) AS x ON true WHEN MATCHED THEN UPDATE SET ${column} = t.${column}`,
  ];
};

/** Statements that would take the guard away, get round it, or make the table another one. */
export const alterationsOf = (table: string): string[] => {
  const column = columnOf(table);
  const trigger = `${table}_append_only`;
  return [
    `ALTER TABLE ${table} DISABLE TRIGGER ${trigger}`,
    `ALTER TABLE ${table} DISABLE TRIGGER USER`,
    `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
    `ALTER TABLE ${table} ENABLE TRIGGER ${trigger}`,
    `ALTER TABLE ${table} ENABLE REPLICA TRIGGER ${trigger}`,
    `DROP TRIGGER ${trigger} ON ${table}`,
    `DROP TRIGGER ${trigger} ON ${table} CASCADE`,
    `ALTER TRIGGER ${trigger} ON ${table} RENAME TO harmless`,
    `CREATE OR REPLACE TRIGGER ${trigger} BEFORE UPDATE ON ${table} FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION refuse_change()`,
    `CREATE TRIGGER first BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION elsewhere.swallow()`,
    `CREATE RULE silent AS ON INSERT TO ${table} DO INSTEAD NOTHING`,
    `CREATE RULE loud AS ON UPDATE TO ${table} DO INSTEAD NOTHING`,
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`,
    `CREATE POLICY hide ON ${table} USING (false)`,
    `ALTER TABLE ${table} RENAME TO old_${table}`,
    `ALTER TABLE ${table} RENAME COLUMN ${column} TO other`,
    `ALTER TABLE ${table} SET SCHEMA elsewhere`,
    `ALTER TABLE ${table} ADD COLUMN note text`,
    `ALTER TABLE ${table} DROP COLUMN ${column}`,
    `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE text USING 'forged'`,
    `ALTER TABLE ${table} ALTER COLUMN ${column} SET DEFAULT NULL`,
    `ALTER TABLE ${table} OWNER TO CURRENT_USER`,
    `ALTER TABLE ${table} SET UNLOGGED`,
    `CREATE TABLE elsewhere.heir_of_${table} () INHERITS (public.${table})`,
    `DROP TABLE ${table}`,
    `DROP TABLE ${table} CASCADE`,
  ];
};

/** Statements against what the tables rest on. */
export const FOUNDATIONS: readonly string[] = [
  `CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
  'ALTER FUNCTION refuse_change() RENAME TO allow_change',
  'ALTER FUNCTION refuse_change() SET SCHEMA elsewhere',
  'ALTER FUNCTION refuse_change() SET search_path TO elsewhere',
  'DROP FUNCTION refuse_change() CASCADE',
  'DROP FUNCTION append_events CASCADE',
  'DROP FUNCTION agent_session_leaf_v1 CASCADE',
  'DROP FUNCTION session_ledger_root_v1 CASCADE',
  `CREATE OR REPLACE FUNCTION agent_session_leaf_v1(agent_sessions) RETURNS bytea LANGUAGE sql STABLE AS 'SELECT sha256(''x'')'`,
  `CREATE OR REPLACE FUNCTION session_ledger_root_v1(session_ledger) RETURNS bytea LANGUAGE sql STABLE AS 'SELECT sha256(''x'')'`,
  'DROP OWNED BY inquest_owner CASCADE',
  'DROP SCHEMA public CASCADE',
];
