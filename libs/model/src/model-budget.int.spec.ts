import { FakeAnthropic } from '@inquest/testing';
import { z } from 'zod';
import { ClaudeModel } from './claude-model.js';
import { ModelBudgetError, ModelUnavailableError } from './errors.js';
import { ModelBudget, type Cost, type Expense, type Reservation } from './model-budget.js';
import { costUsd, NO_TOKENS } from './models.js';
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

const ask = (budget: ModelBudget, deadlineMs = 5_000, text = 'x') =>
  new ClaudeModel({ apiKey: KEY, baseURL: fake.url, budget, retriesMax: 0 }).ask({
    ...{ role: 'critic' as const, prompt, input: { text }, schema: Answer },
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

  it('has room for an answer that breaks off at its end and is asked for again, all of it written to the cache', async () => {
    const json = { summary: 'x'.repeat(4_000) };
    fake.script('critic', { kind: 'drop', afterCharacters: 4_000 }, { kind: 'answer', json });
    const purse = new Purse();
    const { usage } = await ask(purse, 5_000, '9f86d081884c7d65 '.repeat(2_000));
    expect(fake.seenFrom('critic')).toHaveLength(2);
    expect(usage.cacheWriteTokens).toBeGreaterThan(0);
    expect(purse.settled).toEqual([expect.objectContaining({ usd: usage.costUsd }) as Cost]);
    // Had the second not found the first one's cache, and both been as long as they may be.
    const { atMost } = purse.reserved[0] as Expense;
    const { inputTokens: input, cacheWriteTokens: write } = usage;
    const dearest = costUsd('claude-haiku-5-5', {
      ...NO_TOKENS,
      inputTokens: input / 2,
      cacheWriteTokens: write,
      outputTokens: 4_096,
    });
    expect(atMost.usd).toBeGreaterThanOrEqual(2 * dearest);
    expect(atMost.tokens).toBeGreaterThanOrEqual(2 * (write + 4_096));
  });

  it('pays for what was heard of an answer that broke off, though nobody said how much that was', async () => {
    fake.script('critic', { kind: 'drop', afterCharacters: 20 }, { kind: 'drop', afterCharacters: 20 });
    const error: unknown = await ask(new Purse()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ usage: { outputTokens: 20 } });
  });

  it('keeps the price of the second question too, when the first answer broke off and the second was not waited for', async () => {
    fake.script(
      'critic',
      { kind: 'drop', afterCharacters: 10 },
      { kind: 'answer', json: { summary: 'late' }, firstByteMs: 5_000 },
    );
    const purse = new Purse();
    const error: unknown = await ask(purse, 700).catch((reason: unknown) => reason);
    expect(fake.seenFrom('critic')).toHaveLength(2);
    expect(purse.settled[0]?.usd).toBeGreaterThan((error as ModelUnavailableError).usage?.costUsd ?? Infinity);
  });

  it('that cannot be read is a fault, not a free one', async () => {
    await expect(ask(new Purse(() => new Error('connection lost')))).rejects.toThrow(/PostgreSQL/);
    expect(fake.seenFrom('critic')).toHaveLength(0);
  });
});
