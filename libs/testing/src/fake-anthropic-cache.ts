import { createHash } from 'node:crypto';
import { blocksOf, type MessagesRequest } from './fake-anthropic-request.js';

export interface PromptTokens {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
}

/** What the API does not cache because it is too short, in tokens. */
const CACHEABLE_MIN = 512;

/** Roughly what the tokenizer makes of English and JSON. */
export const tokensIn = (text: string): number => Math.ceil(text.length / 4);

/** Prompt caching: a prefix that ends with `cache_control` is written once and read from then on. Never expires here. */
export class FakePromptCache {
  private readonly known = new Set<string>();

  count(request: MessagesRequest): PromptTokens {
    const hash = createHash('sha256').update(JSON.stringify([request.model, request.output_config?.format ?? null]));
    let total = 0;
    let read = 0;
    let cached = 0;
    for (const block of blocksOf(request)) {
      hash.update(`\0${block.text}`);
      total += tokensIn(block.text);
      if (!block.cache_control || total < CACHEABLE_MIN) continue;
      const prefix = hash.copy().digest('hex');
      if (this.known.has(prefix)) read = total;
      this.known.add(prefix);
      cached = total;
    }
    return { input_tokens: total - cached, cache_creation_input_tokens: cached - read, cache_read_input_tokens: read };
  }
}
