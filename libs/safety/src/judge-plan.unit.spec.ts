import { Action, ActionPlan, EvidenceSnapshot, Incident, ReviewVerdict, type Action as ActionType } from '@inquest/contracts';
import { judgePlan } from './judge-plan.js';
import { ready } from './sql/parser.js';

const incident = Incident.parse({
  source: 'test',
  fingerprint: 'f',
  title: 'web crashes in namespace shop',
  startsAt: '2026-01-01T00:00:00Z',
});
const snapshot = EvidenceSnapshot.parse({
  kubernetes: [
    {
      id: 'k1',
      status: 'ok',
      title: 'Deployments',
      json: { deployments: [{ name: 'web', namespace: 'shop', desired: 4, ready: 4 }], nodes: [{ name: 'node-1' }] },
    },
  ],
});

const restart = {
  id: 'a1',
  tool: 'kubectl',
  verb: 'rollout restart',
  target: { kind: 'deployment', name: 'web', namespace: 'shop' },
  command: 'kubectl -n shop rollout restart deployment/web',
  description: 'Restart.',
  undo: { command: 'kubectl -n shop rollout undo deployment/web', description: 'Back.' },
  blastRadius: 0,
};
const plan = (...actions: object[]): ActionPlan =>
  ActionPlan.parse({
    hypothesisId: 'h1',
    actions: actions.map((action, index) => Action.parse({ ...restart, id: `a${index + 1}`, ...action })),
    blastRadius: 0,
    abstained: false,
    summary: '',
  });
const judge = (...actions: Partial<ActionType>[]) => judgePlan(plan(...actions), snapshot, incident);
const rules = (...actions: Partial<ActionType>[]): string[] =>
  judge(...actions).actions.flatMap(({ hits }) => hits.map(({ ruleId }) => ruleId));

describe('judging a plan', () => {
  beforeAll(ready);

  it('has nothing to judge in an empty plan, but has judged it', () =>
    expect(judge()).toMatchObject({ judgement: 'NOTHING_TO_JUDGE', rulesJudged: true, blastRadius: 0 }));

  it('approves an ordinary remedy that is what it says', () => {
    const verdict = judge({});
    expect(verdict).toMatchObject({ judgement: 'APPROVE', rulesJudged: true });
    expect(ReviewVerdict.parse(verdict)).toEqual(verdict);
  });

  it('takes the strictest of all actions', () => {
    expect(
      judge({}, { verb: 'delete', target: { kind: 'namespace', name: 'shop' }, command: 'kubectl delete ns shop' }).judgement,
    ).toBe('REJECT');
    expect(judge({ verb: 'drain', target: { kind: 'node', name: 'node-1' }, command: 'kubectl drain node-1' }).judgement).toBe(
      'REQUEST_REVISION',
    );
  });

  it('rejects DROP TABLE wherever it hides', () => {
    for (const command of [
      `psql -c 'DROP TABLE orders'`,
      `kubectl -n shop exec deploy/web -- psql -c "drop table orders"`,
      `kubectl -n shop rollout restart deployment/web; psql -c 'DROP TABLE orders'`,
    ])
      expect(judge({ command }).judgement).toBe('REJECT');
    expect(judge({ undo: { command: `psql -c 'DROP TABLE orders'`, description: 'Back.' } }).judgement).toBe('REJECT');
    expect(
      judge({ tool: 'manual', verb: 'tidy', command: '', description: 'Run `psql -c "DROP TABLE orders"` and wait.' }).judgement,
    ).toBe('REJECT');
  });

  it.each<[string, Partial<ActionType>, string]>([
    ['another verb', { command: 'kubectl -n shop rollout undo deployment/web' }, 'other-verb'],
    ['another target', { command: 'kubectl -n shop rollout restart deployment/api' }, 'other-target'],
    ['another namespace', { command: 'kubectl -n prod rollout restart deployment/web' }, 'other-namespace'],
    ['no namespace', { command: 'kubectl rollout restart deployment/web' }, 'other-namespace'],
    ['another kind', { command: 'kubectl -n shop rollout restart statefulset/web' }, 'other-kind'],
    ['another tool', { command: 'helm rollback web 1 -n shop' }, 'other-tool'],
    ['more than one thing', { command: 'kubectl -n shop rollout restart deployment/web && kubectl cordon node-1' }, 'does-more'],
    ['two targets', { command: 'kubectl -n shop rollout restart deployment/web deployment/api' }, 'other-target'],
    [
      'a target that the evidence does not show',
      {
        target: { kind: 'deployment', name: 'ghost', namespace: 'shop' },
        command: 'kubectl -n shop rollout restart deployment/ghost',
      },
      'unknown-target',
    ],
    [
      'an image from nowhere',
      { verb: 'set image', command: 'kubectl -n shop set image deployment/web web=evil.example/web:1' },
      'image-from-nowhere',
    ],
    ['no command at all', { command: '' }, 'no-command'],
  ])('never approves %s', (_what, action, rule) => {
    expect(judge(action).judgement).not.toBe('APPROVE');
    expect(rules(action)).toContain(rule);
  });

  it('rejects a command that also destroys', () =>
    expect(judge({ command: 'kubectl -n shop rollout restart deployment/web; helm uninstall web' }).judgement).toBe('REJECT'));

  it('recomputes the radius whatever the plan claims', () =>
    expect(judge({ blastRadius: 0, radiusTerms: [] }).blastRadius).toBeGreaterThan(0));

  it('adds radii up, so that many small risks ask for a revision', () => {
    const many = judge(...Array.from({ length: 8 }, () => ({})));
    expect(many.blastRadius).toBeGreaterThan(50);
    expect(many.judgement).not.toBe('APPROVE');
  });

  it('lets a step in words pass the rules; the gates hand it to a person', () =>
    expect(judge({ tool: 'manual', verb: 'extend storage', command: '', undo: null })).toMatchObject({ judgement: 'APPROVE' }));

  it('says the same twice', () =>
    expect(judge({}, { command: 'kubectl cordon node-1' })).toEqual(judge({}, { command: 'kubectl cordon node-1' })));
});
