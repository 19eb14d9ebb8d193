import { runInMemory } from '../../apps/cli/src/testing/run-in-memory.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { goldenRows } from './files.js';
import { behindTheBack, readDump, textOf, type RecordDump } from './record-dump.js';

/** Fixtures of tampered records: `base.json`, `heads.jsonl`, and per attack `<name>.json` and `<name>.txt`. */
export const TAMPERED = join(process.cwd(), 'libs/record/fixtures/tampered');
export const fixture = (name: string): string => readFileSync(join(TAMPERED, name), 'utf8');

/** Golden sessions that the base is made of, oldest first. */
const BASE = ['debate-by-model', 'abstained', 'escalated'];

const CHAIN = `
  DO $$ DECLARE e session_ledger; batch record; BEGIN
    e.n := 0; e.root := decode(repeat('00', 32), 'hex');
    FOR batch IN SELECT created_at, array_agg(session_id) AS session_ids, array_agg(agent_role || ':' || round || ':' || slot) AS positions,
                        string_agg(agent_session_leaf_v1(s), ''::bytea) AS leaves FROM agent_sessions s GROUP BY 1 ORDER BY 1 LOOP
      e := (e.n + 1, e.root, NULL, batch.created_at, 1, batch.session_ids, batch.positions, batch.leaves);
      e.root := session_ledger_root_v1(e);
      INSERT INTO session_ledger VALUES (e.*);
    END LOOP;
  END $$`;

/** Golden rows of schema version 1 with the ledger that they have, whoever makes it and whenever. */
export const buildBase = async (client: Client): Promise<RecordDump> => {
  const rows = goldenRows(1)
    .filter(({ name }) => BASE.includes(name))
    .flatMap((golden) => golden.rows.map(({ row }) => row));
  await behindTheBack(client, async () => {
    await client.query('TRUNCATE agent_sessions, session_ledger');
    await client.query(
      'INSERT INTO agent_sessions SELECT (jsonb_populate_record(NULL::agent_sessions, value)).* FROM jsonb_array_elements($1::jsonb)',
      [JSON.stringify(rows)],
    );
    await client.query(CHAIN);
  });
  return readDump(client);
};

/** The ids that $S1 … $S3 stand for. */
export const sessionsOf = (base: RecordDump): string[] => [
  ...new Set(
    Object.values(base.agent_sessions)
      .sort((left, right) => (textOf(left, 'created_at') < textOf(right, 'created_at') ? -1 : 1))
      .map((row) => textOf(row, 'session_id')),
  ),
];

/** What `inquest audit verify` says, without an anchor and with the heads of the untouched base. */
export const said = async (databaseUrl: string): Promise<string> => {
  const plain = await verify(databaseUrl, []);
  const anchored = await verify(databaseUrl, ['--anchor', join(TAMPERED, 'heads.jsonl')]);
  return `$ inquest audit verify\n${plain}\n$ inquest audit verify --anchor heads.jsonl\n${anchored}`;
};

const verify = async (databaseUrl: string, options: readonly string[]): Promise<string> => {
  const { code, lines } = await runInMemory(['audit', 'verify', ...options], { environment: { DATABASE_URL: databaseUrl } });
  return [...lines, `exit code ${code}`, ''].join('\n');
};
