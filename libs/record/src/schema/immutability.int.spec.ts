import { Client } from 'pg';
import { migrate } from '../index.js';
import { aDebate, freshRecord, type FreshRecord } from '../testing/fixtures.spec.js';
import { alterationsOf, appendOnly, changesOf, FOUNDATIONS, KEEPING } from './attacks.spec.js';

let fresh: FreshRecord;
let application: Client;
let owner: Client;
let superuser: Client;

beforeAll(async () => {
  fresh = await freshRecord();
  const second = await fresh.another();
  await Promise.all([fresh.record.append(aDebate().events), second.append(aDebate().events)]);
  await fresh.record.append([{ seq: 1, streamId: '1-1', body: 'no json', sessionId: aDebate().sessionId }]);
  await fresh.record.flags.set({ phase: 2, enabled: true, actor: 'spec', reason: 'so that there is a row' });
  await fresh.record.controls.switchExecution({ stopped: true, actor: 'spec', reason: 'so that there is a row' });
  application = new Client({ connectionString: fresh.applicationUrl });
  owner = new Client({ connectionString: fresh.ownerUrl });
  superuser = new Client({ connectionString: fresh.ownerUrl });
  await Promise.all([application, owner, superuser].map((client) => client.connect()));
  await superuser.query('CREATE SCHEMA elsewhere; GRANT ALL ON SCHEMA elsewhere TO PUBLIC');
  await superuser.query(`CREATE FUNCTION elsewhere.swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`);
  await owner.query('SET ROLE inquest_owner');
});
afterAll(async () => {
  await Promise.all([application, owner, superuser].map((client) => client.end()));
  await fresh.close();
});

/** Everything in the append-only tables and all that is said about them in the catalogue. */
const state = (): Promise<unknown> =>
  fresh.sql(
    `SELECT t.name, md5(query_to_xml('SELECT * FROM ' || t.name || ' ORDER BY 1, 2, 3', true, false, '')::text) AS rows,
            (SELECT jsonb_agg(to_jsonb(g) - 'oid' ORDER BY g.tgname) FROM pg_trigger g WHERE g.tgrelid = t.name::regclass) AS triggers,
            (SELECT to_jsonb(c) - 'relfilenode' - 'relpages' - 'reltuples' - 'relallvisible' - 'relallfrozen' - 'relfrozenxid' - 'relminmxid'
               FROM pg_class c WHERE c.oid = t.name::regclass) AS class
       FROM unnest($1::text[]) AS t(name)`,
    [appendOnly],
  );

it('has a row for every table of the schema, so that a new one is attacked too', async () => {
  const tables = await fresh.sql(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm', 'f') ORDER BY 1`,
  );
  expect(tables.map(({ name }) => name)).toEqual(Object.keys(KEEPING).sort());
  expect(appendOnly.toSorted()).toEqual(
    Object.keys(KEEPING)
      .filter((table) => KEEPING[table] === 'append-only')
      .sort(),
  );
});

it('has a row in every table that is attacked: triggers of a statement would not need one, those of a row would', async () => {
  for (const table of appendOnly) expect(await fresh.sql(`SELECT 1 AS one FROM ${table} LIMIT 1`)).toEqual([{ one: 1 }]);
});

