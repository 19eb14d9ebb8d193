import { NODE_FLAGS } from '@inquest/standalone';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      command: z.array(z.string()).optional(),
      user: z.string().optional(),
      healthcheck: z.object({ test: z.array(z.string()).default([]) }).default({ test: [] }),
      environment: z.record(z.string(), z.string()).default({}),
      ports: z.array(z.string()).default([]),
      read_only: z.boolean().default(false),
      cap_drop: z.array(z.string()).default([]),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
    }),
  ),
});

describe('the compose file', () => {
  const { services } = Compose.parse(parse(read('deploy/compose.yaml'), { merge: true }));
  const ours = Object.entries(services).filter(([, { image }]) => image.startsWith('inquest:'));
  const secret = /PASSWORD|TOKENS|API_KEY/;

  it('runs every app that an image is for, and the migration before them', () => {
    const apps = readdirSync(join(root, 'apps')).filter((app) => !['cli', 'standalone'].includes(app));
    expect(ours.map(([name]) => name).sort()).toEqual([...apps, 'migrate'].sort());
    for (const [name, { command, depends_on }] of ours) {
      expect(command).toEqual([`dist/apps/${name}/main.js`]);
      if (name !== 'migrate') expect(depends_on['migrate']).toEqual({ condition: 'service_completed_successfully' });
    }
  });

  it('runs them as the cluster does: nothing to write to, no capabilities', () => {
    for (const [name, { read_only, cap_drop }] of ours) expect([name, read_only, cap_drop]).toEqual([name, true, ['ALL']]);
  });

  it('waits for the PostgreSQL that is to stay, which alone listens on the network', () => {
    expect(services['postgres']?.healthcheck.test.join(' ')).toContain('pg_isready --host 127.0.0.1');
    expect(read('k8s/charts/inquest/templates/trial-postgres.yaml')).toContain('pg_isready, --host, 127.0.0.1,');
  });

  it('runs Redis as the user of its image, as the chart does', () => {
    expect(services['redis']?.user).toBe('999:1000');
    expect(read('k8s/charts/inquest/templates/trial-redis.yaml')).toContain('runAsUser: 999, runAsGroup: 1000');
  });

  it('holds no secret, and refuses to start without one rather than with an empty one', () => {
    for (const [name, { environment }] of Object.entries(services))
      for (const [variable, value] of Object.entries(environment)) {
        if (secret.test(variable))
          expect([name, variable, value]).toEqual([name, variable, expect.stringMatching(/^\$\{\w+(:\?[^}]+|:-)\}$/)]);
        for (const [, password] of value.matchAll(/:\/\/\w*:(.+)@/g)) expect(password).toMatch(/^\$\{\w+:\?[^}]+\}$/);
      }
    expect(read('deploy/compose/env.example')).not.toMatch(/^\w*(PASSWORD|TOKENS|KEY)=.+/m);
  });

  it('has an example of every variable that it insists on', () => {
    const needed = [...read('deploy/compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name ?? '');
    for (const name of needed) expect(read('deploy/compose/env.example')).toContain(`\n${name}=`);
  });

  it('opens its doors to this machine alone', () => {
    for (const port of Object.values(services).flatMap(({ ports }) => ports)) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

describe('the Dockerfile', () => {
  const lines = read('deploy/Dockerfile').split('\n');

  it('copies in only what its context holds', () => {
    const context = read('deploy/Dockerfile.dockerignore').split('\n');
    const copied = lines.filter((line) => /^COPY (?!--from)/.test(line)).flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.filter((path) => !context.includes(`!${path}`))).toEqual([]);
  });

  it('leaves its folder to root: WORKDIR would make it, and give it to the user of the base image', () => {
    const [copy, workdir] = ['COPY --from=build /image /app', 'WORKDIR /app'].map((line) => lines.indexOf(line));
    expect(copy).toBeGreaterThan(0);
    expect(workdir).toBeGreaterThan(copy ?? 0);
  });

  it('runs Node.js with the flags of the services', () => {
    const [, command = '[]'] = lines.find((line) => line.startsWith('ENTRYPOINT '))?.split(/ (.*)/) ?? [];
    expect(JSON.parse(command)).toEqual(['/nodejs/bin/node', ...NODE_FLAGS]);
  });

  it('ends as the user of the chart, whom Kubernetes can tell from root', () => {
    expect(lines.filter((line) => line.startsWith('USER ')).at(-1)).toBe('USER 65532:65532');
    expect(read('k8s/charts/inquest/templates/_helpers.tpl')).toContain('runAsUser: 65532');
  });
});

describe('what to type for an upgrade', () => {
  it.each(['deploy/OPERATIONS.md', 'k8s/charts/inquest/README.md', 'k8s/charts/inquest/templates/NOTES.txt'])(
    'takes the defaults of a newer chart, in %s: --reuse-values alone fails on every value that is new',
    (path) => expect(read(path)).not.toMatch(/ --reuse-values/),
  );
});

describe('the chart’s README', () => {
  it('is what values.yaml says', () => {
    expect(() =>
      execFileSync(process.execPath, [join(root, 'k8s/chart-readme.mjs'), '--check'], { stdio: 'pipe' }),
    ).not.toThrow();
  });
});
