import { z } from 'zod';
import { EvidenceIds, prose, Radius, shortText } from './bounds.js';
import { message } from './envelope.js';

/** One addend of a blast radius, so that the sum can be explained. */
export const RadiusTerm = z.object({
  term: z.string().max(100),
  points: z.number().min(-100).max(100),
  why: z.string().max(500),
});
export type RadiusTerm = z.infer<typeof RadiusTerm>;

/** How to take an action back. `command` is empty when a person has to do it as `description` says. */
export const Undo = z.object({ command: z.string().max(4_000), description: shortText(1_000) });
export type Undo = z.infer<typeof Undo>;

export const ActionTarget = z.object({
  /** `deployment`, `pod`, `node`, `database`, `service`, … */
  kind: shortText(60),
  name: shortText(),
  namespace: shortText().optional(),
});
export type ActionTarget = z.infer<typeof ActionTarget>;

/** One remediation step. The command is rendered from tool, verb, target and params; it is never run by a shell. */
export const Action = z.object({
  id: z.string().regex(/^a\d{1,2}$/),
  /** `kubectl`, `helm`, `psql`, `systemctl`, …; `manual` for a step in words only. */
  tool: shortText(60),
  /** `rollout restart`, `scale`, `set image`, `pg_terminate_backend`, … */
  verb: shortText(100),
  target: ActionTarget,
  params: z.record(z.string().max(100), z.union([z.string().max(2_000), z.number(), z.boolean()])).default({}),
  /** As it would be typed; empty for `manual`. */
  command: z.string().max(4_000),
  description: prose(2_000),
  undo: Undo.nullable(),
  blastRadius: Radius,
  radiusTerms: z.array(RadiusTerm).max(30).default([]),
  evidenceIds: EvidenceIds.default([]),
});
export type Action = z.infer<typeof Action>;

/** The Solver's remedy for **one** hypothesis, all or none. Empty when it has none to offer or abstains. */
export const ActionPlan = z.object({
  hypothesisId: z
    .string()
    .regex(/^h\d{1,2}$/)
    .nullable(),
  actions: z.array(Action).max(10),
  /** min(100, sum of the actions' radii). */
  blastRadius: Radius,
  abstained: z.boolean(),
  summary: prose(),
});
export type ActionPlan = z.infer<typeof ActionPlan>;

export const PlanProposed = message('plan.proposed', ActionPlan);
export type PlanProposed = z.infer<typeof PlanProposed>;
