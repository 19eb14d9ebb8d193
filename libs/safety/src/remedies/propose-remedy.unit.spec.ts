import fc from 'fast-check';
import { ActionPlan, DiagnosisReport, EvidenceSnapshot, Incident, type DiagnosisReport as Report } from '@inquest/contracts';
import { isReversible } from '@inquest/debate';
import { judgePlan } from '../judge-plan.js';
import { ready } from '../sql/parser.js';
import { candidateRemedies, proposeRemedy } from './propose-remedy.js';
import { MANUAL_STEPS, manualStepFor } from './manual-steps.js';

beforeAll(ready);

const incident = Incident.parse({
  source: 'test',
  fingerprint: 'f',
  title: 'web is down',
  startsAt: '2026-01-01T10:00:00Z',
  namespace: 'shop',
});
const pods =
  'NAME                    READY   STATUS             RESTARTS   AGE\nweb-7f9dd8b6c4-x7gr9   0/1     CrashLoopBackOff   8          25m\n';
const snapshot = EvidenceSnapshot.parse({
  kubernetes: [
    { id: 'k1', status: 'ok', title: 'kubectl get pods -n shop', text: pods },
    {
      id: 'k2',
      status: 'ok',
      title: 'Deployments',
      json: {
        deployments: [{ name: 'web', namespace: 'shop', desired: 3, ready: 2 }],
        nodes: [{ name: 'node-1.internal', ready: 'False' }],
      },
    },
    {
      id: 'k3',
      status: 'ok',
      title: 'Container',
      json: {
        pods: [{ name: 'web-7f9dd8b6c4-x7gr9', containers: [{ name: 'web', resources: { limits: { memory: '512Mi' } } }] }],
      },
    },
  ],
  metrics: [
    {
      id: 'm1',
      status: 'ok',
      title: 'Blocking sessions',
      tool: 'psql',
      json: { rows: [{ pid: 4711, state: 'active', query: 'UPDATE orders SET total = 0' }] },
    },
  ],
});
const changed = EvidenceSnapshot.parse({
  ...snapshot,
  changes: [
    { id: 'c1', status: 'ok', title: 'Rolled out', json: { deployment: 'web', old_image: 'web:1.4.1', new_image: 'web:1.4.2' } },
  ],
});

const report = (faultType: string, component = 'web', evidenceIds = ['k1', 'k3']): Report =>
  DiagnosisReport.parse({
    healthy: false,
    abstained: false,
    confidence: 0.9,
    summary: '',
    hypotheses: [{ id: 'h1', cause: 'It broke.', component, category: 'unknown', faultType, confidence: 0.9, evidenceIds }],
  });
const propose = (diagnosis: Report, evidence = snapshot) => proposeRemedy({ diagnosis, snapshot: evidence, incident });

