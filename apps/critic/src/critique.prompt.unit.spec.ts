import { CriticReport, FORCED_QUESTIONS, ForcedQuestion } from '@inquest/contracts';
import { addCritique, critiquePrompt, ModelCritique } from './critique.prompt.js';

const rules: CriticReport = {
  nothingToJudge: false,
  answers: ForcedQuestion.options.map((question) => ({ question, answer: 'By the rules.', evidenceIds: ['log-1'] })),
  challenges: [
    {
      id: 'c1',
      severity: 'critical',
      attacks: 'plan',
      claim: 'safe',
      argument: 'It is not.',
      evidenceIds: ['log-1'],
      from: 'rules',
    },
  ],
  summary: 'By the rules.',
};
const answer: ModelCritique = {
  answers: [
    { question: 'alternative', answer: 'The node was full.', evidenceIds: ['metric-1', 'invented'] },
    { question: 'evidence', answer: 'Invented.', evidenceIds: ['invented'] },
    { question: 'harm', answer: 'All lose their sessions.', evidenceIds: ['log-1'] },
  ],
  challenges: [
    { severity: 'major', attacks: 'diagnosis', claim: 'memory', argument: 'Disk fits as well.', evidenceIds: ['metric-1'] },
    { severity: 'critical', attacks: 'plan', claim: 'undo', argument: 'Made up.', evidenceIds: ['invented'] },
  ],
  summary: 'Disk fits as well.',
};

describe('addCritique', () => {
  const report = addCritique(rules, answer, ['log-1', 'metric-1']);

  it('keeps the rules’ challenges first and as they are, and adds only grounded ones', () => {
    expect(report.challenges).toMatchObject([
      { id: 'c1', severity: 'critical', from: 'rules' },
      { id: 'c2', severity: 'major', from: 'model', evidenceIds: ['metric-1'] },
    ]);
    expect(report.challenges).toHaveLength(2);
    expect(CriticReport.safeParse(report).success).toBe(true);
  });

  it('answers all three questions, by the rules where the model cites nothing that exists', () => {
    expect(report.answers.map(({ question, answer: text }) => [question, text])).toEqual([
      ['alternative', 'The node was full.'],
      ['evidence', 'By the rules.'],
      ['harm', 'All lose their sessions.'],
    ]);
  });

  it('cannot take a challenge of the rules back', () => {
    const agreeable = { ...answer, challenges: [], summary: 'I agree with everything.' };
    expect(addCritique(rules, agreeable, ['log-1']).challenges).toEqual(rules.challenges);
  });
});

it('does not accept an answer that leaves a forced question out', () => {
  expect(ModelCritique.safeParse({ ...answer, answers: answer.answers.slice(1) }).success).toBe(false);
});

describe('the prompt', () => {
  it('asks the three forced questions', () => {
    for (const question of Object.values(FORCED_QUESTIONS)) expect(critiquePrompt.system).toContain(question);
  });

  it('resists agreement without rewarding invention', () => {
    expect(critiquePrompt.system).toContain('Agreement is a failure of your job unless the evidence forces it');
    expect(critiquePrompt.system).toContain('You may not invent evidence');
    expect(critiquePrompt.system).toMatch(/critical: .*\n- major: .*\n- minor: /);
  });
});
