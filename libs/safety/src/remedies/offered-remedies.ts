import type { ActionPlan } from '@inquest/contracts';
import { proposeRemedy, type ProposalInput } from './propose-remedy.js';

/** A plan that may be chosen, by a name of its own. */
export interface OfferedRemedy {
  readonly id: string;
  readonly plan: ActionPlan;
}

/** Hypotheses beyond this rank are too unlikely to be worth a plan. */
const RANKS = 3;

/** The catalogue's plan for each of the first hypotheses, best first; those without a remedy are left out. */
export const offeredRemedies = (input: ProposalInput): OfferedRemedy[] =>
  input.diagnosis.hypotheses
    .slice(0, RANKS)
    .map((hypothesis) => proposeRemedy({ ...input, diagnosis: { ...input.diagnosis, hypotheses: [hypothesis] } }))
    .filter(({ actions }) => actions.length > 0)
    .map((plan, index) => ({ id: `r${index + 1}`, plan }));
