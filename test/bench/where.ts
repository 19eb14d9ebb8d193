import { closeRedis, connectRedis, type RedisConnection } from '@inquest/streams';
import { Client } from 'pg';
import { z } from 'zod';
import type { Contender, Running } from './contender.js';
import { cpuSeconds } from './cpu.js';
import { markdown } from './figures.js';
import { saturate, warmUp } from './measure.js';
import { openServers } from './servers.js';

export interface WherePlan {
  readonly inFlight: number;
  readonly seconds: number;
  readonly warmUp: number;
}

/** What something was asked for, per debate. */
export interface Calls {
  readonly name: string;
  readonly calls: number;
  /** Of Redis' one thread; of PostgreSQL from the beginning to the end of a statement, waiting and what it runs itself included. */
  readonly microseconds: number;
}

/** Where a debate's time goes. All figures are per debate. */
export interface Where {
  readonly debates: number;
  readonly debatesPerSecond: number;
  /** Processor milliseconds of each process and server. */
  readonly cpuMs: Readonly<Record<string, number>>;
  readonly redis: readonly Calls[];
  readonly postgres: readonly Calls[];
  readonly commits: number;
  readonly walKilobytes: number;
}

/** Counts statements, those within functions too. It costs a little, so nothing else is measured on these servers. */
const WATCHED = ['shared_preload_libraries=pg_stat_statements', 'pg_stat_statements.track=all'];
const LINES_MAX = 15;
const STATEMENT_CHARS_MAX = 90;

export const where = async (contender: Contender, plan: WherePlan): Promise<Where> => {
  const house = await openServers(WATCHED);
  try {
    const servers = await house.fresh();
    const client = new Client({ connectionString: servers.databaseUrl });
    client.on('error', () => undefined); // Its database may go before it does.
    await client.connect();
    const redis = connectRedis(servers.redisUrl, { name: 'bench-where' });
    const running = await contender.start(servers);
    try {
      await client.query('CREATE EXTENSION pg_stat_statements');
      await warmUp(running, plan.warmUp, plan.inFlight);
      await Promise.all([redis.config('RESETSTAT'), client.query('SELECT pg_stat_statements_reset()')]);
      const [totals, cpu] = [await totalsOf(client), cpuOf(running)];
      const { debates, debatesPerSecond, cpuMs: servedBy } = await saturate(running, servers, plan);
      const [cpuMs, after] = [cpu(debates), await totalsOf(client)];
      return {
        ...{ debates, debatesPerSecond, cpuMs: { ...cpuMs, Redis: servedBy.redis, PostgreSQL: servedBy.postgres } },
        ...{ redis: await commandsOf(redis, debates), postgres: await statementsOf(client, debates) },
        commits: (after.commits - totals.commits) / debates,
        walKilobytes: (after.wal - totals.wal) / 1_024 / debates,
      };
    } finally {
      await running.stop();
      await Promise.all([client.end(), closeRedis(redis)]);
    }
  } finally {
    await house.stop();
  }
};

/** As Markdown: who uses the processors, what Redis and what PostgreSQL is asked for. */
export const tablesOf = ({ debatesPerSecond, cpuMs, redis, postgres, commits, walKilobytes }: Where): string => {
  const calls = (title: string, lines: readonly Calls[]): string =>
    markdown(
      [title, 'calls', 'µs'],
      lines.slice(0, LINES_MAX).map((one) => [one.name, one.calls.toFixed(2), one.microseconds.toFixed(1)]),
    );
  const all = Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0);
  const processes = Object.entries({ ...cpuMs, 'all together': all }).map(([name, ms]) => [name, ms.toFixed(2)]);
  return [
    `${debatesPerSecond.toFixed(0)} debates/s; per debate ${commits.toFixed(2)} commits and ${walKilobytes.toFixed(1)} kB of write-ahead log`,
    markdown(['process', 'CPU ms'], processes),
    calls('Redis command', redis),
    calls('PostgreSQL statement', postgres),
  ].join('\n\n');
};

const cpuOf = (running: Running): ((debates: number) => Record<string, number>) => {
  const [pids, names] = [running.pids(), running.names?.() ?? []];
  const before = pids.map((pid) => cpuSeconds({ pids: [pid] }));
  return (debates) =>
    Object.fromEntries(
      pids.map((pid, index) => {
        const seconds = cpuSeconds({ pids: [pid] }) - (before[index] ?? 0);
        return [names[index] ?? `process ${index + 1}`, (seconds * 1_000) / debates];
      }),
    );
};

const commandsOf = async (redis: RedisConnection, debates: number): Promise<Calls[]> =>
  [...(await redis.info('commandstats')).matchAll(/^cmdstat_(\S+?):calls=(\d+),usec=(\d+)/gm)]
    .map(([, name = '', calls, usec]) => ({
      name,
      calls: Number(calls) / debates,
      microseconds: Number(usec) / debates,
    }))
    .sort(dearestFirst);

const Statement = z.object({ query: z.string(), calls: z.number(), us: z.number() });

const statementsOf = async (client: Client, debates: number): Promise<Calls[]> => {
  const { rows } = await client.query(
    'SELECT query, calls::float8 AS calls, total_exec_time * 1000 AS us FROM pg_stat_statements WHERE query NOT LIKE $2 ORDER BY total_exec_time DESC LIMIT $1',
    [LINES_MAX, '%pg_stat%'], // Without our own questions.
  );
  return z
    .array(Statement)
    .parse(rows)
    .map(({ query, calls, us }) => ({
      name: query.replaceAll(/\s+/g, ' ').replaceAll('|', '¦').trim().slice(0, STATEMENT_CHARS_MAX),
      calls: calls / debates,
      microseconds: us / debates,
    }));
};

const Totals = z.object({ commits: z.number(), wal: z.number() });

const totalsOf = async (client: Client): Promise<z.infer<typeof Totals>> => {
  const { rows } = await client.query(
    `SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())::float8 AS commits,
            (SELECT wal_bytes FROM pg_stat_wal)::float8 AS wal`,
  );
  return Totals.parse(rows[0]);
};

const dearestFirst = (left: Calls, right: Calls): number => right.microseconds - left.microseconds;
