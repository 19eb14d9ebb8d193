import { run, styleFor, type Terminal } from '@inquest/cli';
import { findPrometheus, startPrometheus, type PrometheusServer } from '@inquest/servers';
import { connectRedis, closeRedis, inboxKey } from '@inquest/streams';
import { SERVICES } from '@inquest/standalone';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { z } from 'zod';
import { OOM_KILLED } from './support/incidents.js';
import { System } from './support/system.js';
import { until } from './support/until.js';

const CHART = join(import.meta.dirname, '../k8s/charts/inquest');
const WINDOW = '2m';

const Dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).optional() })),
});
const QUERIES = Dashboard.parse(JSON.parse(readFileSync(join(CHART, 'files/inquest.json'), 'utf8'))).panels.flatMap(
  ({ title, targets }) => (targets ?? []).map(({ expr }) => [title, expr.replaceAll('$__rate_interval', WINDOW)] as const),
);
const Answer = z.object({ data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }) });

const Controls = z.object({ events: z.array(z.object({ subject: z.string() })) });
const Condition = z.object({ condition: z.string(), measured: z.union([z.string(), z.number()]).nullable(), ok: z.boolean() });

const OBJECTION = {
  answers: ['alternative', 'evidence', 'harm'].map((question) => ({
    question,
    answer: 'k1 says otherwise.',
    evidenceIds: ['k1'],
  })),
  challenges: [
    {
      severity: 'critical',
      attacks: 'plan',
      claim: 'It helps.',
      argument: 'k1 shows that it hits a healthy target.',
      evidenceIds: ['k1'],
    },
  ],
  summary: 'It would harm.',
};

/** What no evidence bears is dropped, and counted. */
const MOONSHINE = {
  ...{ healthy: false, healthEvidenceIds: [], confidence: 0.99, summary: 'It was the moon.', missingEvidence: [] },
  hypotheses: [
    {
      ...{ cause: 'The moon was full.', component: 'moon', category: 'infrastructure', faultType: 'full_moon', confidence: 0.99 },
      ...{ evidenceIds: ['there-is-no-such-item'], refutedBy: [] },
    },
  ],
};

const prometheusHere = findPrometheus().catch((error: unknown) => String(error));

/** With a scrape every second. */
const SCRAPED_TWICE_MS = 2_500;

