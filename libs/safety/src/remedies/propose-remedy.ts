import type { Action, ActionPlan, DiagnosisReport, EvidenceSnapshot, Hypothesis, Incident } from '@inquest/contracts';
import { judgeCommand } from '../judge-command.js';
import { REJECT_ABOVE } from '../blast-radius.js';
import { candidatesFor, type Candidates } from './choose.js';

export interface ProposalInput {
  readonly diagnosis: DiagnosisReport;
  readonly snapshot: EvidenceSnapshot;
  readonly incident: Incident;
}

const empty = (abstained: boolean, summary: string): ActionPlan => ({
  hypothesisId: null,
  actions: [],
  blastRadius: 0,
  abstained,
  summary,
});

/**
 * The remedy for the first hypothesis, chosen by its fault type. Empty for a healthy diagnosis; empty and abstained when the
 * diagnosis abstained, whether or not it has hypotheses: those are advice only. Never holds what the hard rules reject.
 */
export const proposeRemedy = ({ diagnosis, snapshot, incident }: ProposalInput): ActionPlan => {
  if (diagnosis.abstained) return empty(true, 'The diagnosis abstained, so no remedy is proposed.');
  const [hypothesis] = diagnosis.hypotheses;
  if (diagnosis.healthy) return empty(false, 'Nothing is wrong, so there is nothing to remedy.');
  if (!hypothesis) return empty(true, 'The diagnosis names no cause, so no remedy is proposed.');
  const { actions, refusals } = candidatesFor(hypothesis, snapshot, incident);
  const action = actions.find(isOfferable);
  if (!action) return empty(true, 'No remedy of the catalogue is safe to offer here.');
  return {
    hypothesisId: hypothesis.id,
    actions: [action],
    blastRadius: action.blastRadius,
    abstained: false,
    summary: [
      `For ${hypothesis.id} (${hypothesis.faultType}): ${action.tool} ${action.verb}.`,
      ...refusals.map(({ remedy, why }) => `Not ${remedy}: ${why}.`),
    ]
      .join(' ')
      .slice(0, 4_000),
  };
};

const isOfferable = ({ command, blastRadius }: Action): boolean =>
  blastRadius <= REJECT_ABOVE && (command === '' || judgeCommand(command).judgement !== 'REJECT');

/** Every remedy of the catalogue that fits a hypothesis, best first, with the reasons against the others. */
export const candidateRemedies = (hypothesis: Hypothesis, snapshot: EvidenceSnapshot, incident: Incident): Candidates =>
  candidatesFor(hypothesis, snapshot, incident);
