import { costUsd, DEFAULT_MODEL, NO_TOKENS, totalUsage, traitsOf } from './models.js';

const MILLION = 1_000_000;

describe('costUsd', () => {
  it('charges input, output, cache reads and cache writes each at its own price', () => {
    const tokens = { inputTokens: MILLION, outputTokens: MILLION, cacheReadTokens: MILLION, cacheWriteTokens: MILLION };
    expect(costUsd('claude-sonnet-5-5', tokens)).toBeCloseTo(2 + 10 + 0.2 + 2.5, 9);
  });

  it('charges a long prompt of Haiku 5.5 at its higher price, cached tokens included', () => {
    const short = { ...NO_TOKENS, inputTokens: 100_000 };
    const long = { ...NO_TOKENS, inputTokens: 60_000, cacheReadTokens: 40_001 };
    expect(costUsd('claude-haiku-5-5', short)).toBeCloseTo(0.01, 9);
    expect(costUsd('claude-haiku-5-5', long)).toBeCloseTo((60_000 * 0.5 + 40_001 * 0.05) / MILLION, 9);
  });

  it('knows a dated snapshot by its name, and charges an unknown model as the dearest', () => {
    expect(traitsOf('claude-haiku-4-5-20251001')).toBe(traitsOf('claude-haiku-4-5'));
    expect(costUsd('claude-next', { ...NO_TOKENS, outputTokens: MILLION })).toBe(50);
  });
});

it('sums calls, each charged alone', () => {
  const call = { ...NO_TOKENS, inputTokens: 80_000, outputTokens: 10 };
  const total = totalUsage(DEFAULT_MODEL, [call, call]);
  expect(total).toMatchObject({ model: DEFAULT_MODEL, inputTokens: 160_000, outputTokens: 20 });
  expect(total.costUsd).toBeCloseTo(2 * costUsd(DEFAULT_MODEL, call), 12);
});
