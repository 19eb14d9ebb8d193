import type { Usage } from '@inquest/contracts';

/** US dollars per million tokens. */
interface Prices {
  readonly input: number;
  readonly output: number;
  /** Writing to the cache for five minutes. */
  readonly cacheWrite: number;
  readonly cacheRead: number;
}

/** What has to be known of a model to call it well and to say what it cost. */
export interface ModelTraits {
  readonly prices: Prices;
  /** Where a prompt of more than `promptTokens` (cached ones included) is charged differently. */
  readonly longPrompts?: { readonly promptTokens: number; readonly prices: Prices };
  /** How thinking before the answer is switched off, where the model lets us: a turn has seconds, not minutes. */
  readonly thinking?: { readonly type: 'disabled' | 'between_tools' };
  /** Whether the model takes `output_config.effort`; older ones reject it. */
  readonly takesEffort: boolean;
}

/** Prices and switches as published by Anthropic, read on 2026-11-21: https://platform.claude.com/docs/en/about-claude/pricing */
const MODELS: Readonly<Record<string, ModelTraits>> = {
  'claude-haiku-5-5': {
    prices: { input: 0.1, output: 0.5, cacheWrite: 0.125, cacheRead: 0.01 },
    longPrompts: { promptTokens: 100_000, prices: { input: 0.5, output: 2.5, cacheWrite: 0.625, cacheRead: 0.05 } },
    thinking: { type: 'disabled' },
    takesEffort: true,
  },
  'claude-sonnet-5-5': {
    prices: { input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.2 },
    thinking: { type: 'between_tools' },
    takesEffort: true,
  },
  'claude-opus-5-5': { prices: { input: 4, output: 20, cacheWrite: 5, cacheRead: 0.2 }, takesEffort: true },
  'claude-opus-5': {
    prices: { input: 5, output: 25, cacheWrite: 6.25, cacheRead: 0.5 },
    thinking: { type: 'disabled' },
    takesEffort: true,
  },
  'claude-fable-5-1': { prices: { input: 10, output: 50, cacheWrite: 12.5, cacheRead: 1 }, takesEffort: true },
  'claude-haiku-4-5': { prices: { input: 1, output: 5, cacheWrite: 1.25, cacheRead: 0.1 }, takesEffort: false },
};

/**
 * The model of a role that names no other. The fastest of the current ones: a role has 5 s for reading the evidence and
 * writing its answer, which the larger models do not reliably keep.
 */
export const DEFAULT_MODEL = 'claude-haiku-5-5';

/** An unknown model is called without switches it may reject, and charged as the dearest: too much rather than nothing. */
const UNKNOWN: ModelTraits = { prices: { input: 10, output: 50, cacheWrite: 12.5, cacheRead: 1 }, takesEffort: false };

/** Knows dated snapshots (`claude-haiku-4-5-20251001`) by the name they begin with. */
export const traitsOf = (model: string): ModelTraits => MODELS[model] ?? MODELS[model.replace(/-\d{8}$/, '')] ?? UNKNOWN;

export type TokenCounts = Omit<Usage, 'model' | 'costUsd'>;

export const NO_TOKENS: TokenCounts = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** US dollars for one call. `inputTokens` are those neither read from nor written to the cache, as the API counts. */
export const costUsd = (model: string, tokens: TokenCounts): number => {
  const { prices, longPrompts } = traitsOf(model);
  const promptTokens = tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWriteTokens;
  const charged = longPrompts && promptTokens > longPrompts.promptTokens ? longPrompts.prices : prices;
  const dollars =
    tokens.inputTokens * charged.input +
    tokens.outputTokens * charged.output +
    tokens.cacheReadTokens * charged.cacheRead +
    tokens.cacheWriteTokens * charged.cacheWrite;
  return dollars / 1_000_000;
};

/** Bytes of UTF-8 per token, fewer than usual: three for prose, but little over two for hashes, ids and numbers. */
const BYTES_PER_TOKEN = 2;

export const tokensAtMost = (text: string): number => Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);

/** What one request may take at most: all of it written to the cache, which is dearer than reading it, and the longest answer. */
export const dearestOf = (model: string, request: string, maxTokens: number): TokenCounts => {
  const { prices } = traitsOf(model);
  const read = tokensAtMost(request);
  const input = prices.cacheWrite > prices.input ? { cacheWriteTokens: read } : { inputTokens: read };
  return { ...NO_TOKENS, ...input, outputTokens: maxTokens };
};

/** What several calls to one model took together. Each is charged alone, since prices may depend on a prompt's length. */
export const totalUsage = (model: string, calls: readonly TokenCounts[]): Usage =>
  calls.reduce<Usage>(
    (total, call) => ({
      model,
      inputTokens: total.inputTokens + call.inputTokens,
      outputTokens: total.outputTokens + call.outputTokens,
      cacheReadTokens: total.cacheReadTokens + call.cacheReadTokens,
      cacheWriteTokens: total.cacheWriteTokens + call.cacheWriteTokens,
      costUsd: total.costUsd + costUsd(model, call),
    }),
    { model, ...NO_TOKENS, costUsd: 0 },
  );
