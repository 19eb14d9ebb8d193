import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';

/** An empty database for one spec. */
export interface FreshDatabase {
  /** As superuser. */
  readonly url: string;
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>;
}

/** Creates a database on the PostgreSQL that all specs of one test run share. Drop it in `afterAll`. */
export const freshDatabase = async (): Promise<FreshDatabase> => {
  const serverUrl = process.env['INQUEST_TEST_DATABASE_URL'];
  if (!serverUrl) {
    throw new Error(
      'INQUEST_TEST_DATABASE_URL is not set: name the spec *.int.spec.ts or *.e2e.spec.ts, and Jest starts a server for it.',
    );
  }
  const name = `inq_${randomBytes(6).toString('hex')}`;
  await runOn(serverUrl, `CREATE DATABASE ${escapeIdentifier(name)}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.toString(),
    drop: async () => runOn(serverUrl, `DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`),
  };
};

const runOn = async (url: string, statement: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};
