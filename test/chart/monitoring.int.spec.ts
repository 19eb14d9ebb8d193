import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { metricNames } from './support/metric-names.js';
import { CHART, named, render, selects } from './support/render.js';
import { describeChart } from './support/tools.js';

const Rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          for: z.string(),
          labels: z.object({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.object({ summary: z.string(), runbook_url: z.string() }),
        }),
      ),
    }),
  ),
});
const Dashboard = z.object({
  panels: z.array(
    z.looseObject({ type: z.string(), title: z.string(), targets: z.array(z.object({ expr: z.string() })).optional() }),
  ),
});
const read = (path: string): string => readFileSync(join(CHART, path), 'utf8');
const dashboard = Dashboard.parse(JSON.parse(read('files/inquest.json')));

/** Every name in an expression that could be a metric of ours, without what a histogram adds to it. */
const metricsIn = (expression: string): string[] =>
  [...expression.replaceAll(/\{[^}]*\}|by \([^)]*\)/g, '').matchAll(/\b(?:inquest|gen_ai)_\w+/g)].map(([name]) =>
    name.replace(/_(bucket|count|sum)$/, ''),
  );

describe('the dashboard', () => {
  it.each(dashboard.panels.flatMap(({ title, targets }) => (targets ?? []).map(({ expr }) => [title, expr] as const)))(
    'asks in “%s” for metrics that there are: %s',
    (_, expr) => {
      expect(metricsIn(expr).filter((name) => !metricNames().has(name))).toEqual([]);
    },
  );

  it('shows every metric of ours', () => {
    const shown = dashboard.panels.flatMap(({ targets }) => targets ?? []).flatMap(({ expr }) => metricsIn(expr));
    const left = [...metricNames()].filter((name) => name.startsWith('inquest_') && !shown.includes(name));
    expect(left).toEqual([]);
  });
});

it('has every metric explained in METRICS.md, and no other', () => {
  const explained = [...read('METRICS.md').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  expect(explained.sort()).toEqual([...metricNames()].sort());
});

describeChart('the monitoring of the chart', (tools) => {
  const rulesOf = (...flags: string[]) =>
    Rules.parse(named(render(tools, 'standard', ...flags), 'PrometheusRule', 'inquest').spec).groups.flatMap(
      ({ rules }) => rules,
    );

  it('alerts by metrics that there are, each with a section in the runbook', () => {
    const sections = [...read('RUNBOOK.md').matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    const rules = rulesOf();
    expect(rules.map(({ alert }) => alert).sort()).toEqual([...sections].sort());
    for (const { alert, expr, annotations } of rules) {
      expect([alert, metricsIn(expr).filter((name) => !metricNames().has(name))]).toEqual([alert, []]);
      expect(annotations.runbook_url).toBe(`k8s/charts/inquest/RUNBOOK.md#${alert.toLowerCase()}`);
    }
  });

  it('does not take for an alarm what the operator has switched on', () => {
    const alerts = (...flags: string[]) => rulesOf(...flags).map(({ alert }) => alert);
    expect(alerts()).toContain('InquestAutoExecuteThoughOff');
    expect(alerts('--set', 'autoExecute.enabled=true')).not.toContain('InquestAutoExecuteThoughOff');
  });

  it('scrapes every role, and gives the job and the label that the alerts go by', () => {
    const objects = render(tools, 'standard');
    const { spec } = named(objects, 'ServiceMonitor', 'inquest');
    const scraped = objects.filter(({ kind, metadata }) => kind === 'Service' && selects(spec?.['selector'], metadata.labels));
    expect(scraped).toHaveLength(8);
    expect(spec?.['jobLabel']).toBe('app.kubernetes.io/part-of');
    expect(JSON.stringify(spec)).toContain('"targetLabel":"component"');
  });

  it('hands the dashboard to Grafana as it is in the file', () => {
    const { data } = named(render(tools, 'standard'), 'ConfigMap', 'inquest-dashboard') as { data?: Record<string, string> };
    expect(JSON.parse(data?.['inquest.json'] ?? '')).toEqual(JSON.parse(read('files/inquest.json')));
  });

  it('is the same on a laptop: Prometheus of the compose file scrapes the same services under the same job', () => {
    const text = readFileSync(join(CHART, '../../../deploy/compose/prometheus.yml'), 'utf8');
    const { scrape_configs: jobs } = z
      .object({
        scrape_configs: z.array(
          z.object({ job_name: z.string(), dns_sd_configs: z.array(z.object({ names: z.array(z.string()) })) }),
        ),
      })
      .parse(parse(text));
    expect(jobs.map(({ job_name }) => job_name)).toEqual(['inquest']);
    expect(jobs[0]?.dns_sd_configs[0]?.names).toHaveLength(8);
  });
});
