import { ActionPlan } from '@inquest/contracts';
import { choosePlan, solutionPrompt, type ModelSolution } from './solution.prompt.js';
import type { OfferedRemedy } from '@inquest/safety';

const plan: ActionPlan = {
  hypothesisId: 'h1',
  actions: [
    {
      id: 'a1',
      tool: 'kubectl',
      verb: 'rollout undo',
      target: { kind: 'deployment', name: 'checkout', namespace: 'shop' },
      params: {},
      command: 'kubectl rollout undo deployment/checkout -n shop',
      description: 'Back to the revision before.',
      undo: null,
      blastRadius: 10,
      radiusTerms: [],
      evidenceIds: ['log-1'],
    },
  ],
  blastRadius: 10,
  abstained: false,
  summary: 'Roll back.',
};
const remedies: OfferedRemedy[] = [{ id: 'r1', plan }];
const answer = (changes: Partial<ModelSolution> = {}): ModelSolution => ({
  remedyId: 'r1',
  reason: 'It removes the change.',
  evidenceIds: ['log-1', 'invented'],
  risks: ['The old image may be gone.'],
  ...changes,
});

describe('choosePlan', () => {
  it('gives the offered plan back word for word, with the model’s reasons and existing evidence', () => {
    const chosen = choosePlan(answer(), remedies, ['log-1']);
    expect(chosen).toEqual({ ...plan, summary: 'It removes the change.\nRisk: The old image may be gone.\nEvidence: log-1.' });
    expect(ActionPlan.safeParse(chosen).success).toBe(true);
  });

  it.each([null, 'r2', '', 'kubectl delete ns shop'])('offers nothing for %j', (remedyId) => {
    expect(choosePlan(answer({ remedyId }), remedies, ['log-1'])).toMatchObject({
      hypothesisId: null,
      actions: [],
      blastRadius: 0,
    });
  });
});

it('the prompt lets the model choose and never write', () => {
  expect(solutionPrompt.system).toContain('You cannot write, change, combine or parameterise actions');
  expect(solutionPrompt.system.length).toBeGreaterThan(3_000);
});
