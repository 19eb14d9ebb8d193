import { ActionPlan, DiagnosisReport } from '@inquest/contracts';
import { singlePrompt, toSingleAnswer, type ModelSingle } from './single.prompt.js';

const plan: ActionPlan = { hypothesisId: 'h3', actions: [], blastRadius: 10, abstained: false, summary: 'Roll back.' };
const remedies = [{ id: 'r1', plan }];
const answer = (changes: Partial<ModelSingle> = {}): ModelSingle => ({
  healthy: false,
  healthEvidenceIds: [],
  confidence: 0.9,
  hypotheses: [
    {
      cause: 'Full.',
      component: 'cache',
      category: 'resource_exhaustion',
      faultType: 'oom_killed',
      confidence: 0.8,
      evidenceIds: ['log-1'],
      refutedBy: [],
    },
  ],
  remedyId: 'r1',
  reason: 'It frees memory.',
  summary: 'Full.',
  missingEvidence: [],
  ...changes,
});

it('gives a diagnosis and the offered plan for its first hypothesis', () => {
  const { diagnosis, plan: chosen } = toSingleAnswer(answer(), remedies, ['log-1']);
  expect(diagnosis).toMatchObject({ abstained: false, confidence: 0.8, hypotheses: [{ id: 'h1' }] });
  expect(chosen).toEqual({ ...plan, hypothesisId: 'h1', summary: 'It frees memory.' });
  expect(DiagnosisReport.safeParse(diagnosis).success && ActionPlan.safeParse(chosen).success).toBe(true);
});

it.each([
  ['a remedy that was never offered', answer({ remedyId: 'r9' })],
  ['no remedy', answer({ remedyId: null })],
  ['a cause without evidence', answer({ hypotheses: answer().hypotheses.map((one) => ({ ...one, evidenceIds: ['invented'] })) })],
  ['a healthy system', answer({ healthy: true, healthEvidenceIds: ['log-1'] })],
])('plans nothing for %s', (_, given) => {
  expect(toSingleAnswer(given, remedies, ['log-1']).plan).toMatchObject({ hypothesisId: null, actions: [], blastRadius: 0 });
});

it('the prompt makes up for the missing critic', () => {
  expect(singlePrompt.system).toContain('be your own critic');
  expect(singlePrompt.system.length).toBeGreaterThan(3_000);
});
