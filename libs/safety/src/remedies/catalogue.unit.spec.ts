import { EvidenceSnapshot, Hypothesis, Incident } from '@inquest/contracts';
import { entitiesOf } from '../entities.js';
import { judgeCommand } from '../judge-command.js';
import { judgeAction } from '../judge-plan.js';
import { ready } from '../sql/parser.js';
import { REMEDIES, type Remedy, type RemedyName } from './catalogue.js';
import { candidateRemedies } from './propose-remedy.js';
import { renderAction } from './render-action.js';

beforeAll(ready);

const IMAGE = `registry.internal/web@sha256:${'3'.repeat(64)}`;
const incident = Incident.parse({
  source: 's',
  fingerprint: 'f',
  title: 'web',
  startsAt: '2026-01-01T00:00:00Z',
  namespace: 'shop',
});
const evidence = {
  kubernetes: [
    {
      ...{ id: 'k1', status: 'ok', title: 'Objects', tool: 'kubectl' },
      json: {
        deployments: [{ name: 'web', namespace: 'shop', desired: 4, ready: 4 }],
        nodes: [{ name: 'node-1' }],
        cronjobs: [{ name: 'report', namespace: 'shop' }],
        pods: [{ metadata: { name: 'web-7f9dd8b6c4-x7gr9', namespace: 'shop' } }],
        containers: [{ name: 'web', image: IMAGE }],
        facts: { release: 'web', unit: 'nginx.service', flag: 'new-checkout', column: 'created_at' },
      },
    },
  ],
  metrics: [
    {
      ...{ id: 'm1', status: 'ok', title: 'Sessions', tool: 'psql' },
      json: { rows: [{ pid: 4711, state: 'active', query: 'x' }], tables: [{ relname: 'orders' }] },
    },
  ],
};
const configChange = { configmap: 'web-config', namespace: 'shop', key: 'DB_HOST', old_value: 'db-1', new_value: 'db-2' };
const withChange = (json: unknown, extra: object = {}) =>
  EvidenceSnapshot.parse({ ...evidence, changes: [{ id: 'c1', status: 'ok', title: 'A change', json, ...extra }] });
const snapshot = withChange(configChange);
const context = { entities: entitiesOf(snapshot, incident), recentChange: true };
const hypothesis = (faultType: string, evidenceIds = ['k1', 'c1']) =>
  Hypothesis.parse({ id: 'h1', cause: 'c', component: 'web', category: 'unknown', faultType, confidence: 0.9, evidenceIds });

const place = { kind: 'deployment', name: 'web', namespace: 'shop' };
const named = { name: 'report', namespace: 'shop' };
/** One application of each, and one that the evidence does not bear out. */
const EXAMPLES: Record<RemedyName, { readonly given: object; readonly stranger: object }> = {
  rolloutRestart: { given: place, stranger: { ...place, name: 'other' } },
  rolloutUndo: { given: place, stranger: { ...place, namespace: 'other' } },
  scale: { given: { ...place, replicas: 6, before: 4 }, stranger: { ...place, replicas: 6, before: 5 } },
  deletePod: { given: { name: 'web-7f9dd8b6c4-x7gr9', namespace: 'shop' }, stranger: { name: 'web-1', namespace: 'shop' } },
  cronjobSuspend: { given: named, stranger: { ...named, name: 'other' } },
  cronjobResume: { given: named, stranger: { ...named, name: 'other' } },
  setImage: {
    given: { ...place, container: 'web', image: IMAGE, before: 'registry.internal/web:1.4.2' },
    stranger: { ...place, container: 'web', image: IMAGE.replace('3', '4'), before: 'registry.internal/web:1.4.2' },
  },
  setResources: {
    given: { ...place, resource: 'memory', limit: '768Mi', before: '512Mi' },
    stranger: { ...place, name: 'other', resource: 'memory', limit: '768Mi', before: '512Mi' },
  },
  configMapRollback: {
    given: { name: 'web-config', namespace: 'shop', key: 'DB_HOST', value: 'db-1', before: 'db-2' },
    stranger: { name: 'web-config', namespace: 'shop', key: 'DB_HOST', value: 'db-9', before: 'db-2' },
  },
  cordon: { given: { name: 'node-1' }, stranger: { name: 'node-2' } },
  uncordon: { given: { name: 'node-1' }, stranger: { name: 'node-2' } },
  helmRollback: {
    given: { name: 'web', namespace: 'shop', revision: 3, present: 4 },
    stranger: { name: 'other', namespace: 'shop', revision: 3, present: 4 },
  },
  systemctlRestart: { given: { name: 'nginx.service' }, stranger: { name: 'other.service' } },
  flagOff: { given: { name: 'new-checkout' }, stranger: { name: 'other-flag' } },
  pgCancelBackend: { given: { pid: 4711 }, stranger: { pid: 4712 } },
  pgTerminateBackend: { given: { pid: 4711 }, stranger: { pid: 4712 } },
  vacuum: { given: { table: 'orders' }, stranger: { table: 'other' } },
  analyze: { given: { table: 'orders' }, stranger: { table: 'other' } },
  createIndex: {
    given: { table: 'orders', columns: ['created_at'] },
    stranger: { table: 'orders', columns: ['other'] },
  },
};

const ENTRIES = Object.entries(REMEDIES).map(
  ([name, entry]) => [name, entry as unknown as Remedy, EXAMPLES[name as RemedyName]] as const,
);

