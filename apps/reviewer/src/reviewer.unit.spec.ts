import { trace } from '@opentelemetry/api';
import { HealthRegistry, RulesInForce, TwoMinds, type Turn } from '@inquest/agent';
import { fold, type Session } from '@inquest/debate';
import { LanguageModel, ModelTimeoutError, NoModel, type ModelReply, type Question } from '@inquest/model';
import { ready } from '@inquest/safety';
import { createLogger } from '@inquest/telemetry';
import { aDiagnosis, anAction, anOpening, aPlan, published } from '@inquest/testing';
import type { Action } from '@inquest/contracts';
import type { z } from 'zod';
import { Reviewer } from './reviewer.js';

const turn: Turn = {
  sessionId: 's',
  signal: new AbortController().signal,
  logger: createLogger('test', { write: () => undefined }),
  span: trace.getTracer('test').startSpan('turn'),
};

const asked = (...actions: Action[]): Session => {
  const plan = aPlan({ actions, hypothesisId: actions.length > 0 ? 'h1' : null });
  const session = fold([
    published('session.opened', anOpening()),
    published('diagnosis.reported', aDiagnosis()),
    published('plan.proposed', plan),
  ]);
  if (!session) throw new Error('no session');
  return session;
};

/** Never answers in time. */
class TooSlow extends LanguageModel {
  readonly configured = true;
  async ask<S extends z.ZodType>({ role }: Question<S>): Promise<ModelReply<z.infer<S>>> {
    throw new ModelTimeoutError({ role, model: 'slow' });
  }
}

const reviewer = (model: LanguageModel): Reviewer =>
  new Reviewer(new TwoMinds(model), new RulesInForce(createLogger('test', { write: () => undefined }), new HealthRegistry()));

const dropsTable = anAction({
  tool: 'psql',
  verb: 'execute',
  target: { kind: 'database', name: 'orders' },
  command: "psql -d orders -c 'DROP TABLE orders'",
  undo: null,
});

describe('the Reviewer', () => {
  beforeAll(() => ready());

  it('regression 8: rejects DROP TABLE whatever becomes of its model', async () => {
    for (const model of [new TooSlow(), new NoModel()]) {
      const answer = await reviewer(model).review(asked(dropsTable), turn);
      expect(answer).toMatchObject({ vote: 'REJECT', data: { judgement: 'REJECT', rulesJudged: true } });
    }
  });

  it("keeps the rules' verdict, degraded, when its model is too slow", async () => {
    const answer = await reviewer(new TooSlow()).review(asked(anAction()), turn);
    expect(answer).toMatchObject({ degraded: true, mind: 'rules', data: { rulesJudged: true } });
    expect(answer.vote).not.toBe('APPROVE');
  });

  it('says of an empty plan that there is nothing to judge: neither approval nor abstention', async () => {
    const answer = await reviewer(new TooSlow()).review(asked(), turn);
    expect(answer).toMatchObject({ vote: null, degraded: false, data: { judgement: 'NOTHING_TO_JUDGE', rulesJudged: true } });
  });
});
