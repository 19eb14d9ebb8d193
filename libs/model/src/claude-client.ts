import Anthropic, { APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import type { Message, MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/messages';
import type { Role } from '@inquest/contracts';
import { ModelError, ModelTimeoutError, ModelUnavailableError, type ModelFault } from './errors.js';
import type { InferenceResult } from './inference-telemetry.js';
import { NO_TOKENS, tokensAtMost, type TokenCounts } from './models.js';

export interface ClaudeClientOptions {
  readonly apiKey: string;
  readonly baseURL?: string;
  /** Repeats by the SDK before a response has begun (429, 5xx, connection), always within the caller's signal. */
  readonly retriesMax?: number;
}

export interface ClaudeReply extends InferenceResult {
  readonly text: string;
  readonly refusal: { readonly category: string | null } | null;
}

/** Repeats of a response that broke off after it had begun, which the SDK leaves to us. */
const BROKEN_STREAM_RETRIES_MAX = 1;
/** Each may be charged in full. */
export const STREAMS_PER_CALL_MAX = 1 + BROKEN_STREAM_RETRIES_MAX;

/** Hears what a call consumes while it does, failed attempts included: they are charged as well. */
export interface Meter {
  asked(): void;
  /** At most once per attempt, and never for one that ended before it began to answer. */
  spent(tokens: TokenCounts): void;
}

/** Faults that the API reports inside a response that began well, and that pass. */
const PASSING = new Set(['overloaded_error', 'api_error', 'timeout_error', 'rate_limit_error']);

/** One streamed call of the Messages API by the official SDK. Every fault leaves as a ModelError, without the API key. */
export class ClaudeClient {
  private readonly sdk: Anthropic;
  private readonly apiKey: string;

  constructor({ apiKey, baseURL, retriesMax = 2 }: ClaudeClientOptions) {
    this.apiKey = apiKey;
    // The SDK's own log and spans could carry content; ours cannot.
    this.sdk = new Anthropic({ apiKey, baseURL, maxRetries: retriesMax, logLevel: 'off', openTelemetry: false });
  }

  async call(role: Role, params: MessageCreateParamsBase, signal: AbortSignal, meter: Meter): Promise<ClaudeReply> {
    for (let broken = 0; ; broken += 1) {
      try {
        return await untilAborted(signal, () => this.stream(params, signal, meter));
      } catch (error) {
        if (signal.aborted || broken >= BROKEN_STREAM_RETRIES_MAX || !isBrokenStream(error)) {
          throw this.faultOf(error, { role, model: params.model }, signal);
        }
      }
    }
  }

  private async stream(params: MessageCreateParamsBase, signal: AbortSignal, meter: Meter): Promise<ClaudeReply> {
    meter.asked();
    const startedAt = performance.now();
    let firstChunkMs: number | null = null;
    const stream = this.sdk.messages.stream(params, { signal });
    stream.on('text', () => (firstChunkMs ??= performance.now() - startedAt));
    try {
      const message = await stream.finalMessage();
      return { ...replyOf(message), firstChunkMs };
    } finally {
      const begun = stream.receivedMessages.at(-1) ?? stream.currentMessage;
      if (begun) meter.spent(tokensOf(begun));
    }
  }

  private faultOf(error: unknown, of: ModelFault, signal: AbortSignal): ModelError {
    if (signal.aborted || error instanceof APIUserAbortError) return new ModelTimeoutError(of);
    const fault = { ...of, requestId: error instanceof APIError ? error.requestID : null };
    if (error instanceof APIConnectionError) {
      return new ModelUnavailableError(fault, null, `the API cannot be reached (${this.redacted(rootMessage(error))}).`);
    }
    if (error instanceof APIError) {
      const status = typeof error.status === 'number' ? error.status : null;
      const said = this.redacted(error.apiMessage ?? 'no reason given');
      return new ModelUnavailableError(fault, status, `${said}. ${adviceFor(status)}`);
    }
    return new ModelUnavailableError(
      fault,
      null,
      `its response broke off or could not be read (${this.redacted(rootMessage(error))}).`,
    );
  }

  /** An HTTP library may quote a header that it refuses, and an API what it was sent. */
  private redacted(text: string): string {
    return text.replaceAll(this.apiKey, '[REDACTED]').slice(0, 500);
  }
}

const textOf = (content: Message['content']): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('');

const replyOf = (message: Message): Omit<ClaudeReply, 'firstChunkMs'> => ({
  text: textOf(message.content),
  responseId: message.id,
  responseModel: message.model,
  stopReason: message.stop_reason ?? 'unknown',
  tokens: tokensOf(message),
  refusal: message.stop_reason === 'refusal' ? { category: message.stop_details?.category ?? null } : null,
});

/** How many were written is told at the end of an answer; of one that broke off we know what was heard of it. */
const tokensOf = ({ usage, stop_reason: stopReason, content }: Message): TokenCounts => ({
  ...NO_TOKENS,
  inputTokens: usage.input_tokens,
  outputTokens: stopReason === null ? Math.max(usage.output_tokens, tokensAtMost(textOf(content))) : usage.output_tokens,
  cacheReadTokens: usage.cache_read_input_tokens ?? 0,
  cacheWriteTokens: usage.cache_creation_input_tokens ?? 0,
});

/** The response had begun and then ended early, turned to garbage, or reported a fault that passes. */
const isBrokenStream = (error: unknown): boolean => {
  if (error instanceof APIConnectionError || error instanceof APIUserAbortError) return false;
  if (error instanceof APIError) return error.status === undefined && PASSING.has(error.type ?? '');
  return error instanceof Error;
};

const adviceFor = (status: number | null): string => {
  if (status === 401 || status === 403) return 'Check ANTHROPIC_API_KEY and what it may use.';
  if (status === 404) return 'Check the model names in AIOPS_MODEL_<ROLE>.';
  if (status === 429) return 'The rate limit of the key is used up; wait, or raise it.';
  if (status !== null && status < 500) return 'The request was not accepted; the same one would fail again.';
  return 'It should pass; the next incident will ask again.';
};

const rootMessage = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
};

/** Rejects as soon as the signal fires, whatever the work still does. */
const untilAborted = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    // One turn of the loop later, so that work which obeys the signal can still say what it consumed.
    stop = () => setImmediate(() => reject(new APIUserAbortError()));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
