import { z } from 'zod';
import { prose, Radius, shortText } from './bounds.js';
import { message } from './envelope.js';
import { RadiusTerm } from './plan-proposed.js';

/** The Reviewer's judgement. NOTHING_TO_JUDGE answers an empty plan: neither approval nor abstention. */
export const Judgement = z.enum(['APPROVE', 'REQUEST_REVISION', 'REJECT', 'NOTHING_TO_JUDGE']);
export type Judgement = z.infer<typeof Judgement>;

/** A rule that an action hit, or a reason that the model added (`from: model`). */
export const RuleHit = z.object({
  ruleId: shortText(100),
  judgement: z.enum(['REQUEST_REVISION', 'REJECT']),
  reason: shortText(1_000),
  from: z.enum(['rules', 'model']),
});
export type RuleHit = z.infer<typeof RuleHit>;

export const ActionVerdict = z.object({
  actionId: z.string().max(10),
  judgement: Judgement,
  hits: z.array(RuleHit).max(50),
  /** Recomputed by the Reviewer, independent of what the Solver claimed. */
  blastRadius: Radius,
  radiusTerms: z.array(RadiusTerm).max(30),
});
export type ActionVerdict = z.infer<typeof ActionVerdict>;

/** The Reviewer judges whether a plan is safe. The overall judgement is the strictest of all actions'. */
export const ReviewVerdict = z.object({
  judgement: Judgement,
  /** False only when the hard rules could not be applied (the role was answered for): such a plan is offered to nobody. */
  rulesJudged: z.boolean(),
  actions: z.array(ActionVerdict).max(10),
  blastRadius: Radius,
  summary: prose(),
});
export type ReviewVerdict = z.infer<typeof ReviewVerdict>;

export const VerdictGiven = message('verdict.given', ReviewVerdict);
export type VerdictGiven = z.infer<typeof VerdictGiven>;
