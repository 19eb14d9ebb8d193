import type { Action, DecisionPackage, Hypothesis, Outcome } from '@inquest/contracts';

/** One shape for what people are offered, whichever path produced it. */
export interface Proposal {
  readonly outcome: Outcome;
  readonly title: string;
  readonly cause: Hypothesis | null;
  readonly actions: readonly Action[];
  readonly blastRadius: number;
  readonly requiresHumanApproval: boolean;
  readonly warnings: readonly string[];
}

const TITLES: Record<Outcome, string> = {
  reject: 'Do not do this',
  'no-action': 'Nothing to do',
  escalate: 'A person has to look',
  'human-approval': 'Waiting for approval',
  'auto-execute': 'Safe to run',
};

/** A decision of either path, debate or rollback, as the one thing that approval, notification and execution read. */
export const toProposal = (decision: DecisionPackage): Proposal => ({
  outcome: decision.outcome,
  title: TITLES[decision.outcome],
  cause: decision.hypothesis,
  actions: decision.actions,
  blastRadius: decision.planRadius,
  requiresHumanApproval: decision.requiresHumanApproval,
  warnings: [...decision.reasons.map(({ text }) => text), ...decision.dissent.map(({ voter, text }) => `${voter}: ${text}`)],
});
