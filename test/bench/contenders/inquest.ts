import { migrate } from '@inquest/record';
import { SERVICES } from '@inquest/standalone';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Contender, Running } from '../contender.js';
import { longestDebate } from '../debate-bodies.js';
import type { BenchServers } from '../servers.js';
import { Door } from './door.js';
import { LoggedProcess, type Launch } from './logged-process.js';
import { RecordedRows } from './recorded-rows.js';
import { Releases } from './releases.js';

export interface InquestOptions {
  readonly replicas?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** For Node.js, such as `--cpu-prof`. */
  readonly flags?: readonly string[];
}

const APPS = join(import.meta.dirname, '../../../dist/apps');
const CANNED = join(import.meta.dirname, 'canned-role.main.ts');

/** Inquest as it is shipped: every service a process of its own, all settings at their defaults but the limit on requests. */
export const inquestProcesses = ({ replicas = 1, env = {}, flags = [] }: InquestOptions = {}): Contender => ({
  key: 'inquest',
  title: 'Inquest, a process for each service',
  start: (servers) =>
    startInquest(servers, (common) =>
      SERVICES.filter((service) => service !== 'single').flatMap((service) =>
        Array.from({ length: service === 'gateway' ? 1 : replicas }, (_, index) => ({
          name: replicas === 1 ? service : `${service} ${index}`,
          args: [...flags, join(APPS, service, 'main.js')],
          isDoor: service === 'gateway',
          env: { ...common, ...env, INQUEST_CONSUMER: `${service}-${index}` },
        })),
      ),
    ),
});

const CANNED_ROLES: readonly string[] = ['diagnostician', 'solver', 'reviewer', 'critic'];

/** The same with roles that say at once what they said in a recorded debate: what Inquest costs when nobody has to think. */
export const inquestWithoutThought = ({ env = {}, flags = [] }: Omit<InquestOptions, 'replicas'> = {}): Contender => ({
  key: 'inquestWithoutThought',
  title: 'Inquest, roles without work of their own',
  start: (servers) =>
    startInquest(servers, (common, dir) => {
      const debate = join(dir, 'debate.json');
      writeFileSync(debate, JSON.stringify(longestDebate()));
      return SERVICES.filter((service) => service !== 'single').map((service) => ({
        name: service,
        args: CANNED_ROLES.includes(service)
          ? [...flags, '--import', 'tsx', CANNED, service, debate]
          : [...flags, join(APPS, service, 'main.js')],
        isDoor: service === 'gateway',
        env: { ...common, ...env, INQUEST_CONSUMER: `${service}-0` },
      }));
    }),
});

/** The same as the first, all services in one process. */
export const inquestStandalone = ({ env = {}, flags = [] }: Omit<InquestOptions, 'replicas'> = {}): Contender => ({
  key: 'standalone',
  title: 'Inquest, all in one process',
  start: (servers) =>
    startInquest(servers, (common, dir) => [
      {
        name: 'standalone',
        args: [...flags, join(APPS, 'standalone', 'main.js'), '--no-demo', '--quiet'],
        isDoor: true,
        env: { ...common, ...env, DATABASE_OWNER_URL: servers.databaseUrl, INQUEST_DATA_DIR: dir },
      },
    ]),
});

const startInquest = async (
  servers: BenchServers,
  launches: (common: Record<string, string>, dir: string) => Launch[],
): Promise<Running> => {
  const dir = await mkdtemp(join(tmpdir(), 'inquest-bench-'));
  const token = randomBytes(16).toString('hex');
  const applicationRole = `app_${randomUUID().slice(0, 8)}`;
  const { applicationUrl } = await migrate(servers.databaseUrl, { applicationRole, applicationPassword: token });
  const processes: LoggedProcess[] = [];
  const stopAll = async (): Promise<void> => {
    await Promise.all(processes.map((one) => one.stop()));
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const common = {
      REDIS_URL: servers.redisUrl,
      DATABASE_URL: applicationUrl,
      INQUEST_TOKENS: `bench:admin:${createHash('sha256').update(token).digest('hex')}`,
      INQUEST_RATE_PER_MINUTE: '10000000', // One caller stands for all who would send incidents.
      INQUEST_SHUTDOWN_DELAY_MS: '0',
    };
    for (const [index, launch] of launches(common, dir).entries())
      processes.push(await LoggedProcess.start(launch, join(dir, `${index}.log`)));
    await Promise.all(processes.map((one) => one.untilReady()));
    const door = processes.find(({ isDoor }) => isDoor);
    if (!door) throw new Error('None of the processes has a door.');
    return await running(door.url, token, servers, processes, stopAll);
  } catch (error) {
    await stopAll();
    throw error;
  }
};

const running = async (
  url: string,
  token: string,
  servers: BenchServers,
  processes: readonly LoggedProcess[],
  stopAll: () => Promise<void>,
): Promise<Running> => {
  const client = new Client({ connectionString: servers.databaseUrl });
  await client.connect();
  const rows = new RecordedRows(client);
  const releases = await Releases.listen(servers.redisUrl);
  const door = new Door(url, token);
  return {
    debate: async () => releases.of(await door.open()),
    rows: () => rows.count(),
    pids: () => processes.map(({ pid }) => pid),
    names: () => processes.map(({ name }) => name),
    stop: async () => {
      try {
        await door.checkDecisions();
      } finally {
        await door.close();
        await releases.stop();
        await client.end();
        await stopAll();
      }
    },
  };
};
