import type { z } from 'zod';
import { ModelUnavailableError } from './errors.js';
import { LanguageModel, type ModelReply, type Question } from './language-model.js';

/** No model is configured: roles look at `configured` and answer from their rules. */
export class NoModel extends LanguageModel {
  readonly configured = false;

  override async ask<S extends z.ZodType>({ role }: Question<S>): Promise<ModelReply<z.infer<S>>> {
    const fault = { role, model: 'none' };
    throw new ModelUnavailableError(fault, null, 'no model is configured. Set ANTHROPIC_API_KEY, or ask only if `configured`.');
  }
}
