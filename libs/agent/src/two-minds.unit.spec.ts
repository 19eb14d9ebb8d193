import { trace } from '@opentelemetry/api';
import { LanguageModel, ModelBudgetError, ModelTimeoutError, type ModelReply, type Prompt, type Question } from '@inquest/model';
import { createLogger } from '@inquest/telemetry';
import { z } from 'zod';
import type { Turn } from './answer.js';
import { TwoMinds, type Consultation } from './two-minds.js';

const prompt: Prompt = { role: 'solver', version: 'solver/1', system: 's', hash: 'a'.repeat(64) };
const schema = z.object({ wise: z.boolean() });
const turn: Turn = {
  sessionId: 's',
  signal: new AbortController().signal,
  logger: createLogger('test', { write: () => undefined }),
  span: trace.getTracer('test').startSpan('turn'),
};

const consultation: Consultation<string, typeof schema> = {
  rules: { data: 'rules', vote: 'APPROVE' },
  prompt,
  schema,
  input: () => ({}),
  merge: ({ wise }) => ({ data: wise ? 'wise' : 'unwise', vote: 'APPROVE' }),
  withoutModel: () => ({ data: 'advice', vote: 'ABSTAIN' }),
};

/** A port with a known reply: what the port does over the wire is tested against a server where it lives. */
class Scripted extends LanguageModel {
  readonly configured: boolean;
  constructor(private readonly reply?: () => unknown) {
    super();
    this.configured = reply !== undefined;
  }
  async ask<S extends z.ZodType>({ schema: expected }: Question<S>): Promise<ModelReply<z.infer<S>>> {
    const usage = { model: 'm', inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: 0.1 };
    return { data: expected.parse(this.reply?.()), usage, stopReason: 'end_turn' };
  }
}

describe('the two minds', () => {
  it('give a full answer from rules when no model is configured', async () => {
    expect(await new TwoMinds(new Scripted()).consult(consultation, turn)).toEqual({
      data: 'rules',
      vote: 'APPROVE',
      mind: 'rules',
      degraded: false,
    });
  });

  it("give the model's answer, with its prompt and its price", async () => {
    const answer = await new TwoMinds(new Scripted(() => ({ wise: true }))).consult(consultation, turn);
    expect(answer).toMatchObject({
      data: 'wise',
      mind: 'model',
      degraded: false,
      promptHash: prompt.hash,
      usage: { costUsd: 0.1 },
    });
  });

  it("give the rules' findings as advice, degraded, when the model fails", async () => {
    const late = new Scripted(() => {
      throw new ModelTimeoutError({ role: 'solver', model: 'm' });
    });
    expect(await new TwoMinds(late).consult(consultation, turn)).toMatchObject({
      data: 'advice',
      vote: 'ABSTAIN',
      mind: 'rules',
      degraded: true,
    });
  });

  it('give a full answer from rules, marked as such, when the budget is used up: nothing is wrong with the model', async () => {
    const broke = new Scripted(() => {
      throw new ModelBudgetError({ role: 'solver', model: 'm' }, 'the budget is used up.');
    });
    expect(await new TwoMinds(broke).consult(consultation, turn)).toEqual({
      data: 'rules',
      vote: 'APPROVE',
      mind: 'rules',
      degraded: false,
      usage: null,
    });
  });

  it('degrade a Reviewer whose budget is used up: gate 5 takes its rules for enough where no model was to be asked', async () => {
    const broke = new Scripted(() => {
      throw new ModelBudgetError({ role: 'reviewer', model: 'm' }, 'the budget is used up.');
    });
    const reviewing = { ...consultation, prompt: { ...prompt, role: 'reviewer' as const } };
    expect(await new TwoMinds(broke).consult(reviewing, turn)).toMatchObject({ mind: 'rules', degraded: true });
  });

  it('drop what the model claims without evidence, and say so', async () => {
    const lines: string[] = [];
    const logger = createLogger('test', { write: (line: string) => void lines.push(line) });
    const merge = () => ({ data: 'rest', vote: 'APPROVE' as const, ungrounded: ['“mars” is named by nothing in evidence'] });
    const answer = await new TwoMinds(new Scripted(() => ({ wise: true }))).consult(
      { ...consultation, merge },
      { ...turn, logger },
    );
    expect(answer).not.toHaveProperty('ungrounded');
    expect(lines.join('\n')).toContain('“mars” is named by nothing in evidence');
  });

  it('do not take a fault of our own for a failing model', async () => {
    const broken = new Scripted(() => {
      throw new TypeError('a bug');
    });
    await expect(new TwoMinds(broken).consult(consultation, turn)).rejects.toThrow('a bug');
  });
});
