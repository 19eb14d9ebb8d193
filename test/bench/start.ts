/**
 * Measures what it takes to have Inquest run: how long each app needs until it is ready, its memory when it has nothing to do, what has
 * to be installed for it, and how long it is from `npm start` to the first decision.
 *
 *   npx tsx --tsconfig test/tsconfig.run.json test/bench/start.ts [--starts 5] [--idle-seconds 10] [--json FILE]
 */
import { startPostgres, startRedis } from '@inquest/servers';
import { migrate } from '@inquest/record';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runToEnd, startApp, type Launch, type StartedApp } from './app-start.js';
import { residentMb } from './cpu.js';
import { firstDebate, type FirstDebate } from './first-debate.js';
import { installedSize, type InstalledSize } from './installed-size.js';
import { median } from './measure.js';
import { report } from './report.js';
import { printTable } from './table.js';

const { values: options } = parseArgs({
  options: {
    starts: { type: 'string', default: '5' },
    'idle-seconds': { type: 'string', default: '10' },
    json: { type: 'string' },
  },
});

const SERVICES = ['gateway', 'diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'single', 'recorder'] as const;
const root = process.cwd();
const mainOf = (app: string): string => join(root, 'dist/apps', app, 'main.js');

interface Start {
  readonly app: string;
  /** Medians, in milliseconds. */
  readonly readyMs: number;
  readonly cpuMs: number;
  /** After the idle time; null for a program that does not stay. */
  readonly idleMb: number | null;
  readonly installed: InstalledSize;
}

const measure = async (app: string, launch: Launch): Promise<Start> => {
  const starts: StartedApp[] = [];
  let idleMb = Number.NaN;
  for (let index = 1; index <= Number(options.starts); index += 1) {
    const started = await startApp(launch);
    starts.push(started);
    if (index === Number(options.starts)) {
      await pause(Number(options['idle-seconds']) * 1_000);
      idleMb = started.residentMb();
    }
    await started.stop();
  }
  const readyMs = median(starts.map((start) => start.readyMs));
  report(`${app}: ready after ${Math.round(readyMs)} ms`);
  return { app, readyMs, cpuMs: median(starts.map(({ cpuMs }) => cpuMs)), idleMb, installed: installedSize(mainOf(app), root) };
};

const withServers = async (work: (urls: { redisUrl: string; ownerUrl: string; applicationUrl: string }) => Promise<Start[]>) => {
  const [redis, postgres] = await Promise.all([startRedis({ appendOnly: true }), startPostgres()]);
  try {
    const { applicationUrl } = await migrate(postgres.url, { applicationRole: 'inquest_bench', applicationPassword: 'bench' });
    return await work({ redisUrl: redis.url, ownerUrl: postgres.url, applicationUrl });
  } finally {
    await Promise.all([redis.stop(), postgres.stop()]);
  }
};

/** The command line has no door: it starts, says its version and ends. */
const measureCli = async (): Promise<Start> => {
  const runs: Awaited<ReturnType<typeof runToEnd>>[] = [];
  for (let index = 0; index < Number(options.starts); index += 1) runs.push(await runToEnd([mainOf('cli'), '--version']));
  return {
    app: 'cli --version',
    readyMs: median(runs.map(({ readyMs }) => readyMs)),
    cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
    idleMb: null,
    installed: installedSize(mainOf('cli'), root),
  };
};

/** PostgreSQL runs as another user when we are root: the directory has to let it in. */
const withDirectory = async <T>(work: (dir: string) => Promise<T>): Promise<T> => {
  const dir = await mkdtemp(join(tmpdir(), 'inquest-start-'));
  await chmod(dir, 0o755);
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};

// What is measured has to be what is written, and `npm start` below must not have to build it.
spawnSync(process.execPath, ['bootstrap.mjs', 'build'], { stdio: 'inherit' });

const starts = await withServers(({ redisUrl, ownerUrl, applicationUrl }) =>
  withDirectory(async (dir) => {
    const token = createHash('sha256').update('bench').digest('hex');
    const env = { REDIS_URL: redisUrl, DATABASE_URL: applicationUrl, INQUEST_TOKENS: `bench:admin:${token}` };
    const measured: Start[] = [];
    for (const app of SERVICES) measured.push(await measure(app, { command: process.execPath, args: [mainOf(app)], env }));
    // Its servers are elsewhere: it is all services in one process.
    const standalone = { REDIS_URL: redisUrl, DATABASE_URL: ownerUrl, INQUEST_DATA_DIR: dir };
    const args = [mainOf('standalone'), '--no-demo', '--quiet'];
    return [...measured, await measure('standalone', { command: process.execPath, args, env: standalone }), await measureCli()];
  }),
);

// The first start on a directory makes the database; the others find it.
const debates = await withDirectory(async (dir) => {
  const measured: FirstDebate[] = [];
  for (let index = 0; index <= 3; index += 1) measured.push(await firstDebate(dir, residentMb));
  return measured;
});
const [first, ...later] = debates;
const again = {
  doorMs: median(later.map(({ doorMs }) => doorMs)),
  decisionMs: median(later.map(({ decisionMs }) => decisionMs)),
  residentMb: median(later.map(({ residentMb: megabytes }) => megabytes)),
};

const whole = (value: number): string => String(Math.round(value));
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
printTable(
  ['app', 'ready ms', 'cpu ms', 'idle MB', 'program MB', 'maps MB', 'packages MB'],
  starts.map(({ app, readyMs, cpuMs, idleMb, installed: { program, maps, packages } }) => [
    app,
    ...[readyMs, cpuMs].map(whole),
    idleMb === null ? '' : whole(idleMb),
    ...[program, maps, packages].map(megabytes),
  ]),
);
console.info('');
printTable(
  ['npm start', 'door open ms', 'first decision ms', 'resident MB'],
  (
    [
      ['on an empty directory', first],
      ['on the same again', again],
    ] as const
  ).map(([title, debate]) => [
    title,
    ...[debate?.doorMs, debate?.decisionMs, debate?.residentMb].map((value) => whole(value ?? NaN)),
  ]),
);
if (options.json) await writeFile(options.json, `${JSON.stringify({ starts, firstDebate: { first, again } }, null, 2)}\n`);