describe('as the application', () => {
  const changes = Object.keys(KEEPING)
    .filter((table) => KEEPING[table] !== 'projection')
    .flatMap(changesOf);
  it.each(changes)('refuses: %s', async (change) => {
    await expect(application.query(change)).rejects.toThrow(/permission denied/);
  });

  it.each(Object.keys(KEEPING).flatMap(alterationsOf))('refuses: %s', async (change) => {
    await expect(application.query(change)).rejects.toThrow(/must be owner|permission denied|does not exist/);
  });

  it.each([
    ...FOUNDATIONS,
    'SET ROLE inquest_owner',
    'SET SESSION AUTHORIZATION inquest_owner',
    'REASSIGN OWNED BY inquest_owner TO CURRENT_USER',
    'GRANT inquest_owner TO CURRENT_USER',
    `SET session_replication_role = 'replica'`,
    `SELECT set_config('session_replication_role', 'replica', false)`,
    `COPY agent_sessions TO PROGRAM 'cat'`,
    `COPY agent_sessions FROM '/etc/passwd'`,
    `SELECT pg_read_file('/etc/passwd')`,
    `SELECT lo_import('/etc/passwd')`,
    'CREATE EXTENSION pageinspect',
    'ALTER EVENT TRIGGER inquest_guard_alter DISABLE',
    'DROP EVENT TRIGGER inquest_guard_drop',
    `CREATE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
    'INSERT INTO inquest_migrations (timestamp, name) VALUES (1, 1)',
    'UPDATE pg_trigger SET tgenabled = tgenabled',
    'DELETE FROM pg_trigger',
  ])('refuses: %s', async (attack) => {
    await expect(application.query(attack)).rejects.toThrow(
      /must be owner|permission denied|must be superuser|must be able to SET ROLE/i,
    );
  });

  it('refuses a changed row by way of a conflict', async () => {
    const upsert = `INSERT INTO agent_sessions SELECT * FROM agent_sessions LIMIT 1 ON CONFLICT (session_id, agent_role, round, slot) DO UPDATE SET seq = 9`;
    await expect(application.query(upsert)).rejects.toThrow(/permission denied/);
  });

  it('refuses a changed row in the name of a migration', async () => {
    await application.query(`SET inquest.migrating = 'on'`);
    for (const attack of [...appendOnly.flatMap(alterationsOf), ...appendOnly.flatMap(changesOf)])
      await expect(application.query(attack)).rejects.toThrow(/must be owner|permission denied/);
    await application.query('RESET inquest.migrating');
  });
});

describe.each([
  ['the owner of the tables', () => owner],
  ['a superuser', () => superuser],
])('as %s', (who, client) => {
  const attack = async (statement: string): Promise<void> => {
    const before = await state();
    await expect(client().query(statement)).rejects.toThrow(
      /refused|permission denied|must be owner|must be superuser|other objects depend on it/,
    );
    expect(await state()).toEqual(before);
  };

  it.each(appendOnly.flatMap(changesOf))('refuses: %s', attack);
  it.each(appendOnly.flatMap(alterationsOf))('refuses: %s', attack);
  it.each(FOUNDATIONS)('refuses: %s', attack);

  it('refuses to remove rows as a replica too', async () => {
    const replica = client().query(`SET session_replication_role = 'replica'`);
    if (who === 'a superuser') await replica;
    else await expect(replica).rejects.toThrow(/permission denied/);
    for (const change of appendOnly.flatMap(changesOf)) await attack(change);
    await client()
      .query('RESET session_replication_role')
      .catch(() => expect(who).not.toBe('a superuser'));
  });
});

it('lets the owner neither switch off nor replace what guards the tables from it', async () => {
  for (const attack of [
    'ALTER EVENT TRIGGER inquest_guard_alter DISABLE',
    'DROP EVENT TRIGGER inquest_guard_drop',
    'DROP SCHEMA inquest_guard CASCADE',
    `CREATE OR REPLACE FUNCTION inquest_guard.refuse_alter() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'`,
    'CREATE OR REPLACE VIEW inquest_guard.append_only AS SELECT NULL::oid AS relation, NULL::oid AS function',
  ])
    await expect(owner.query(attack)).rejects.toThrow(/must be owner|permission denied/);
});

it('still lets a temporary table have the name', async () => {
  await superuser.query('CREATE TEMP TABLE agent_sessions (x int)');
  await superuser.query('DROP TABLE pg_temp.agent_sessions');
});

it('can be migrated again, which changes nothing', async () => {
  const url = new URL(fresh.applicationUrl);
  const again = await migrate(fresh.ownerUrl, { applicationRole: url.username, applicationPassword: "it's a secret" });
  expect(again).toMatchObject({ applied: [], ddlGuard: { installed: true }, applicationUrl: fresh.applicationUrl });
  expect(fresh.migration.applied).toHaveLength(7);
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

  // An upgrade, and a new password; a managed server gives nobody a superuser.
  const again = await migrate(url.toString(), { applicationRole: `${role}_app`, applicationPassword: 'rotated' });
  expect(again.applied).toEqual([]);
  const rotated = new Client({ connectionString: again.applicationUrl });
  await rotated.connect();
  await rotated.end();
  await fresh.sql(`ALTER ROLE ${role}_app CREATEDB`);
  const powerful = migrate(url.toString(), { applicationRole: `${role}_app`, applicationPassword: 'q' });
  await expect(powerful).rejects.toThrow(/may do more than it should.*NOCREATEDB/);
  await plain.end();
  await fresh.sql(`DROP DATABASE ${name} WITH (FORCE)`);
});
