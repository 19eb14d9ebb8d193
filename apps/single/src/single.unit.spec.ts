import { trace } from '@opentelemetry/api';
import { HealthRegistry, RulesInForce, TwoMinds, type Turn } from '@inquest/agent';
import { fold } from '@inquest/debate';
import { LanguageModel, ModelUnavailableError, NoModel, type ModelReply, type Question } from '@inquest/model';
import { ready } from '@inquest/safety';
import { createLogger } from '@inquest/telemetry';
import { anOpening, published } from '@inquest/testing';
import type { z } from 'zod';
import { Single } from './single.js';

const rules = new RulesInForce(createLogger('test', { write: () => undefined }), new HealthRegistry());

const turn: Turn = {
  sessionId: 's',
  signal: new AbortController().signal,
  logger: createLogger('test', { write: () => undefined }),
  span: trace.getTracer('test').startSpan('turn'),
};
const session = fold([published('session.opened', anOpening({ path: 'single' }))]);
if (!session) throw new Error('no session');

class Away extends LanguageModel {
  readonly configured = true;
  async ask<S extends z.ZodType>({ role }: Question<S>): Promise<ModelReply<z.infer<S>>> {
    throw new ModelUnavailableError({ role, model: 'm' }, 529, 'overloaded');
  }
}

describe('the rollback path', () => {
  beforeAll(() => ready());

  it('escalates what the evidence cannot answer, and never executes', async () => {
    const { data, vote } = await new Single(new TwoMinds(new NoModel()), rules).answer(session, turn);
    expect(data).toMatchObject({ outcome: 'escalate', gate: 2, requiresHumanApproval: true, actions: [] });
    expect(data.votes.map(({ voter, present }) => [voter, present])).toEqual([
      ['diagnostician', true],
      ['solver', true],
      ['reviewer', true],
      ['critic', false],
    ]);
    expect(vote).toBeNull();
  });

  it('is degraded and offers nothing when its one call fails', async () => {
    const answer = await new Single(new TwoMinds(new Away()), rules).answer(session, turn);
    expect(answer).toMatchObject({ degraded: true, mind: 'rules', data: { outcome: 'escalate', degraded: true, actions: [] } });
  });
});
