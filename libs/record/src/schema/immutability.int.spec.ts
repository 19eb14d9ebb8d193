import { Client } from 'pg';
import { migrate } from '../index.js';
import { aDebate, freshRecord, type FreshRecord } from '../testing/fixtures.spec.js';

let fresh: FreshRecord;
let application: Client;
let owner: Client;

beforeAll(async () => {
  fresh = await freshRecord();
  const second = await fresh.another();
  await Promise.all([fresh.record.append(aDebate().events), second.append(aDebate().events)]);
  application = new Client({ connectionString: fresh.applicationUrl });
  owner = new Client({ connectionString: fresh.ownerUrl });
  await Promise.all([application.connect(), owner.connect()]);
  await owner.query('CREATE SCHEMA elsewhere');
});
afterAll(async () => {
  await Promise.all([application.end(), owner.end()]);
  await fresh.close();
});

const CHANGES = ['agent_sessions', 'session_ledger'].flatMap((table) => [
  `UPDATE ${table} SET created_at = now()`,
  `DELETE FROM ${table}`,
  `TRUNCATE ${table}`,
  `MERGE INTO ${table} t USING (SELECT 1) AS x ON true WHEN MATCHED THEN DELETE`,
]);

it.each(CHANGES)('refuses the application: %s', async (change) => {
  await expect(application.query(change)).rejects.toThrow(/permission denied/);
});

it('refuses the application a changed row by way of a conflict', async () => {
  const upsert = `INSERT INTO agent_sessions SELECT * FROM agent_sessions LIMIT 1 ON CONFLICT (session_id, agent_role, round, slot) DO UPDATE SET seq = 9`;
  await expect(application.query(upsert)).rejects.toThrow(/permission denied/);
});

it.each([...CHANGES, `SET session_replication_role = 'replica'; DELETE FROM agent_sessions`])(
  'refuses the owner, and a superuser too: %s',
  async (change) => {
    await expect(owner.query(change)).rejects.toThrow(/refused: its rows are never changed or removed/);
    await owner.query('RESET session_replication_role');
  },
);

it.each([
  'DROP TABLE agent_sessions CASCADE',
  'ALTER TABLE agent_sessions SET SCHEMA elsewhere',
  'ALTER FUNCTION refuse_change RENAME TO allow_change',
  'DROP OWNED BY inquest_owner CASCADE',
  'DROP TABLE session_ledger CASCADE',
  'ALTER TABLE agent_sessions DISABLE TRIGGER ALL',
  'ALTER TABLE agent_sessions DROP COLUMN seq',
  'ALTER TABLE agent_sessions RENAME COLUMN seq TO number',
  'ALTER TABLE session_ledger RENAME TO old_ledger',
  'DROP TRIGGER agent_sessions_append_only ON agent_sessions',
  'ALTER TRIGGER agent_sessions_append_only ON agent_sessions RENAME TO x',
  'CREATE RULE silent AS ON INSERT TO agent_sessions DO INSTEAD NOTHING',
  `CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
  'DROP FUNCTION append_events CASCADE',
  'DROP SCHEMA public CASCADE',
])('refuses even a superuser: %s', async (change) => {
  await expect(owner.query(change)).rejects.toThrow(/refused/);
});

it('still lets a temporary table have the name', async () => {
  await owner.query('CREATE TEMP TABLE agent_sessions (x int)');
  await owner.query('DROP TABLE pg_temp.agent_sessions');
});

it('can be migrated again, which changes nothing', async () => {
  const url = new URL(fresh.applicationUrl);
  const again = await migrate(fresh.ownerUrl, { applicationRole: url.username, applicationPassword: "it's a secret" });
  expect(again).toMatchObject({ applied: [], ddlGuard: { installed: true }, applicationUrl: fresh.applicationUrl });
  expect(fresh.migration.applied).toHaveLength(5);
});

it('is owned by a role that nobody logs in as', async () => {
  const rows = await fresh.sql(
    `SELECT DISTINCT r.rolname, r.rolcanlogin FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE c.relname IN ('agent_sessions', 'session_ledger', 'incidents')`,
  );
  expect(rows).toEqual([{ rolname: 'inquest_owner', rolcanlogin: false }]);
});

it('says so when the owner may not create event triggers', async () => {
  const role = `plain_${new URL(fresh.applicationUrl).username.slice(4)}`;
  await fresh.sql(`CREATE ROLE ${role} LOGIN CREATEROLE PASSWORD 'p'`);
  const name = `plain_${role}`;
  await fresh.sql(`CREATE DATABASE ${name} OWNER ${role}`);
  const url = new URL(fresh.ownerUrl);
  url.username = role;
  url.password = 'p';
  url.pathname = `/${name}`;
  const result = await migrate(url.toString(), { applicationRole: `${role}_app`, applicationPassword: 'q' });
  expect(result.ddlGuard).toMatchObject({ installed: false, detail: expect.stringMatching(/superuser/) as string });
  const plain = new Client({ connectionString: url.toString() });
  await plain.connect();
  await expect(plain.query('DELETE FROM agent_sessions')).rejects.toThrow(/refused/);
  await plain.end();
  await fresh.sql(`DROP DATABASE ${name} WITH (FORCE)`);
});
