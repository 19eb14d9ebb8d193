import type { Contender, Running } from '../contender.js';
import type { BenchServers } from '../servers.js';
import { DECIDED, POOL_MAX, prepareGraphile, say } from './graphile-worker-roles.js';
import { startProcesses } from './processes.js';
import { connectPostgres, poolOf, Tables } from './record.js';
import { Waiting } from './waiting.js';
import { message, newSession, read, ROLES } from './work.js';

const start = async (servers: BenchServers): Promise<Running> => {
  const waiting = new Waiting();
  const tables = await Tables.create(servers.databaseUrl, waiting.fail);
  await prepareGraphile(servers.databaseUrl);
  const listener = await connectPostgres(servers.databaseUrl, waiting.fail);
  listener.on('notification', ({ payload = '' }) => waiting.handOut(read(payload)));
  await listener.query(`LISTEN ${DECIDED}`);
  const pool = poolOf(servers.databaseUrl, POOL_MAX);
  const processes = await startProcesses('graphile', ROLES, servers, waiting.fail);

  return {
    debate: () => {
      const session = newSession();
      return waiting.until(session, async () => {
        await pool.query(say(session, 'incident', message(session, 'incident')));
      });
    },
    rows: () => tables.rows(),
    pids: () => [process.pid, ...processes.pids],
    stop: async () => {
      await processes.stop();
      await Promise.all([pool.end(), listener.end(), tables.close()]);
    },
  };
};

/** Everything in PostgreSQL: a message and the job that it asks for are one transaction, so nothing is decided that is not on record. */
export const graphile: Contender = { key: 'graphile', title: 'graphile-worker', start };
