import { migrate } from '@inquest/record';
import { startPostgres } from '@inquest/servers';
import { Client } from 'pg';

/** A migrated record to measure on. */
export interface BenchDatabase {
  /** As owner or superuser. */
  readonly ownerUrl: string;
  /** As the services see it. */
  readonly applicationUrl: string;
  readonly client: Client;
  /** Of the PostgreSQL that was started for this; null when one was given. */
  readonly stop: () => Promise<void>;
}

const PASSWORD = 'bench';

/**
 * The database that `url` names (it is migrated, and the application role's password is set), else a private PostgreSQL with its files
 * in `dataDir`, which are kept, or in a temporary directory.
 */
export const openBench = async ({
  url,
  dataDir,
}: {
  url?: string | undefined;
  dataDir?: string | undefined;
}): Promise<BenchDatabase> => {
  const server = url === undefined ? await startPostgres({ ...(dataDir !== undefined && { dataDir }) }) : undefined;
  const ownerUrl = url ?? server?.url ?? '';
  const { applicationUrl } = await migrate(ownerUrl, { applicationRole: 'inquest_bench', applicationPassword: PASSWORD });
  const client = new Client({ connectionString: ownerUrl, application_name: 'inquest-bench' });
  await client.connect();
  const stop = async (): Promise<void> => {
    await client.end();
    await server?.stop();
  };
  return { ownerUrl, applicationUrl, client, stop };
};
