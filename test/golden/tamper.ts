/**
 * Makes the fixtures of tampered records from the golden rows: each attack is done to the same small record, and what it left behind is
 * kept as the difference, beside what `inquest audit verify` says of it. The result is the same whenever and wherever it is run.
 *
 *   npx tsx test/golden/tamper.ts
 */
import { migrate, headLine } from '@inquest/record';
import { startPostgres } from '@inquest/servers';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { ATTACKS, columnAttacks } from './attacks.js';
import { behindTheBack, difference, readDump, textOf, writeDump, type RecordDump } from './record-dump.js';
import { buildBase, said, sessionsOf, TAMPERED } from './tampered.js';

const columnsOf = async (client: Client) => {
  const { rows } = await client.query<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'agent_sessions' ORDER BY ordinal_position`,
  );
  return rows;
};

/** Of entries in the middle and at the end: an anchor file has one every few seconds. */
const heads = (base: RecordDump): string =>
  [2, 8, Object.keys(base.session_ledger).length]
    .map((n) => {
      const entry = base.session_ledger[String(n)];
      const at = textOf(entry, 'created_at').replace('+00:00', 'Z');
      return headLine({ n, root: textOf(entry, 'root').replace('\\x', ''), at, signature: null });
    })
    .join('');

const postgres = await startPostgres();
const { applicationUrl } = await migrate(postgres.url, { applicationRole: 'inquest_golden', applicationPassword: 'golden' });
const client = new Client({ connectionString: postgres.url, options: '-c timezone=UTC' });
await client.connect();
try {
  rmSync(TAMPERED, { recursive: true, force: true });
  mkdirSync(TAMPERED, { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(TAMPERED, name), text);
  const base = await buildBase(client);
  write('base.json', `${JSON.stringify(base)}\n`);
  write('heads.jsonl', heads(base));
  const sessions = sessionsOf(base);
  for (const { name, about, sql } of [...columnAttacks(await columnsOf(client)), ...ATTACKS]) {
    await writeDump(client, base);
    await behindTheBack(client, () =>
      client.query(sql.replaceAll(/\$S(\d)/g, (_, digit: string) => sessions[Number(digit) - 1] ?? '')),
    );
    write(`${name}.json`, `${JSON.stringify(difference(about, base, await readDump(client)))}\n`);
    write(`${name}.txt`, await said(applicationUrl));
    console.info(`${name}: ${about}`);
  }
} finally {
  await client.end();
  await postgres.stop();
}
