import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { CHART, named, render } from './support/render.js';
import { describeChart, findProgram } from './support/tools.js';

const Dashboard = z.object({ panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })).optional() })) });

/** Prometheus itself judges what is written for it. Debian has promtool in its package `prometheus`. */
describeChart('the alerts and queries, to Prometheus', (tools) => {
  const promtool = findProgram('promtool');
  if (promtool === undefined) process.stderr.write('  Skipped: alerts and queries in Prometheus. promtool is not on PATH.\n');
  const withPromtool = promtool === undefined ? it.skip : it;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'inquest-alerts-'));
    writeFileSync(join(folder, 'rules.yml'), stringify(named(render(tools, 'standard'), 'PrometheusRule', 'inquest').spec));
    copyFileSync(join(import.meta.dirname, 'alerts.test.yml'), join(folder, 'alerts.test.yml'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  withPromtool('fire when they should, and not before', () => {
    const { status, stdout, stderr } = spawnSync(promtool ?? '', ['test', 'rules', join(folder, 'alerts.test.yml')], {
      encoding: 'utf8',
    });
    expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  withPromtool('can be read: each query of the dashboard', () => {
    const { panels } = Dashboard.parse(JSON.parse(readFileSync(join(CHART, 'files/inquest.json'), 'utf8')));
    const queries = panels.flatMap(({ targets }) => targets ?? []).map(({ expr }) => expr.replaceAll('$__rate_interval', '1m'));
    const rules = queries.map((expr, index) => ({ record: `dashboard:query_${index}`, expr }));
    writeFileSync(join(folder, 'dashboard.yml'), stringify({ groups: [{ name: 'dashboard', rules }] }));
    const said = execFileSync(promtool ?? '', ['check', 'rules', join(folder, 'dashboard.yml')], { encoding: 'utf8' });
    expect(said).toContain(`SUCCESS: ${queries.length} rules found`);
  });
});
