import { findPrometheus, type PrometheusPrograms } from '@inquest/servers';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { CHART, named, render } from './support/render.js';
import { describeChart } from './support/tools.js';

const Dashboard = z.object({ panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })).optional() })) });

/** Prometheus itself judges what is written for it: promtool of PATH, else of Debian's package. */
describeChart('the alerts and queries, to Prometheus', (tools) => {
  let folder: string;
  let programs: PrometheusPrograms | undefined;
  beforeAll(async () => {
    programs = await findPrometheus().catch((error: unknown) => {
      process.stderr.write(`  Skipped: alerts and queries in Prometheus. ${String(error)}\n`);
      return undefined;
    });
    folder = mkdtempSync(join(tmpdir(), 'inquest-alerts-'));
    writeFileSync(join(folder, 'rules.yml'), stringify(named(render(tools, 'standard'), 'PrometheusRule', 'inquest').spec));
    copyFileSync(join(import.meta.dirname, 'alerts.test.yml'), join(folder, 'alerts.test.yml'));
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  const promtool = (...args: string[]): { readonly status: number | null; readonly said: string } | undefined => {
    if (!programs) return undefined;
    const { status, stdout, stderr } = spawnSync(programs.promtool, args, { env: programs.env, encoding: 'utf8' });
    return { status, said: stdout + stderr };
  };
  const success = { status: 0, said: expect.stringContaining('SUCCESS') as string };

  it('can be read: each rule', () => {
    const checked = promtool('check', 'rules', join(folder, 'rules.yml'));
    if (checked) expect(checked).toEqual(success);
  });

  it('fire when they should, and not before', () => {
    const tested = promtool('test', 'rules', join(folder, 'alerts.test.yml'));
    if (tested) expect(tested).toEqual(success);
  });

  it('can be read: each query of the dashboard', () => {
    const { panels } = Dashboard.parse(JSON.parse(readFileSync(join(CHART, 'files/inquest.json'), 'utf8')));
    const queries = panels.flatMap(({ targets }) => targets ?? []).map(({ expr }) => expr.replaceAll('$__rate_interval', '1m'));
    const rules = queries.map((expr, index) => ({ record: `dashboard:query_${index}`, expr }));
    writeFileSync(join(folder, 'dashboard.yml'), stringify({ groups: [{ name: 'dashboard', rules }] }));
    const checked = promtool('check', 'rules', join(folder, 'dashboard.yml'));
    if (checked) expect(checked.said).toContain(`SUCCESS: ${queries.length} rules found`);
  });
});
