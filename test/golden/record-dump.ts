import type { Client } from 'pg';
import { z } from 'zod';

/** The tables that verification reads, in the order in which they are filled. */
export const TABLES = ['agent_sessions', 'session_ledger'] as const;
type Table = (typeof TABLES)[number];

/** What identifies a row, as SQL. */
const KEYS: Record<Table, string> = {
  agent_sessions: `session_id || '/' || agent_role || ':' || round || ':' || slot`,
  session_ledger: 'n::text',
};

/** Rows as `row_to_json` gives them, by key. */
const Rows = z.record(z.string(), z.record(z.string(), z.json()));
export const RecordDump = z.object({ agent_sessions: Rows, session_ledger: Rows });
export type RecordDump = z.infer<typeof RecordDump>;

/** One dump as its difference to another: null for a row that is gone. */
const Changes = z.record(z.string(), z.record(z.string(), z.json()).nullable());
export const DumpDifference = z.object({ about: z.string(), agent_sessions: Changes, session_ledger: Changes });
export type DumpDifference = z.infer<typeof DumpDifference>;

export const readDump = async (client: Client): Promise<RecordDump> => {
  const read = async (table: Table) => {
    const { rows } = await client.query<{ key: string; row: Record<string, z.core.util.JSONType> }>(
      `SELECT ${KEYS[table]} AS key, row_to_json(t) AS row FROM ${table} t ORDER BY 1`,
    );
    return Object.fromEntries(rows.map(({ key, row }) => [key, row]));
  };
  return { agent_sessions: await read('agent_sessions'), session_ledger: await read('session_ledger') };
};

/** Makes the tables hold exactly these rows, past all guards, which stand again afterwards. */
export const writeDump = (client: Client, dump: RecordDump): Promise<void> =>
  behindTheBack(client, async () => {
    await client.query('TRUNCATE agent_sessions, session_ledger');
    for (const table of TABLES)
      await client.query(
        `INSERT INTO ${table} SELECT (jsonb_populate_record(NULL::${table}, value)).* FROM jsonb_array_elements($1::jsonb)`,
        [JSON.stringify(Object.values(dump[table]))],
      );
  });

/** Works on the tables as somebody does who has superuser rights and hides it. */
export const behindTheBack = async (client: Client, work: () => Promise<unknown>): Promise<void> => {
  await client.query(`SET inquest.migrating = 'on'`);
  for (const table of TABLES) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await work();
  for (const table of TABLES) await client.query(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${table}_append_only`);
  await client.query('RESET inquest.migrating');
};

export const difference = (about: string, before: RecordDump, after: RecordDump): DumpDifference => {
  const changes = (table: Table) =>
    Object.fromEntries(
      [...new Set([...Object.keys(before[table]), ...Object.keys(after[table])])]
        .sort()
        .filter((key) => JSON.stringify(before[table][key]) !== JSON.stringify(after[table][key]))
        .map((key) => [key, after[table][key] ?? null]),
    );
  return { about, agent_sessions: changes('agent_sessions'), session_ledger: changes('session_ledger') };
};

export const applied = (base: RecordDump, changes: DumpDifference): RecordDump => {
  const merge = (table: Table) =>
    Object.fromEntries(
      Object.entries({ ...base[table], ...changes[table] }).flatMap(([key, row]) => (row === null ? [] : [[key, row] as const])),
    );
  return { agent_sessions: merge('agent_sessions'), session_ledger: merge('session_ledger') };
};

/** A member of a dumped row that is text. */
export const textOf = (row: Readonly<Record<string, unknown>> | undefined, column: string): string =>
  z.string().parse(row?.[column]);
