import { ReviewVerdict, type Judgement } from '@inquest/contracts';
import fc from 'fast-check';
import { makeStricter, MODEL_OBJECTION, reviewPrompt, type ModelReview } from './review.prompt.js';

const ORDER: Judgement[] = ['NOTHING_TO_JUDGE', 'APPROVE', 'REQUEST_REVISION', 'REJECT'];
const verdict = (...judgements: Judgement[]): ReviewVerdict => ({
  judgement: ORDER.filter((one) => judgements.includes(one)).at(-1) ?? 'NOTHING_TO_JUDGE',
  rulesJudged: true,
  actions: judgements.map((judgement, index) => ({
    actionId: `a${index + 1}`,
    judgement,
    hits: [],
    blastRadius: 5,
    radiusTerms: [],
  })),
  blastRadius: 5,
  summary: 'By the rules.',
});
const objecting = (...objections: ModelReview['objections']): ModelReview => ({ objections, summary: 'One doubt.' });

describe('makeStricter', () => {
  it('adds the model’s objection to its action and to the whole', () => {
    const stricter = makeStricter(
      verdict('APPROVE', 'APPROVE'),
      objecting({ actionId: 'a2', judgement: 'REJECT', reason: 'Wrong cluster.' }),
    );
    expect(stricter).toMatchObject({ judgement: 'REJECT', summary: 'By the rules.\nOne doubt.' });
    expect(stricter.actions.map(({ judgement }) => judgement)).toEqual(['APPROVE', 'REJECT']);
    expect(stricter.actions[1]?.hits).toEqual([
      { ruleId: MODEL_OBJECTION, judgement: 'REJECT', reason: 'Wrong cluster.', from: 'model' },
    ]);
  });

  it('ignores objections to actions that are not in the plan', () => {
    expect(makeStricter(verdict('APPROVE'), objecting({ actionId: 'a9', judgement: 'REJECT', reason: 'x' })).judgement).toBe(
      'APPROVE',
    );
  });

  it('is never milder than the rules, for any answer', () => {
    const judgement = fc.constantFrom(...ORDER);
    const objection = fc.record({
      actionId: fc.constantFrom('a1', 'a2', 'a3'),
      judgement: fc.constantFrom('REQUEST_REVISION' as const, 'REJECT' as const),
      reason: fc.string({ minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(judgement, { maxLength: 3 }), fc.array(objection, { maxLength: 20 }), (judgements, objections) => {
        const before = verdict(...judgements);
        const after = makeStricter(before, objecting(...objections));
        expect(ORDER.indexOf(after.judgement)).toBeGreaterThanOrEqual(ORDER.indexOf(before.judgement));
        after.actions.forEach((action, index) => {
          expect(ORDER.indexOf(action.judgement)).toBeGreaterThanOrEqual(
            ORDER.indexOf(before.actions[index]?.judgement ?? 'REJECT'),
          );
        });
        expect({ ...after, actions: [], judgement: null, summary: '' }).toEqual({
          ...before,
          actions: [],
          judgement: null,
          summary: '',
        });
        expect(ReviewVerdict.safeParse(after).success).toBe(true);
      }),
    );
  });
});

it('the prompt lets the model only be stricter', () => {
  expect(reviewPrompt.system).toContain('You may only make the judgement stricter');
  expect(reviewPrompt.system.length).toBeGreaterThan(3_000);
});