/** The dashboard's queries, each put to a real Prometheus that has scraped every service through a lively minute. */
describe('the dashboard in Prometheus', () => {
  let system: System | undefined;
  let prometheus: PrometheusServer | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'inquest-monitoring-'));
  const rules = join(folder, 'rules.yaml');

  beforeAll(async () => {
    const programs = await prometheusHere;
    if (typeof programs === 'string') return void process.stderr.write(`  Skipped: the dashboard in Prometheus. ${programs}\n`);
    writeFileSync(rules, 'rules: []\n');
    system = await System.start({
      model: true,
      env: {
        ...{ INQUEST_TURN_MS: '2000', INQUEST_SEVERITY_MIN: 'warning' },
        ...{ INQUEST_SAFETY_RULES_FILE: rules, INQUEST_SAFETY_RULES_POLL_MS: '100' },
        INQUEST_BUDGETS: '{"overall": {"day": {"usd": 100}}, "roles": {"reviewer": {"hour": {"tokens": 1}}}}',
      },
    });
    const { processes } = system;
    const targets = SERVICES.map((component) => ({
      targets: processes.urls(component).map((url) => new URL(url).host),
      labels: { component },
    }));
    prometheus = await startPrometheus({
      config: stringify({ scrape_configs: [{ job_name: 'inquest', scrape_interval: '1s', static_configs: targets }] }),
      programs,
    });
    // A counter is seen to grow from its second event on, and only across a scrape.
    for (let round = 0; round < 2; round += 1) {
      await live(system, round);
      await pause(SCRAPED_TWICE_MS);
    }
  }, 240_000);

  afterAll(async () => {
    await prometheus?.stop();
    await system?.stop();
    rmSync(folder, { recursive: true });
  });

  /** All that the dashboard has a panel for happens once: what goes well, and what does not. */
  const live = async (running: System, round: number): Promise<void> => {
    const debate = async (): Promise<void> => void (await running.decided(await running.open({}, OOM_KILLED)));
    for (const role of ['diagnostician', 'solver', 'reviewer', 'critic']) running.model?.script(role, { kind: 'sensible' });
    await debate();
    running.model?.script('critic', { kind: 'answer', json: OBJECTION });
    await debate();
    running.model?.script('critic', { kind: 'error', status: 529 });
    await debate();
    running.model?.script('diagnostician', { kind: 'refusal' }, { kind: 'answer', json: MOONSHINE });
    await debate();
    await debate();
    running.model?.script('diagnostician', { kind: 'sensible' });
    await running.request('/v1/incidents', {
      method: 'POST',
      body: JSON.stringify({ incident: { title: `Mild ${round}`, severity: 'info' } }),
    });
    writeFileSync(rules, `# ${round}\nrules: []\n`);
    await misfortunes(running);
    await silence(running, debate);
    await verify(running);
  };

  /** An entry that nobody can read, and an inbox whose group is lost. */
  const misfortunes = async ({ redisUrl }: System): Promise<void> => {
    const redis = connectRedis(redisUrl, { name: 'e2e' });
    await redis.xadd(inboxKey('solver'), '*', 'session', 'nonsense');
    await redis.call('XGROUP', 'DESTROY', inboxKey('single'), 'single');
    await closeRedis(redis);
  };

  /** A Critic that is killed in the middle of its turn is answered for, and what it held comes again to its successor. */
  const silence = async ({ processes, model }: System, debate: () => Promise<void>): Promise<void> => {
    await pause(SCRAPED_TWICE_MS); // What the Critic has counted so far goes with it.
    model?.script('critic', { kind: 'sensible', firstByteMs: 1_500 });
    const debated = debate();
    await pause(1_200);
    await processes.kill('critic', 0);
    await debated;
    await processes.restart('critic', 0);
  };

  const verify = async (running: System): Promise<void> => {
    expect(await inquest(running, 'audit', 'verify')).toMatchObject({ code: 0 });
  };

  const inquest = async (
    { databaseUrl }: System,
    ...args: string[]
  ): Promise<{ readonly code: number; readonly out: string[] }> => {
    const out: string[] = [];
    const terminal: Terminal = {
      ...{ out: (line) => void out.push(line), err: () => undefined, redraw: () => undefined, readInput: async () => '' },
      ...{ style: styleFor({}), environment: { DATABASE_URL: databaseUrl }, interrupted: new AbortController().signal },
    };
    return { code: await run(args, { terminal, rootDir: folder }), out };
  };

  it.each(QUERIES)(
    'has something to show in “%s”: %s',
    async (_, expr) => {
      if (!prometheus) return;
      const { url } = prometheus;
      // A rate needs two scrapes of a series, which may have begun with the last debate.
      await until(`numbers for ${expr}`, async () => {
        const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
        expect([response.status, response.ok || (await response.text())]).toEqual([200, true]);
        const { result } = Answer.parse(await response.json()).data;
        return result.some(({ value: [, value] }) => value !== 'NaN');
      });
    },
    60_000,
  );

  it('was fed by a Reviewer whose budget is used up too: it answers by rules, degraded, and that is on record once', async () => {
    if (!system) return;
    const said = await system.query<{ mind: string; degraded: boolean; tokens: string | null }>(
      `select mind, degraded, input_tokens as tokens from agent_sessions where agent_role = 'reviewer' and on_behalf_of is null`,
    );
    expect(said.length).toBeGreaterThan(3);
    for (const row of said) expect(row).toMatchObject({ mind: 'rules', tokens: null });
    // Where there is no plan to judge no model would be asked either.
    expect(said.some(({ degraded }) => degraded)).toBe(true);
    expect(system.model?.seenFrom('reviewer')).toEqual([]);
    const { events } = Controls.parse(await (await system.request('/v1/controls?kind=budget-spent')).json());
    expect(events.map(({ subject }) => subject.slice(0, 20))).toEqual(['reviewer hour tokens']);
  });

  it('is what the exit conditions are measured in as well', async () => {
    if (!system) return;
    const { out } = await inquest(system, 'doctor', '--exit-conditions', '--json');
    const conditions = out.map((line) => Condition.parse(JSON.parse(line)));
    expect(conditions.map(({ condition }) => condition.split(' ')[0])).toEqual([
      'rows',
      'turns',
      'challenges',
      'breaker,',
      'p95',
      'p95',
    ]);
    // How fast a laden machine is says nothing of us.
    for (const { condition, measured, ok } of conditions)
      expect([condition, measured, ok || condition.startsWith('p95')]).toEqual([condition, expect.anything(), true]);
  });
});
