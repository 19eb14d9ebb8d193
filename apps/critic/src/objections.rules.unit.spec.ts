import { ActionPlan, DiagnosisReport, EvidenceSnapshot, Incident, type CriticReport } from '@inquest/contracts';
import { readSafetyRules, ready } from '@inquest/safety';
import { criticise } from './objections.js';

const incident = Incident.parse({ source: 's', fingerprint: 'f', title: 'web', startsAt: '2026-01-01T00:00:00Z' });
const snapshot = EvidenceSnapshot.parse({
  kubernetes: [{ id: 'k1', status: 'ok', title: 'd', json: { deployments: [{ name: 'web', namespace: 'shop', desired: 3 }] } }],
});
const diagnosis = DiagnosisReport.parse({
  ...{ healthy: false, abstained: false, confidence: 0.9, summary: '' },
  hypotheses: [
    {
      ...{ id: 'h1', cause: 'web leaks', component: 'web', category: 'unknown', faultType: 'memory_leak', confidence: 0.9 },
      evidenceIds: ['k1'],
    },
  ],
});
const plan = ActionPlan.parse({
  ...{ hypothesisId: 'h1', blastRadius: 5, abstained: false, summary: '' },
  actions: [
    {
      ...{ id: 'a1', tool: 'kubectl', verb: 'rollout restart', target: { kind: 'deployment', name: 'web', namespace: 'shop' } },
      ...{ command: 'kubectl -n shop rollout restart deployment/web', description: 'Restart.', undo: null },
      ...{ blastRadius: 5, evidenceIds: ['k1'] },
    },
  ],
});
/** Points of the blast radius, as the answer to what the action would break tells them. */
const reach = ({ answers }: CriticReport): number =>
  Number(/reaches (\d+) of 100/.exec(answers.find(({ question }) => question === 'harm')?.answer ?? '')?.[1]);

beforeAll(ready);

describe('the critic', () => {
  it('measures an action by the rules that operators added, as the Reviewer does', () => {
    const read = readSafetyRules(
      'rules: [{ id: shop-counts, reason: Orders., verdict: revise, points: 30, match: { namespace: shop } }]',
    );
    if (!read.readable) throw new Error(read.problems.join());
    const given = { diagnosis, plan, snapshot, incident };
    expect(reach(criticise({ ...given, rules: read.rules }))).toBe(reach(criticise(given)) + 30);
  });
});
