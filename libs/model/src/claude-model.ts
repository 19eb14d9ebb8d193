import type { ContentBlockParam, MessageCreateParamsBase, TextBlockParam } from '@anthropic-ai/sdk/resources/messages';
import type { Role } from '@inquest/contracts';
import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhen, type CircuitBreakerPolicy } from 'cockatiel';
import type { z } from 'zod';
import { ClaudeClient, STREAMS_PER_CALL_MAX, type ClaudeClientOptions, type ClaudeReply } from './claude-client.js';
import { envelope, randomMarker, repairNote, unmarked } from './envelope.js';
import { ModelError, ModelRefusedError, ModelTimeoutError, ModelUnavailableError, UnreadableAnswerError } from './errors.js';
import { InferenceTelemetry } from './inference-telemetry.js';
import { LanguageModel, type ModelReply, type Question } from './language-model.js';
import type { Cost, ModelBudget, Reservation } from './model-budget.js';
import { DEFAULT_MODEL, dearestOf, totalUsage, traitsOf, type TokenCounts } from './models.js';
import { readAnswer } from './read-answer.js';
import { wireFormat } from './wire-schema.js';

export interface ClaudeModelOptions extends ClaudeClientOptions {
  /** Model per role; a role without one uses DEFAULT_MODEL. */
  readonly models?: Partial<Record<Role, string>>;
  /** Of one answer. Its last sentence is lost beyond it, so this is a guard against runaway answers, not a budget. */
  readonly maxTokens?: number;
  /** Outages in a row after which a role stops asking, and for how many milliseconds. */
  readonly breaker?: { readonly failuresMax: number; readonly openMs: number };
  /** Asked before each call; without one nothing is limited. */
  readonly budget?: ModelBudget;
}

/** First the question, then once more with what was wrong with the answer. */
const ATTEMPTS_MAX = 2;

/** Below this many characters the API caches nothing anyway: its minimum is 512 tokens or more. */
const CACHEABLE_CHARACTERS_MIN = 2_048;

const CACHED = { type: 'ephemeral' } as const;

/**
 * Claude, by the official SDK. Every fault leaves as a ModelError, no later than the question's signal fires. Outages are
 * counted per role: one role's model may be down, or its key exhausted, while the others answer.
 */
export class ClaudeModel extends LanguageModel {
  readonly configured = true;
  private readonly client: ClaudeClient;
  private readonly telemetry = new InferenceTelemetry();
  private readonly breakers = new Map<Role, CircuitBreakerPolicy>();
  private readonly models: Partial<Record<Role, string>>;
  private readonly maxTokens: number;
  private readonly breaker: { readonly failuresMax: number; readonly openMs: number };
  private readonly budget: ModelBudget | undefined;

  constructor(options: ClaudeModelOptions) {
    const { models = {}, maxTokens = 4_096, breaker = { failuresMax: 5, openMs: 10_000 }, budget, ...client } = options;
    super();
    this.budget = budget;
    this.client = new ClaudeClient(client);
    this.models = models;
    this.maxTokens = maxTokens;
    this.breaker = breaker;
  }

  override async ask<S extends z.ZodType>(question: Question<S>): Promise<ModelReply<z.infer<S>>> {
    const { role } = question;
    const model = this.models[role] ?? DEFAULT_MODEL;
    if (question.signal.aborted) throw new ModelTimeoutError({ role, model });
    const calls: TokenCounts[] = [];
    try {
      return await this.breakerOf(role).execute(() => this.converse(question, model, calls));
    } catch (error) {
      if (error instanceof ModelError && calls.length > 0) error.usage = totalUsage(model, calls);
      if (!(error instanceof BrokenCircuitError)) throw error;
      const { failuresMax, openMs } = this.breaker;
      const reason = `it failed ${failuresMax} times in a row and is left alone for ${openMs / 1_000} s.`;
      throw new ModelUnavailableError({ role, model }, null, reason);
    }
  }

