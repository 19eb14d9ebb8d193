import type { Vote } from '@inquest/contracts';
import { LanguageModel, ModelError, type Prompt } from '@inquest/model';
import { ATTRIBUTE } from '@inquest/telemetry';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Answer, Turn } from './answer.js';

export interface Thought<D> {
  readonly data: D;
  readonly vote: Vote | null;
}

/** A question put to both minds. The rules have already answered: that takes milliseconds. */
export interface Consultation<D, S extends z.ZodType> {
  readonly rules: Thought<D>;
  readonly prompt: Prompt;
  readonly schema: S;
  /** What the model is given: the evidence and the rules' findings as grounded candidates. */
  readonly input: () => unknown;
  /** The model's reply joined with the rules' findings; where both speak, the stricter stands. */
  readonly merge: (reply: z.infer<S>) => Thought<D>;
  /** What remains when the model fails: the rules' findings as advice. */
  readonly withoutModel: () => Thought<D>;
}

/** Rules first, then the model. Without a model the rules' answer is a full one; with a failing model it is advice. */
@Injectable()
export class TwoMinds {
  constructor(private readonly model: LanguageModel) {}

  /** False when the rules are the only mind: then nothing has to be prepared for the other one. */
  get hasModel(): boolean {
    return this.model.configured;
  }

  async consult<D, S extends z.ZodType>(question: Consultation<D, S>, turn: Turn): Promise<Answer<D>> {
    if (!this.model.configured) return { ...question.rules, mind: 'rules', degraded: false };
    const { prompt, schema } = question;
    try {
      const reply = await this.model.ask({
        role: prompt.role,
        prompt,
        schema,
        input: question.input(),
        signal: turn.signal,
        sessionId: turn.sessionId,
        span: turn.span,
      });
      return { ...question.merge(reply.data), mind: 'model', degraded: false, promptHash: prompt.hash, usage: reply.usage };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      turn.logger.warn(
        { code: error.code, model: error.model, reason: error.message },
        'the model gave no usable answer; the rules answer, degraded',
      );
      turn.span.setAttribute(ATTRIBUTE.degraded, true);
      return { ...question.withoutModel(), mind: 'rules', degraded: true, promptHash: prompt.hash, usage: error.usage };
    }
  }
}
