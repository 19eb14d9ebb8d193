import { DiagnosisReport } from '@inquest/contracts';
import fc from 'fast-check';
import { diagnosisPrompt, toDiagnosisReport, type ModelDiagnosis } from './diagnosis.prompt.js';

const GROUNDS = { ids: new Set(['log-1', 'metric-1']), names: (component: string) => component !== 'mars' };
const hypothesis = (confidence: number, evidenceIds: string[]): ModelDiagnosis['hypotheses'][number] => ({
  cause: 'The cache is full.',
  component: 'cache',
  category: 'resource_exhaustion',
  faultType: 'oom_killed',
  confidence,
  evidenceIds,
  refutedBy: [],
});
const answer = (changes: Partial<ModelDiagnosis> = {}): ModelDiagnosis => ({
  healthy: false,
  healthEvidenceIds: [],
  confidence: 0.9,
  hypotheses: [hypothesis(0.9, ['log-1'])],
  summary: 'Full.',
  missingEvidence: [],
  ...changes,
});

const rules = DiagnosisReport.parse({
  healthy: false,
  abstained: false,
  hypotheses: [{ ...hypothesis(0.8, ['log-1']), id: 'h1', component: 'store' }],
  confidence: 0.8,
  summary: 'By rules.',
});
const reportOf = (given: ModelDiagnosis) => toDiagnosisReport(given, GROUNDS, rules).report;

describe('toDiagnosisReport', () => {
  it('numbers and ranks what rests on evidence, and takes the first one’s confidence', () => {
    const { report, ungrounded } = toDiagnosisReport(
      answer({
        hypotheses: [
          hypothesis(0.5, ['log-1']),
          hypothesis(0.99, ['invented']),
          { ...hypothesis(0.95, ['log-1']), component: 'mars' },
          hypothesis(0.7, ['metric-1', 'invented']),
          { ...hypothesis(0.6, ['metric-1']), refutedBy: ['log-1', 'invented'] },
        ],
      }),
      GROUNDS,
      rules,
    );
    expect(report).toMatchObject({ abstained: false, confidence: 0.6 });
    expect(report.hypotheses).toMatchObject([
      { id: 'h1', evidenceIds: ['metric-1'], refutedBy: ['log-1'] },
      { id: 'h2', evidenceIds: ['log-1'] },
    ]);
    expect(ungrounded).toHaveLength(3);
    expect(report.summary).toContain('3 hypotheses');
    expect(report.summary).toContain('mars');
  });

  it('abstains, and says what the rules found, when all was invented', () => {
    expect(reportOf(answer({ hypotheses: [hypothesis(0.99, ['invented'])] }))).toMatchObject({
      abstained: true,
      confidence: 0,
      hypotheses: [],
      summary: expect.stringContaining('By rules.') as string,
    });
  });

  it.each([
    ['its best hypothesis is below 0.4', answer({ hypotheses: [hypothesis(0.39, ['log-1'])] })],
    ['nothing it says rests on evidence', answer({ hypotheses: [hypothesis(0.99, ['invented'])] })],
    ['it calls healthy what it shows nothing for', answer({ healthy: true, hypotheses: [], healthEvidenceIds: ['invented'] })],
    ['it is not sure of the health', answer({ healthy: true, confidence: 0.3, healthEvidenceIds: ['log-1'] })],
  ])('abstains when %s', (_, given) => {
    expect(reportOf(given).abstained).toBe(true);
  });

  it('calls healthy what evidence shows to be', () => {
    expect(reportOf(answer({ healthy: true, healthEvidenceIds: ['log-1'] }))).toMatchObject({
      healthy: true,
      abstained: false,
      hypotheses: [],
    });
  });

  it('always makes a report that the contract allows', () => {
    const any = fc.record({
      healthy: fc.boolean(),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      healthEvidenceIds: fc.subarray(['log-1', 'x']),
      hypotheses: fc.array(
        fc
          .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.subarray([...GROUNDS.ids, 'x']))
          .map(([c, ids]) => hypothesis(c, ids)),
        { maxLength: 10 },
      ),
    });
    fc.assert(fc.property(any, (given) => expect(DiagnosisReport.safeParse(reportOf(answer(given))).success).toBe(true)));
  });
});

it('the prompt forbids invention, abstains under 0.4 and is long enough to be cached', () => {
  expect(diagnosisPrompt).toMatchObject({ role: 'diagnostician', version: 'diagnostician/2' });
  expect(diagnosisPrompt.system).toContain('Never cite an id that does not stand there');
  expect(diagnosisPrompt.system).toContain('Below 0.4 you abstain');
  expect(diagnosisPrompt.system.length).toBeGreaterThan(3_000);
});