  private async converse<S extends z.ZodType>(
    question: Question<S>,
    model: string,
    calls: TokenCounts[],
  ): Promise<ModelReply<z.infer<S>>> {
    const { role, schema, input } = question;
    const marker = randomMarker();
    const content: ContentBlockParam[] = [cacheable(envelope(input, marker))];
    let problems = '';
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const reply = await this.call(question, model, content, calls);
      const fault = { role, model, requestId: reply.responseId };
      if (reply.refusal) throw new ModelRefusedError(fault, reply.refusal.category);
      const reading = readAnswer(unmarked(reply.text, marker), schema);
      if (reading.ok) return { data: reading.data, usage: totalUsage(model, calls), stopReason: reply.stopReason };
      problems =
        reply.stopReason === 'max_tokens' ? `It was cut off at ${this.maxTokens} tokens; be much shorter.` : reading.problems;
      content.splice(1, 1, { type: 'text', text: repairNote(reply.text, problems, marker) });
    }
    throw new UnreadableAnswerError({ role, model }, problems);
  }

  private async call<S extends z.ZodType>(
    { role, prompt, schema, signal, sessionId, span: parent }: Question<S>,
    model: string,
    content: ContentBlockParam[],
    calls: TokenCounts[],
  ): Promise<ClaudeReply> {
    const { thinking, takesEffort } = traitsOf(model);
    const params: MessageCreateParamsBase = {
      model,
      max_tokens: this.maxTokens,
      system: [{ type: 'text', text: prompt.system, cache_control: CACHED }],
      messages: [{ role: 'user', content }],
      output_config: { format: wireFormat(schema), ...(takesEffort && { effort: 'low' }) },
      ...(thinking && { thinking }),
    };
    const inference = { role, model, maxTokens: this.maxTokens, parent, ...(sessionId !== undefined && { sessionId }) };
    const request = JSON.stringify(params);
    const dearest = dearestOf(model, request, this.maxTokens);
    const atMost = costOf(totalUsage(model, Array<TokenCounts>(STREAMS_PER_CALL_MAX).fill(dearest)));
    const reservation = await this.reserve(role, model, atMost, signal);
    const taken: TokenCounts[] = [];
    let asked = 0;
    const meter = { asked: () => void (asked += 1), spent: (tokens: TokenCounts) => void taken.push(tokens) };
    try {
      return await this.telemetry.chat(inference, () => this.client.call(role, params, signal, meter));
    } finally {
      calls.push(...taken);
      for (const tokens of taken) this.telemetry.charged(role, model, tokens);
      // Cut off before it began to answer, it may have read the question all the same.
      const unheard = signal.aborted && asked > taken.length ? [dearestOf(model, request, 0)] : [];
      reservation?.settle(costOf(totalUsage(model, [...taken, ...unheard])));
    }
  }

  /** A budget that cannot be asked in time is a fault of ours and not of the budget: it must not be taken for a free one. */
  private async reserve(role: Role, model: string, atMost: Cost, signal: AbortSignal): Promise<Reservation | undefined> {
    if (!this.budget) return undefined;
    const reserving = this.budget.reserve({ role, model, atMost });
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new ModelTimeoutError({ role, model })), { once: true });
    });
    return Promise.race([reserving, late]).catch((error: unknown) => {
      void reserving.then(
        (unused) => unused.settle({ usd: 0, tokens: 0 }),
        () => undefined,
      );
      if (error instanceof ModelError) throw error;
      throw new ModelUnavailableError(
        { role, model, cause: error },
        null,
        'what it has cost so far cannot be read from PostgreSQL.',
      );
    });
  }

  private breakerOf(role: Role): CircuitBreakerPolicy {
    const known = this.breakers.get(role);
    if (known) return known;
    const { failuresMax, openMs } = this.breaker;
    const breaker = circuitBreaker(handleWhen(isOutage), { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(failuresMax) });
    this.breakers.set(role, breaker);
    return breaker;
  }
}

/** A refusal, an unreadable answer or a request too large says nothing about the next one. */
const isOutage = (error: Error): boolean =>
  error instanceof ModelTimeoutError || (error instanceof ModelUnavailableError && error.status !== 400 && error.status !== 413);

const costOf = (tokens: TokenCounts & { readonly costUsd: number }): Cost => ({
  usd: tokens.costUsd,
  tokens: tokens.inputTokens + tokens.outputTokens + tokens.cacheReadTokens + tokens.cacheWriteTokens,
});

/** The evidence is sent again, unchanged, when an answer is repaired or a response broke off: then it is read from the cache. */
const cacheable = (text: string): TextBlockParam => ({
  type: 'text',
  text,
  ...(text.length >= CACHEABLE_CHARACTERS_MIN && { cache_control: CACHED }),
});
