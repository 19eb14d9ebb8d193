import { BudgetEnvironment, limitsOf, PlatformEnvironment, readBudgets } from '@inquest/agent';
import { EnvironmentError, readEnvironment } from '@inquest/config';
import { GatewayEnvironment } from '@inquest/gateway';
import { ModelEnvironment } from '@inquest/model';
import { TelemetryEnvironment } from '@inquest/telemetry';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CHART, EXAMPLES, podsOf, render, settingsOf } from './support/render.js';
import { describeChart } from './support/tools.js';

const root = join(CHART, '../../..');
const namesIn = (...schemas: { shape: object }[]): string[] => schemas.flatMap(({ shape }) => Object.keys(shape));

/** The recorder does not export its schema, so its names are read where they are written. */
const RECORDER = [
  ...readFileSync(join(root, 'apps/recorder/src/recorder.environment.ts'), 'utf8').matchAll(/^ {4}(INQUEST_\w+):/gm),
].map(([, name]) => name ?? '');
const EVERY_SERVICE = [...namesIn(PlatformEnvironment, TelemetryEnvironment, BudgetEnvironment), 'LOG_LEVEL'];
const MODEL = namesIn(ModelEnvironment);
/** What a service reads, and Node.js itself. */
const READ: Record<string, readonly string[]> = {
  gateway: namesIn(GatewayEnvironment),
  recorder: RECORDER,
  coordinator: [],
  ...Object.fromEntries(['diagnostician', 'solver', 'reviewer', 'critic', 'single'].map((role) => [role, MODEL])),
};
const OF_NODE = ['NODE_EXTRA_CA_CERTS'];

const Settings = z.object({ properties: z.object({ settings: z.object({ properties: z.record(z.string(), z.unknown()) }) }) });
const ValuesSchema = z.object({ properties: z.object({ roles: z.object({ properties: z.record(z.string(), Settings) }) }) });
const { properties } = ValuesSchema.parse(JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')));
const settable = Object.fromEntries(
  Object.entries(properties.roles.properties).map(([role, schema]) => [role, Object.keys(schema.properties.settings.properties)]),
);

describeChart('the settings of the chart', (tools) => {
  const given = (example: string) => {
    const objects = render(tools, example);
    return podsOf(objects)
      .filter(({ owner }) => owner.startsWith('Deployment'))
      .flatMap(({ spec }) => spec.containers)
      .map((container) => ({
        role: container.name,
        settings: settingsOf(objects, container),
        secrets: container.env.filter(({ valueFrom }) => valueFrom?.secretKeyRef).map(({ name }) => name),
      }));
  };

  it.each(EXAMPLES)('are all read by the service that gets them, with the values of %s', (example) => {
    for (const { role, settings, secrets } of given(example)) {
      const unread = [...Object.keys(settings), ...secrets].filter(
        (name) => ![...EVERY_SERVICE, ...(READ[role] ?? []), ...OF_NODE].includes(name),
      );
      expect([role, unread]).toEqual([role, []]);
    }
  });

  it.each(EXAMPLES)('with their secrets are enough for every service, and good, with the values of %s', (example) => {
    for (const { role, settings, secrets } of given(example)) {
      const secret = {
        REDIS_URL: 'redis://r',
        DATABASE_URL: 'postgresql://p',
        INQUEST_TOKENS: `t:admin:${'0'.repeat(64)}`,
        ANTHROPIC_API_KEY: 'k',
      };
      const environment = {
        ...settings,
        ...Object.fromEntries(Object.entries(secret).filter(([name]) => secrets.includes(name))),
      };
      readEnvironment(PlatformEnvironment, environment);
      readEnvironment(TelemetryEnvironment, environment);
      if (role === 'gateway') readEnvironment(GatewayEnvironment, environment);
      if (READ[role] === MODEL) readEnvironment(ModelEnvironment, environment);
    }
  });

  it('would be missed: without the Secret of the tokens no gateway starts', () => {
    const gateway = given('standard').find(({ role }) => role === 'gateway');
    expect(() => readEnvironment(GatewayEnvironment, gateway?.settings)).toThrow(EnvironmentError);
  });

  it('give every service the same budgets, as numbers that it can read', () => {
    const limits = given('full').map(({ settings }) => limitsOf(readBudgets(settings)).map(({ role, max }) => `${role} ${max}`));
    expect(limits).toHaveLength(8);
    for (const each of limits) expect(each).toEqual(['all 20', 'all 300.5', 'critic 5000000']);
    expect(given('standard').some(({ settings }) => 'INQUEST_BUDGETS' in settings)).toBe(false);
  });

  it('give a secret to those alone who need it', () => {
    const having = (name: string) =>
      given('standard')
        .filter(({ secrets }) => secrets.includes(name))
        .map(({ role }) => role)
        .sort();
    expect(having('INQUEST_TOKENS')).toEqual(['gateway']);
    const shown = given('full').filter(({ secrets }) => secrets.includes('INQUEST_PROMETHEUS_AUTHORIZATION'));
    expect(shown.map(({ role }) => role)).toEqual(['gateway']);
    expect(having('ANTHROPIC_API_KEY')).toEqual(['critic', 'diagnostician', 'reviewer', 'single', 'solver']);
    expect(having('REDIS_URL')).toHaveLength(8);
    expect(given('minimal').some(({ secrets }) => secrets.includes('ANTHROPIC_API_KEY'))).toBe(false);
  });

  /** What has a value of its own in the chart, or would be wrong to set for all pods of a role at once. */
  const ELSEWHERE = [
    ...['REDIS_URL', 'DATABASE_URL', 'PORT', 'INQUEST_CONSUMER', 'INQUEST_DRAIN_MS', 'INQUEST_SHUTDOWN_DELAY_MS'],
    ...['AIOPS_P1_ENABLED', 'AIOPS_P2_ENABLED', 'AIOPS_AUTO_EXECUTE_ENABLED', 'INQUEST_TOKENS'],
    ...['INQUEST_COLLECT_MS', 'INQUEST_KUBERNETES', 'INQUEST_GITOPS', 'INQUEST_ARGOCD_NAMESPACE'],
    ...namesIn(GatewayEnvironment).filter((name) => /^INQUEST_(PROMETHEUS|LOKI|TEMPO|JAEGER|GITHUB)_/.test(name)),
    ...['AIOPS_LLM_PROVIDER', 'ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'INQUEST_LEDGER_KEY_FILE', 'INQUEST_LEDGER_HEADS_FILE'],
  ];
  const ofAnotherRole = (name: string, role: string) =>
    /^AIOPS_MODEL_(?!MAX)/.test(name) && name !== `AIOPS_MODEL_${role.toUpperCase()}`;

  it.each(Object.entries(READ))('of the %s are all that it reads', (role, names) => {
    const expected = [...namesIn(PlatformEnvironment), ...names].filter(
      (name) => !ELSEWHERE.includes(name) && !ofAnotherRole(name, role),
    );
    expect([...(settable[role] ?? [])].sort()).toEqual(expected.sort());
  });
});
