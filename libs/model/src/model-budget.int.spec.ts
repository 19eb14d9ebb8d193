import { FakeAnthropic } from '@inquest/testing';
import { z } from 'zod';
import { ClaudeModel } from './claude-model.js';
import { ModelBudgetError, ModelUnavailableError } from './errors.js';
import { ModelBudget, type Cost, type Expense, type Reservation } from './model-budget.js';
import { definePrompt } from './prompt.js';

const KEY = 'sk-ant-secret-0123456789';
const Answer = z.object({ summary: z.string() });
const prompt = definePrompt('critic', 1, 'Object. '.repeat(50));

class Purse extends ModelBudget {
  readonly reserved: Expense[] = [];
  readonly settled: Cost[] = [];
  constructor(private readonly refuse?: (expense: Expense) => Error | undefined) {
    super();
  }
  override async reserve(expense: Expense): Promise<Reservation> {
    const refusal = this.refuse?.(expense);
    if (refusal) throw refusal;
    this.reserved.push(expense);
    return { settle: (taken) => void this.settled.push(taken) };
  }
}

let fake: FakeAnthropic;
beforeEach(async () => {
  fake = await FakeAnthropic.start({ apiKey: KEY });
});
afterEach(() => fake.stop());

const ask = (budget: ModelBudget, deadlineMs = 5_000) =>
  new ClaudeModel({ apiKey: KEY, baseURL: fake.url, budget, retriesMax: 0 }).ask({
    ...{ role: 'critic' as const, prompt, input: { text: 'x' }, schema: Answer },
    signal: AbortSignal.timeout(deadlineMs),
  });

describe('a budget', () => {
  it('is asked before the call, for more than the call takes, and told what it took', async () => {
    fake.script('critic', { kind: 'answer', json: { summary: 'no' } });
    const purse = new Purse();
    const { usage } = await ask(purse);
    expect(purse.reserved).toHaveLength(1);
    expect(purse.reserved[0]?.atMost.usd).toBeGreaterThan(usage.costUsd);
    expect(purse.reserved[0]?.atMost.tokens).toBeGreaterThan(4_096);
    expect(purse.settled).toEqual([
      { usd: usage.costUsd, tokens: usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens },
    ]);
  });

  it('that is used up keeps the model from being asked', async () => {
    const purse = new Purse(({ role, model }) => new ModelBudgetError({ role, model }, 'used up.'));
    await expect(ask(purse)).rejects.toThrow(ModelBudgetError);
    expect(fake.seenFrom('critic')).toHaveLength(0);
  });

  it('is asked again before an answer is repaired, and what the first attempt took is still told', async () => {
    fake.script('critic', { kind: 'answer', json: { nonsense: true } }, { kind: 'answer', json: { summary: 'never asked' } });
    let calls = 0;
    const purse = new Purse(({ role, model }) => (++calls > 1 ? new ModelBudgetError({ role, model }, 'used up.') : undefined));
    const error: unknown = await ask(purse).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ModelBudgetError);
    expect((error as ModelBudgetError).usage?.costUsd).toBe(purse.settled[0]?.usd);
    expect(fake.seenFrom('critic')).toHaveLength(1);
  });

  it('gets back what a call did not take that was refused at once', async () => {
    fake.script('critic', { kind: 'error', status: 401 });
    const purse = new Purse();
    await expect(ask(purse)).rejects.toThrow(ModelUnavailableError);
    expect(purse.settled).toEqual([{ usd: 0, tokens: 0 }]);
  });

  it('keeps the price of the question when the answer was not waited for', async () => {
    fake.script('critic', { kind: 'answer', json: { summary: 'late' }, firstByteMs: 3_000 });
    const purse = new Purse();
    await expect(ask(purse, 200)).rejects.toThrow(/deadline/);
    expect(purse.settled[0]?.usd).toBeGreaterThan(0);
    expect(purse.settled[0]?.usd).toBeLessThan(purse.reserved[0]?.atMost.usd ?? 0);
  });

  it('that cannot be read is a fault, not a free one', async () => {
    await expect(ask(new Purse(() => new Error('connection lost')))).rejects.toThrow(/PostgreSQL/);
    expect(fake.seenFrom('critic')).toHaveLength(0);
  });
});