describe('a remedy of the catalogue', () => {
  it('has an id, and with its tool, verb and kinds a place of its own', () => {
    expect(new Set(ENTRIES.map(([, { id }]) => id)).size).toBe(ENTRIES.length);
    for (const [, { id, kinds, when }] of ENTRIES) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(kinds.length).toBeGreaterThan(0);
      expect(when).toMatch(/^The evidence .{10,}\.$/);
    }
  });

  it.each(ENTRIES)('%s is rendered from its parameters, with a way back and a look afterwards', (_name, entry, { given }) => {
    const { argv, undo, description, verify } = entry.render(entry.params.parse(given));
    expect(argv[0]).toBe(entry.tool);
    expect(argv.join(' ')).not.toMatch(/\b(sh|bash|env|sudo)\b/);
    expect(description).toMatch(/\.$/);
    expect(judgeCommand(/^SELECT/.test(verify) ? `psql -c "${verify}"` : verify).judgement).toBe('APPROVE');
    expect(undo === null).toBe(entry.noUndo !== undefined);
    if (undo && undo.command !== '') expect(judgeCommand(undo.command).judgement).not.toBe('REJECT');
  });

  it.each(ENTRIES)('%s costs the terms that it states, and no rule rejects it', (_name, entry, { given }) => {
    const action = renderAction('a1', entry, given, context, hypothesis('bad_change'));
    if (!('command' in action)) throw new Error(action.why);
    expect(action.radiusTerms.map(({ term }) => term)).toEqual(expect.arrayContaining([...entry.radius]));
    const verdict = judgeAction(action, context.entities);
    expect(verdict.judgement).not.toBe('REJECT');
    expect(verdict.radiusTerms.map(({ term }) => term)).not.toContain('free-text');
  });

  it.each(ENTRIES)('%s is refused for what the evidence does not show', (_name, entry, { stranger }) => {
    expect(renderAction('a1', entry, stranger, context, hypothesis('bad_change'))).toMatchObject({ remedy: entry.id });
  });

  it.each(ENTRIES)('%s takes no parameters that would be read as something else', (_name, entry, { given }) => {
    for (const [key, value] of Object.entries(given))
      if (typeof value === 'string')
        for (const evil of ['$(id)', '-rf', 'a b', "a'; id #", '{"x":1}', '../etc', ''])
          expect(entry.params.safeParse({ ...given, [key]: evil }).success).toBe(false);
  });

  it('sets an image by its digest alone: a tag may move', () => {
    const { given } = EXAMPLES.setImage;
    expect(REMEDIES.setImage.params.safeParse({ ...given, image: 'registry.internal/web:1.4.1' }).success).toBe(false);
  });

  it('costs more as free text than as typed', () => {
    const typed = renderAction('a1', REMEDIES.rolloutRestart, place, context, hypothesis('deadlock'));
    if (!('command' in typed)) throw new Error(typed.why);
    const free = { ...typed, command: `${typed.command} --field-manager=x`, target: { ...typed.target, name: 'web2' } };
    expect(judgeAction(free, context.entities).blastRadius).toBeGreaterThan(judgeAction(typed, context.entities).blastRadius);
  });
});

describe('the rules that choose a remedy', () => {
  const first = (faultType: string, from: EvidenceSnapshot, evidenceIds?: string[]): string | undefined =>
    candidateRemedies(hypothesis(faultType, evidenceIds), from, incident).actions[0]?.command;

  it.each([
    [
      'the one changed key of a ConfigMap',
      'config_invalid',
      snapshot,
      `kubectl -n shop patch configmap web-config --type=merge -p '{"data":{"DB_HOST":"db-1"}}'`,
    ],
    [
      'the one flag that was switched on',
      'bad_change',
      withChange({ flag: 'new-checkout', enabled: true }),
      'flag disable new-checkout',
    ],
    [
      'the release that has a history',
      'bad_rollout',
      withChange(
        [
          { revision: 3, status: 'superseded' },
          { revision: 4, status: 'deployed' },
        ],
        { invocation: 'helm history web -n shop -o json', tool: 'helm' },
      ),
      'helm rollback web 3 -n shop',
    ],
  ])('takes %s', (_what, faultType, from, command) => expect(first(faultType, from)).toBe(command));

  it('takes the one table that the evidence cites', () => {
    expect(first('vacuum_debt', snapshot, ['m1'])).toBe(`psql -c 'VACUUM (ANALYZE) orders'`);
    expect(first('slow_query', snapshot, ['m1'])).toBe(`psql -c 'ANALYZE orders'`);
    expect(first('vacuum_debt', snapshot, ['k1'])).toBe('');
  });

  it('leaves to a person what the evidence does not single out', () => {
    expect(first('config_invalid', snapshot, ['k1'])).not.toContain('configmap');
    expect(first('bad_change', withChange({ flag: 'new-checkout', enabled: true }), ['k1'])).not.toContain('flag');
    const two = withChange([configChange, { ...configChange, key: 'DB_PORT', old_value: '5432', new_value: '5433' }]);
    expect(first('config_invalid', two)).not.toContain('configmap');
    const sentence = withChange({ ...configChange, old_value: 'db-1; kubectl delete ns shop' });
    expect(first('config_invalid', sentence)).not.toContain('configmap');
    expect(
      first(
        'bad_change',
        withChange([
          { flag: 'a', enabled: true },
          { flag: 'b', enabled: true },
        ]),
      ),
    ).not.toContain('flag');
  });
});
