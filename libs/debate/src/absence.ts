import type { ActionPlan, CriticReport, DiagnosisReport, Message, MessageType, ReviewVerdict, Voter } from '@inquest/contracts';
import type { Session } from './session.js';

/** What a role answers, by the type of its message. */
export const ANSWER_OF = {
  diagnostician: 'diagnosis.reported',
  solver: 'plan.proposed',
  reviewer: 'verdict.given',
  critic: 'critique.raised',
} as const satisfies Record<Voter, MessageType>;

const NOT_HEARD = 'Did not answer in time; the Coordinator answered in its place.';

type Absence = {
  [V in Voter]: {
    readonly type: (typeof ANSWER_OF)[V];
    readonly data: Extract<Message, { type: (typeof ANSWER_OF)[V] }>['data'];
  };
}[Voter];

/** What the Coordinator says for a role that was not heard: an abstention that approves of nothing. */
export const absence = (voter: Voter, session: Session): Absence => {
  switch (voter) {
    case 'diagnostician': {
      const data: DiagnosisReport = {
        healthy: false,
        abstained: true,
        hypotheses: [],
        confidence: 0,
        summary: NOT_HEARD,
        missingEvidence: [],
      };
      return { type: 'diagnosis.reported', data };
    }
    case 'solver': {
      const data: ActionPlan = { hypothesisId: null, actions: [], blastRadius: 0, abstained: true, summary: NOT_HEARD };
      return { type: 'plan.proposed', data };
    }
    case 'reviewer': {
      const empty = (session.plan?.message.data.actions.length ?? 0) === 0;
      const data: ReviewVerdict = {
        judgement: empty ? 'NOTHING_TO_JUDGE' : 'REQUEST_REVISION',
        rulesJudged: false,
        actions: [],
        blastRadius: 0,
        summary: NOT_HEARD,
      };
      return { type: 'verdict.given', data };
    }
    case 'critic': {
      const data: CriticReport = { nothingToJudge: false, answers: [], challenges: [], summary: NOT_HEARD };
      return { type: 'critique.raised', data };
    }
    default:
      return voter satisfies never;
  }
};
