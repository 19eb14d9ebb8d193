/**
 * Brings the record in PostgreSQL to the newest schema, as a step of its own before the services start: the one program that gets the
 * owner's password. Bundled as `dist/apps/migrate/main.js`.
 *
 *   DATABASE_OWNER_URL  the owner of the tables, or a superuser, who also gets the guard against DROP and ALTER
 *   DATABASE_URL        the services' own: its role is created, or given this password and its rights
 *
 *   --wait              changes nothing: waits until DATABASE_URL can be used, for whoever must not start before the migration has run
 *
 * Exit codes: 0 done, 1 the database refused or cannot be reached, 2 the environment or the command line is wrong.
 */
import { migrate, openRecord } from '@inquest/record';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 2_000;
const WAIT_MS_MAX = 5 * 60_000;

const INSUFFICIENT_PRIVILEGE = '42501';
const OWNER_NEEDS =
  'The role of DATABASE_OWNER_URL has to own the database, and needs CREATEROLE to make the one of the services: ALTER ROLE … CREATEROLE.';

const say = (line) => process.stdout.write(`${line}\n`);

/** Something that whoever started us has to correct. */
class Usage extends Error {}

const url = (variable) => {
  const text = process.env[variable] || '';
  if (!URL.canParse(text))
    throw new Usage(`${variable} is ${text ? 'no URL' : 'not set'}; give it as postgresql://user:password@host:5432/db.`);
  return new URL(text);
};

const bringUp = async () => {
  const owner = url('DATABASE_OWNER_URL');
  const application = url('DATABASE_URL');
  if (!application.username || !application.password)
    throw new Usage('DATABASE_URL names no user or no password; the application role is made of them.');
  if (application.username === owner.username)
    throw new Usage(
      'DATABASE_URL names the owner; give the services a role of their own, which may not change what is on record.',
    );
  const { applied, ddlGuard } = await migrate(owner.href, {
    applicationRole: decodeURIComponent(application.username),
    applicationPassword: decodeURIComponent(application.password),
  });
  say(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.length}: ${applied.join(', ')}.`);
  say(ddlGuard.detail);
};

const waitFor = async () => {
  const { href } = url('DATABASE_URL');
  for (const startedMs = Date.now(); ;) {
    try {
      const record = await openRecord(href, { max: 1, name: 'inquest-wait' });
      await record.ping().finally(() => record.close());
      return say('The record can be used.');
    } catch (error) {
      if (Date.now() - startedMs > WAIT_MS_MAX) throw error;
      say(`Waiting for the record: ${error.message}`);
      await pause(LOOK_EVERY_MS);
    }
  }
};

try {
  const [mode, ...rest] = process.argv.slice(2);
  if (rest.length > 0 || (mode !== undefined && mode !== '--wait')) throw new Usage('Usage: migrate [--wait]');
  await (mode === '--wait' ? waitFor() : bringUp());
} catch (error) {
  const missing = error.code === INSUFFICIENT_PRIVILEGE ? ` ${OWNER_NEEDS}` : '';
  process.stderr.write(`inquest migrate failed. ${error.message}${missing}\n`);
  process.exitCode = error instanceof Usage ? 2 : 1;
}
