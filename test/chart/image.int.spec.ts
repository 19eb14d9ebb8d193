import { freePort } from '@inquest/servers';
import { NODE_FLAGS } from '@inquest/standalone';
import { freshDatabase, freshRedis, type FreshDatabase } from '@inquest/testing';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { imageFiles, type ImageFiles } from './support/image-files.js';
import { metricNames } from './support/metric-names.js';
import { podsOf, render } from './support/render.js';
import { chartTools } from './support/tools.js';

const SERVICES = ['gateway', 'recorder', 'coordinator', 'diagnostician', 'solver', 'reviewer', 'critic', 'single'] as const;
const TOKEN = 'image-token';
const READY_WITHIN_MS = 60_000;
const root = join(import.meta.dirname, '../..');

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The files that the image holds, without the repository around them, have to be enough: every program of it is run from them. */
describe('the files of the image', () => {
  let image: ImageFiles;
  let database: FreshDatabase;
  let redis: Awaited<ReturnType<typeof freshRedis>>;
  let environment: Record<string, string>;
  const running = new Map<string, { readonly child: ChildProcess; readonly url: string; readonly said: string[] }>();

  const run = (args: string[], env: Record<string, string> = {}): Promise<Run> =>
    new Promise((resolve) => {
      const options = { cwd: image.folder, env: { ...environment, ...env }, ...image.user };
      const child = execFile(process.execPath, args, options, (_, stdout, stderr) =>
        resolve({ status: child.exitCode, stdout, stderr }),
      );
    });

  const start = async (service: string): Promise<void> => {
    const port = String(await freePort());
    const child = spawn(process.execPath, [...NODE_FLAGS, `dist/apps/${service}/main.js`], {
      ...{ cwd: image.folder, stdio: ['ignore', 'pipe', 'pipe'], ...image.user },
      env: { ...environment, PORT: port, INQUEST_CONSUMER: service, INQUEST_SHUTDOWN_DELAY_MS: '0' },
    });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    running.set(service, { child, url: `http://127.0.0.1:${port}`, said });
  };

  const untilReady = async (service: string): Promise<string> => {
    const { child, url, said } = running.get(service) ?? fail(service);
    for (const giveUpMs = Date.now() + READY_WITHIN_MS; ; await pause(100)) {
      const response = await fetch(`${url}/readyz`).catch(() => undefined);
      if (response?.status === 200) return url;
      if (child.exitCode !== null || Date.now() > giveUpMs) throw new Error(`${service} is not ready:\n${said.join('')}`);
    }
  };

  beforeAll(async () => {
    image = imageFiles();
    [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
    const application = new URL(database.url);
    application.username = `app_${randomUUID().slice(0, 8)}`;
    application.password = 'p@ss:w/rd'; // Has to survive a URL.
    environment = {
      REDIS_URL: redis.url,
      DATABASE_URL: application.href,
      INQUEST_TOKENS: `image:admin:${createHash('sha256').update(TOKEN).digest('hex')}`,
      LOG_LEVEL: 'info',
    };
  }, 60_000);

  afterAll(async () => {
    for (const { child } of running.values()) if (child.exitCode === null) child.kill('SIGKILL');
    await Promise.all([redis.stop(), database.drop()]);
    image.remove();
  });

  it('say what is missing when the migration is started without a database', async () => {
    const { status, stderr } = await run(['dist/apps/migrate/main.js']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('DATABASE_OWNER_URL is not set')]);
  });

  it('refuse to run the services as the owner of what is on record', async () => {
    const { status, stderr } = await run(['dist/apps/migrate/main.js'], {
      DATABASE_OWNER_URL: database.url,
      DATABASE_URL: Object.assign(new URL(database.url), { password: 'x' }).href,
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining('DATABASE_URL names the owner')]);
  });

  it('say what a role lacks that may not migrate', async () => {
    const nobody = `nobody_${randomUUID().slice(0, 8)}`;
    const superuser = new Client({ connectionString: database.url });
    await superuser.connect();
    await superuser.query(`CREATE ROLE ${nobody} LOGIN PASSWORD 'p'`);
    try {
      const { status, stderr } = await run(['dist/apps/migrate/main.js'], {
        DATABASE_OWNER_URL: Object.assign(new URL(database.url), { username: nobody, password: 'p' }).href,
      });
      expect([status, stderr]).toEqual([1, expect.stringMatching(/permission denied.* CREATEROLE/)]);
    } finally {
      await superuser.query(`DROP ROLE ${nobody}`);
      await superuser.end();
    }
  });

  it('migrate the database once, and find nothing to do the second time', async () => {
    const owner = { DATABASE_OWNER_URL: database.url };
    const [first, second] = [await run(['dist/apps/migrate/main.js'], owner), await run(['dist/apps/migrate/main.js'], owner)];
    expect([first.status, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/^Applied \d+: CreateIncidents/);
    expect(second.stdout).toMatch(/^The schema is up to date/);
    expect((await run(['dist/apps/migrate/main.js', '--wait'])).stdout).toBe('The record can be used.\n');
  });

  it('run every service until it is ready', async () => {
    await Promise.all(SERVICES.map(start));
    await Promise.all(SERVICES.map(untilReady));
    const { port } = new URL(running.get('critic')?.url ?? '');
    expect((await run(['deploy/health.mjs'], { PORT: port })).status).toBe(0);
    expect((await run(['deploy/health.mjs', 'readyz'], { PORT: port })).status).toBe(0);
    expect((await run(['deploy/health.mjs'], { PORT: String(await freePort()) })).status).toBe(1);
    const { url } = running.get('gateway') ?? fail('gateway');
    for (const page of ['', '/swagger-ui.css', '/swagger-ui-bundle.js', '/swagger-ui-standalone-preset.js'])
      expect([page, (await fetch(`${url}/docs${page}`)).status]).toEqual([page, 200]);
  }, 90_000);

  it('debate an incident to its decision, and show it on the command line', async () => {
    const { url } = running.get('gateway') ?? fail('gateway');
    const response = await fetch(`${url}/v1/incidents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: readFileSync(join(root, 'apps/standalone/incidents/payments-api-oom.json')),
    });
    expect(response.status).toBe(202);
    const { sessionId } = (await response.json()) as { sessionId: string };
    const cli = { INQUEST_URL: url, INQUEST_TOKEN: TOKEN };
    let shown = '';
    for (let looks = 0; looks < 100 && !shown.includes('human-approval'); looks++, await pause(100))
      shown = (await run(['dist/apps/cli/main.js', 'sessions', '--json'], cli)).stdout;
    expect(shown).toContain(sessionId);
    expect(shown).toContain('human-approval');
    expect((await run(['dist/apps/cli/main.js', 'audit', 'verify', '--json'])).stdout).toContain('"ok":true');
  }, 60_000);

  const tools = chartTools();
  (typeof tools === 'string' ? it.skip : it)('pass what `helm test` asks of them', async () => {
    const pod = podsOf(typeof tools === 'string' ? [] : render(tools, 'standard')).find(
      ({ owner }) => owner === 'Pod inquest-test',
    );
    const { url } = running.get('gateway') ?? fail('gateway');
    const args = pod?.spec.containers[0]?.args.map((text) => text.replace('http://inquest-gateway:80', url)) ?? [];
    expect(await run(args)).toEqual({ status: 0, stderr: '', stdout: '/readyz 200\n/metrics 200\n/v1/sessions 401\n' });
    expect((await run(args.map((text) => text.replace('/v1/sessions', '/healthz')))).status).toBe(1);
  });

  it('show the metrics that the dashboard and the alerts of the chart ask for', async () => {
    const shown = new Set<string>();
    for (const { url } of running.values())
      for (const [, name] of (await (await fetch(`${url}/metrics`)).text()).matchAll(/^# TYPE (\S+)/gm)) shown.add(name ?? '');
    if (process.env.INQUEST_SHOW_METRICS) writeFileSync(process.env.INQUEST_SHOW_METRICS, [...shown].sort().join('\n'));
    expect([...shown].filter((name) => !metricNames().has(name) && name !== 'target_info')).toEqual([]);
  });

  it('end every service in time, and cleanly, on SIGTERM', async () => {
    const ends = [...running].map(async ([service, { child }]) => {
      if (child.exitCode !== null) return [service, `had ended before with ${child.exitCode}`];
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      return [service, (await exit)[0] as unknown];
    });
    expect(await Promise.all(ends)).toEqual([...running].map(([service]) => [service, 0]));
  }, 30_000);
});

const fail = (service: string): never => {
  throw new Error(`${service} was never started.`);
};
