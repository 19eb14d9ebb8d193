import type { Span } from '@opentelemetry/api';
import type { Role, Usage } from '@inquest/contracts';
import type { z } from 'zod';
import type { Prompt } from './prompt.js';

/** One question to a model. */
export interface Question<S extends z.ZodType> {
  readonly role: Role;
  readonly prompt: Prompt;
  /** JSON, data from outside included: it travels inside a marked envelope and is never read as an instruction. */
  readonly input: unknown;
  /** What the answer must be. Bounds that the API cannot hold the model to are enforced on the reply. */
  readonly schema: S;
  /** Aborts the call; what `ask` then throws is a ModelTimeoutError. */
  readonly signal: AbortSignal;
  /** Groups the model's spans with the debate's, as `gen_ai.conversation.id`. */
  readonly sessionId?: string;
  /** The span around the call. */
  readonly span?: Span;
}

export interface ModelReply<T> {
  readonly data: T;
  /** Of all attempts that this reply took, the repair included. */
  readonly usage: Usage;
  readonly stopReason: string;
}

/**
 * A language model behind a narrow port. An abstract class, not an interface: Nest injects by it.
 * Whatever goes wrong in `ask` arrives as a ModelError.
 */
export abstract class LanguageModel {
  /** False when no model is configured: roles then answer from their rules, undegraded. */
  abstract readonly configured: boolean;
  abstract ask<S extends z.ZodType>(question: Question<S>): Promise<ModelReply<z.infer<S>>>;
}