describe('proposing a remedy', () => {
  it.each([
    ['image_pull_backoff', 'web', snapshot, 'kubectl -n shop rollout undo deployment/web'],
    ['bad_rollout', 'shop/web', snapshot, 'kubectl -n shop rollout undo deployment/web'],
    ['crash_loop', 'web-7f9dd8b6c4-x7gr9', changed, 'kubectl -n shop rollout undo deployment/web'],
    ['oom_killed', 'Deployment/web', snapshot, 'kubectl -n shop set resources deployment/web --limits=memory=768Mi'],
    ['memory_leak', 'web', snapshot, 'kubectl -n shop rollout restart deployment/web'],
    ['cpu_saturation', 'web', snapshot, 'kubectl -n shop scale deployment/web --replicas=4'],
    ['node_not_ready', 'node-1.internal', snapshot, 'kubectl cordon node-1.internal'],
  ])('answers %s of %s', (faultType, component, evidence, command) => {
    const plan = propose(report(faultType, component), evidence);
    expect(plan.actions).toMatchObject([{ command }]);
    expect(judgePlan(plan, evidence, incident).judgement).toBe('APPROVE');
    expect(plan.actions.every(isReversible) || plan.actions[0]?.verb === 'set resources').toBe(true);
  });

  it('cancels the one query that the cited evidence names', () => {
    const plan = propose(report('lock_contention', 'orders-db', ['m1']));
    expect(plan.actions[0]).toMatchObject({ command: `psql -c 'SELECT pg_cancel_backend(4711)'`, undo: null });
    expect(judgePlan(plan, snapshot, incident).judgement).toBe('APPROVE');
  });

  it('leaves to a person what no command is safe for, known fault or not', () => {
    for (const faultType of ['storage_full', 'certificate_expired', 'something_new', 'crash_loop']) {
      const plan = propose(report(faultType));
      expect(plan.actions).toMatchObject([{ tool: 'manual', command: '' }]);
      expect(plan.actions.some(isReversible)).toBe(false);
      expect(judgePlan(plan, snapshot, incident)).toMatchObject({ judgement: 'APPROVE' });
    }
  });

  it('abstains when the diagnosis did, hypotheses or not', () => {
    expect(propose({ ...report('bad_rollout'), abstained: true })).toMatchObject({
      abstained: true,
      actions: [],
      hypothesisId: null,
    });
    expect(propose({ ...report('bad_rollout'), abstained: true, hypotheses: [] })).toMatchObject({
      abstained: true,
      actions: [],
    });
  });

  it('does nothing about health', () =>
    expect(propose({ ...report('bad_rollout'), healthy: true })).toMatchObject({ abstained: false, actions: [] }));

  it('names the refused remedies and why', () => {
    const hypothesis = report('crash_loop').hypotheses[0];
    if (!hypothesis) throw new Error('no hypothesis');
    expect(candidateRemedies(hypothesis, snapshot, incident).refusals).toContainEqual({
      remedy: 'rollout-undo',
      why: 'the evidence shows no change to take back',
    });
  });

  it('has a step in words for fault types without a safe command', () =>
    expect(['unschedulable', 'slow_query', 'config_missing'].map((fault) => manualStepFor(fault)?.verb)).toEqual([
      'add capacity',
      'mend query',
      'restore configuration',
    ]));

  it.each([
    'web; rm -rf /',
    '$(reboot)',
    'web`reboot`',
    '--all',
    'web --force',
    'we\u200bb',
    '../web',
    'web\nkubectl delete ns shop',
    "web' || true",
  ])('lets nothing of a component named %j into a command', (component) => {
    const hostile = EvidenceSnapshot.parse({
      ...snapshot,
      kubernetes: [
        ...snapshot.kubernetes,
        {
          id: 'x1',
          status: 'ok',
          title: 'x',
          json: { deployments: [{ name: component, namespace: 'shop', desired: 3 }], nodes: [{ name: component }] },
        },
      ],
    });
    for (const faultType of ['bad_rollout', 'cpu_saturation', 'node_not_ready', 'memory_leak', 'oom_killed']) {
      for (const { command } of propose(report(faultType, component), hostile).actions)
        expect(
          command === '' ||
            /^kubectl( -n shop)? (rollout (undo|restart)|scale|set resources|cordon) [\w./-]+( --\w+=[\w=]+)?$/.test(command),
        ).toBe(true);
    }
  });

  it('never proposes what the rules reject, whatever it is told', () => {
    const text = fc.oneof(
      fc.string({ minLength: 1, maxLength: 60 }),
      fc.constantFrom('web', 'web-7f9dd8b6c4-x7gr9', 'node-1.internal', 'shop/web'),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(MANUAL_STEPS), 'scaled_to_zero', 'deadlock'),
        text,
        fc.boolean(),
        (faultType, component, withChange) => {
          const evidence = withChange ? changed : snapshot;
          const plan = propose(report(faultType, component), evidence);
          expect(ActionPlan.parse(plan)).toEqual(plan);
          expect(judgePlan(plan, evidence, incident).judgement).not.toBe('REJECT');
        },
      ),
      { numRuns: 150 },
    );
  });
});
