import { migrate } from '@inquest/record';
import { freshDatabase, type FreshDatabase } from '@inquest/testing';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { Client } from 'pg';
import { ATTACKS, columnAttacks } from './attacks.js';
import { applied, DumpDifference, RecordDump, writeDump } from './record-dump.js';
import { buildBase, fixture, said, TAMPERED } from './tampered.js';

let database: FreshDatabase;
let client: Client;
let applicationUrl: string;

beforeAll(async () => {
  database = await freshDatabase();
  const applicationRole = `app_${randomUUID().slice(0, 8)}`;
  ({ applicationUrl } = await migrate(database.url, { applicationRole, applicationPassword: 'golden' }));
  client = new Client({ connectionString: database.url, options: '-c timezone=UTC' });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const base = RecordDump.parse(JSON.parse(fixture('base.json')));
const names = readdirSync(TAMPERED)
  .filter((file) => file.endsWith('.json') && file !== 'base.json')
  .map((file) => file.replace('.json', ''));

it('has a dump for every attack and for every column that the table has', async () => {
  const { rows } = await client.query<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'agent_sessions'`,
  );
  expect(names.toSorted()).toEqual([...ATTACKS, ...columnAttacks(rows)].map(({ name }) => name).sort());
});

it('gives rows of schema version 1 the leaves and roots that they always had', async () => {
  expect(await buildBase(client)).toEqual(base);
});

it.each(names)(
  'says of %s what it has always said',
  async (name) => {
    await writeDump(client, applied(base, DumpDifference.parse(JSON.parse(fixture(`${name}.json`)))));
    expect(await said(applicationUrl)).toBe(fixture(`${name}.txt`));
  },
  60_000,
);
