import { costUsd, dearestOf, DEFAULT_MODEL, NO_TOKENS, totalUsage, traitsOf } from './models.js';

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

it.each(['claude-haiku-5-5', 'claude-opus-5', 'claude-next'])(
  'names what a request to %s may take at most: it is written to the cache, and consists of hashes or of Chinese',
  (model) => {
    for (const [request, tokens] of [
      ['9f86d081884c7d65'.repeat(1_000), 7_500],
      ['支付服务的数据库连接已经用完'.repeat(1_000), 18_000],
    ] as const) {
      const atMost = costUsd(model, dearestOf(model, request, 4_096));
      for (const kind of ['inputTokens', 'cacheWriteTokens', 'cacheReadTokens'])
        expect(atMost).toBeGreaterThanOrEqual(costUsd(model, { ...NO_TOKENS, [kind]: tokens, outputTokens: 4_096 }));
    }
  },
);

it('sums calls, each charged alone', () => {
  const call = { ...NO_TOKENS, inputTokens: 80_000, outputTokens: 10 };
  const total = totalUsage(DEFAULT_MODEL, [call, call]);
  expect(total).toMatchObject({ model: DEFAULT_MODEL, inputTokens: 160_000, outputTokens: 20 });
  expect(total.costUsd).toBeCloseTo(2 * costUsd(DEFAULT_MODEL, call), 12);
});
