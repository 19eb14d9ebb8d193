import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../migrations/index.js';
import { guardDdl, type DdlGuard } from './ddl-guard.js';
import { applicationUrl, ensureApplicationRole, ensureOwnerRole, grantToApplication } from './roles.js';

export interface MigrateOptions {
  /** Login role of the services: SELECT and INSERT on the record. Default `inquest_app`. */
  readonly applicationRole?: string;
  readonly applicationPassword: string;
  /** Owns the tables when migrations run as superuser; else the role of `ownerUrl` does. Default `inquest_owner`. */
  readonly ownerRole?: string;
}

export interface MigrationResult {
  /** Names of the migrations that ran now. */
  readonly applied: readonly string[];
  /** `ownerUrl` with the application role and its password. */
  readonly applicationUrl: string;
  /** Whether DROP and ALTER are guarded too. Only a superuser may create event triggers. */
  readonly ddlGuard: DdlGuard;
}

/** The database cannot hold the record as it is set up. */
export class UnsuitableDatabaseError extends Error {
  override readonly name = 'UnsuitableDatabaseError';
}

const MIGRATION_LOCK = '7310876533120550';

/**
 * Brings the database to the newest schema, with its two roles, and can be run by every process at every start: one
 * waits for the other, and what is there already stays.
 */
export const migrate = async (ownerUrl: string, options: MigrateOptions): Promise<MigrationResult> => {
  const role = options.applicationRole ?? 'inquest_app';
  const client = new Client({ connectionString: ownerUrl, application_name: 'inquest-migrate', options: MIGRATING });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const superuser = await inspect(client);
    const owner = superuser ? await ensureOwnerRole(client, options.ownerRole ?? 'inquest_owner') : undefined;
    const applied = await runMigrations(ownerUrl, owner);
    await ensureApplicationRole(client, role, options.applicationPassword);
    await grantToApplication(client, role);
    const ddlGuard = await guardDdl(client, superuser);
    return { applied, applicationUrl: applicationUrl(ownerUrl, role, options.applicationPassword), ddlGuard };
  } finally {
    await client.end(); // Gives the lock back too.
  }
};

/** Tells the guard of DROP and ALTER that a migration is at work. */
const MIGRATING = '-c inquest.migrating=on';

/** @returns whether the connection is a superuser's. */
const inspect = async (client: Client): Promise<boolean> => {
  const { rows } = await client.query<{ encoding: string; version: number; superuser: boolean }>(
    `SELECT current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int AS version,
            current_setting('is_superuser') = 'on' AS superuser`,
  );
  const { encoding, version, superuser } = rows[0] ?? { encoding: '', version: 0, superuser: false };
  if (encoding !== 'UTF8')
    throw new UnsuitableDatabaseError(
      `The database is encoded in ${encoding}; the record needs UTF8. Create it anew with ENCODING 'UTF8'.`,
    );
  if (version < 140_000)
    throw new UnsuitableDatabaseError(`PostgreSQL ${Math.floor(version / 10_000)} is too old; the record needs 14 or newer.`);
  return superuser;
};

const runMigrations = async (url: string, owner: string | undefined): Promise<string[]> => {
  const source = new DataSource({
    type: 'postgres',
    url,
    applicationName: 'inquest-migrate',
    migrations: MIGRATIONS,
    migrationsTableName: 'inquest_migrations',
    migrationsTransactionMode: 'each',
    extra: { max: 1, options: owner === undefined ? MIGRATING : `${MIGRATING} -c role=${owner}` },
  });
  await source.initialize();
  try {
    return (await source.runMigrations()).map(({ name }) => name);
  } finally {
    await source.destroy();
  }
};
