import type { ClientBase } from 'pg';
import type { Findings } from './findings.js';

const TABLES = ['agent_sessions', 'session_ledger'];

/** Reports tables whose append-only trigger is gone or not switched on for every kind of session. */
export const findMissingGuards = async (client: ClientBase, findings: Findings): Promise<void> => {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid
      WHERE c.relname = ANY ($1::text[]) AND c.relnamespace = 'public'::regnamespace AND t.tgname = c.relname || '_append_only'
        AND t.tgenabled = 'A' AND f.proname = 'refuse_change'`,
    [TABLES],
  );
  const guarded = new Set(rows.map(({ name }) => name));
  for (const table of TABLES.filter((name) => !guarded.has(name)))
    findings.add({ kind: 'guard-missing', text: `${table} can be changed: its append-only trigger is gone or switched off.` });
};
