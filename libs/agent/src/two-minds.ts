import type { Vote } from '@inquest/contracts';
import { LanguageModel, ModelBudgetError, ModelError, type Prompt } from '@inquest/model';
import { ATTRIBUTE, METRIC } from '@inquest/telemetry';
import { Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import type { z } from 'zod';
import type { Answer, Turn } from './answer.js';

export interface Thought<D> {
  readonly data: D;
  readonly vote: Vote | null;
}

/** What a model's reply comes to, and which of its claims were dropped since nothing in evidence bears them, in words. */
export interface Merged<D> extends Thought<D> {
  readonly ungrounded?: readonly string[];
}

/** A question put to both minds. The rules have already answered: that takes milliseconds. */
export interface Consultation<D, S extends z.ZodType> {
  readonly rules: Thought<D>;
  readonly prompt: Prompt;
  readonly schema: S;
  /** What the model is given: the evidence and the rules' findings as grounded candidates. */
  readonly input: () => unknown;
  /** The model's reply joined with the rules' findings; where both speak, the stricter stands. */
  readonly merge: (reply: z.infer<S>) => Merged<D>;
  /** What remains when the model fails: the rules' findings as advice. */
  readonly withoutModel: () => Thought<D>;
}

/** Rules first, then the model. Without a model the rules' answer is a full one; with a failing model it is advice. */
@Injectable()
export class TwoMinds {
  private readonly ungroundedClaims = metrics.getMeter('inquest').createCounter(METRIC.ungroundedClaims, {
    description: 'Claims of a model that were dropped: they cite or name what is not in evidence',
  });

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
      const { ungrounded = [], ...thought } = question.merge(reply.data);
      this.reportUngrounded(ungrounded, prompt, turn);
      return { ...thought, mind: 'model', degraded: false, promptHash: prompt.hash, usage: reply.usage };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      if (error instanceof ModelBudgetError) {
        turn.logger.warn(
          { code: error.code, model: error.model, reason: error.message },
          'the model is not asked; the rules answer',
        );
        // Gate 5 takes the rules of a Reviewer for enough; a Reviewer that was to be a model must not slip through that for want of money.
        if (prompt.role === 'reviewer')
          return { ...question.withoutModel(), mind: 'rules', degraded: true, promptHash: prompt.hash, usage: error.usage };
        return { ...question.rules, mind: 'rules', degraded: false, usage: error.usage };
      }
      turn.logger.warn(
        { code: error.code, model: error.model, reason: error.message },
        'the model gave no usable answer; the rules answer, degraded',
      );
      turn.span.setAttribute(ATTRIBUTE.degraded, true);
      return { ...question.withoutModel(), mind: 'rules', degraded: true, promptHash: prompt.hash, usage: error.usage };
    }
  }
  private reportUngrounded(claims: readonly string[], { role }: Prompt, { logger }: Turn): void {
    if (claims.length === 0) return;
    this.ungroundedClaims.add(claims.length, { [ATTRIBUTE.role]: role });
    logger.warn(
      { dropped: claims.length, claims: claims.slice(0, 10) },
      'the model claimed what no evidence bears; these claims are dropped',
    );
  }
}
