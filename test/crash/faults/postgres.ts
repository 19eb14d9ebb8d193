import { setTimeout as pause } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import { codeOf } from '../error-code.js';
import type { SeededRandom } from '@inquest/testing';
import type { Rig } from '../rig.js';
import type { Fault } from './fault.js';
import { last, within, type Pace } from './pace.js';

const BETWEEN_BLOWS_MS = [50, 500] as const;

/** What can happen to PostgreSQL, full disks aside. */
export const postgresFaults = (pace: Pace): readonly Fault[] => [
  {
    name: 'Postgres SIGKILL',
    victims: ['postgres'],
    run: async ({ postgres }, _victim, random) => {
      await postgres.kill();
      await last(pace.downMs, random);
      await postgres.restart();
    },
  },
  { name: 'Postgres fast restart', victims: ['postgres'], run: ({ postgres }) => postgres.restart() },
  {
    name: 'Postgres SIGSTOP',
    victims: ['postgres'],
    run: async (rig, _victim, random) => {
      // The postmaster alone would go on answering through the backends that it has.
      const pids = [rig.postgres.pid, ...(await backends(rig))];
      signal(pids, 'SIGSTOP');
      try {
        await last(pace.stillMs, random);
      } finally {
        signal(pids, 'SIGCONT');
      }
    },
  },
  {
    name: 'Postgres read-only',
    victims: ['postgres'],
    run: async (rig, _victim, random) => {
      await superuser(rig, async (client) => {
        await client.query('ALTER SYSTEM SET default_transaction_read_only = on');
        await client.query('SELECT pg_reload_conf()');
        // As a failover would; without it, transactions under way may still commit.
        if (random.next() < 0.5) await client.query(TERMINATE);
      });
      try {
        await last(pace.stillMs, random);
      } finally {
        await superuser(rig, async (client) => {
          await client.query('ALTER SYSTEM RESET default_transaction_read_only');
          await client.query('SELECT pg_reload_conf()');
        });
      }
    },
  },
  {
    name: 'Postgres connections exhausted',
    victims: ['postgres'],
    // The limit of the role answers with the same code, 53300, as that of the server, and leaves the harness its own connections.
    run: async (rig, _victim, random) => {
      const role = escapeIdentifier(new URL(rig.applicationUrl).username);
      await superuser(rig, async (client) => {
        await client.query(`ALTER ROLE ${role} CONNECTION LIMIT 0`);
        await client.query(TERMINATE);
      });
      try {
        await last(pace.stillMs, random);
      } finally {
        await superuser(rig, (client) => client.query(`ALTER ROLE ${role} CONNECTION LIMIT -1`));
      }
    },
  },
  {
    name: 'Postgres backends terminated',
    victims: ['postgres'],
    run: (rig, _victim, random) => superuser(rig, (client) => terminateFor(client, within(pace.downMs, random), random)),
  },
];

const TERMINATE =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';

/** Again and again, so that connections made after the first blow are met too. At least one blow. */
const terminateFor = async (client: Client, ms: number, random: SeededRandom): Promise<void> => {
  const end = performance.now() + ms;
  do {
    await client.query(TERMINATE);
    await pause(within(BETWEEN_BLOWS_MS, random));
  } while (performance.now() < end);
};

/** Does something as superuser on a connection of its own that no proxy disturbs and that is writable in any case. */
export const superuser = async <T>(
  { databaseUrl }: Pick<Rig, 'databaseUrl'>,
  work: (client: Client) => Promise<T>,
): Promise<T> => {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'crash',
    options: '-c default_transaction_read_only=off',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => undefined); // Whatever ends it also rejects the query under way.
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const backends = (rig: Rig): Promise<number[]> =>
  superuser(rig, async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    return rows.map(({ pid }) => pid);
  });

const signal = (pids: readonly number[], name: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      // A backend may have ended by itself meanwhile.
      if (codeOf(error) !== 'ESRCH') throw error;
    }
  }
};
