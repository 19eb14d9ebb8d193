import { z } from 'zod';
import { Confidence, EvidenceIds, prose, Radius, shortText } from './bounds.js';
import { Hypothesis } from './diagnosis-reported.js';
import { message } from './envelope.js';
import { Action } from './plan-proposed.js';
import { Mind, Vote, Voter } from './roles.js';

export const Outcome = z.enum(['reject', 'no-action', 'escalate', 'human-approval', 'auto-execute']);
export type Outcome = z.infer<typeof Outcome>;

/** Which of the six gates decided, first match first. */
export const Gate = z.int().min(1).max(6);

/** Why a gate matched, for programs (`code`) and for people (`text`). */
export const Reason = z.object({ code: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/), text: shortText(1_000) });
export type Reason = z.infer<typeof Reason>;

/** How one role voted; `vote` null means that it had nothing to judge, `present` false that it never spoke. */
export const Ballot = z.object({
  voter: Voter,
  present: z.boolean(),
  vote: Vote.nullable(),
  mind: Mind.nullable(),
  degraded: z.boolean(),
  answeredFor: z.boolean(),
});
export type Ballot = z.infer<typeof Ballot>;

/** An opinion that the decision did not follow, or followed against others. Kept, never averaged away. */
export const Dissent = z.object({ voter: Voter, text: shortText(2_000), evidenceIds: EvidenceIds });
export type Dissent = z.infer<typeof Dissent>;

/** What the building may see: one decision, why, and who thought otherwise. Holds no clock value. */
export const DecisionPackage = z.object({
  outcome: Outcome,
  gate: Gate,
  gatesVersion: z.string().max(40),
  reasons: z.array(Reason).min(1).max(30),
  healthy: z.boolean(),
  /** The chosen hypothesis; also given, as advice, when no action is offered. */
  hypothesis: Hypothesis.nullable(),
  confidence: Confidence,
  /** Offered for approval or execution; empty for reject, no-action and escalate. */
  actions: z.array(Action).max(10),
  /** The larger of the Solver's and the Reviewer's. */
  planRadius: Radius,
  votes: z.array(Ballot).length(4),
  dissent: z.array(Dissent).max(40),
  requiresHumanApproval: z.boolean(),
  degraded: z.boolean(),
  allDegraded: z.boolean(),
  summary: prose(),
});
export type DecisionPackage = z.infer<typeof DecisionPackage>;

export const DecisionMade = message('decision.made', DecisionPackage);
export type DecisionMade = z.infer<typeof DecisionMade>;
