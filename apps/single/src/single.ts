import {
  Answers,
  evidenceIdsOf,
  promptEvidence,
  RulesInForce,
  TwoMinds,
  type Answer,
  type Thought,
  type Turn,
} from '@inquest/agent';
import type { ActionPlan, Ballot, DecisionPackage, DiagnosisReport, ReviewVerdict } from '@inquest/contracts';
import { conclude, type Session } from '@inquest/debate';
import { diagnose } from '@inquest/rca';
import { judgePlan, offeredRemedies, proposeRemedy } from '@inquest/safety';
import { Injectable } from '@nestjs/common';
import { ModelSingle, singlePrompt, toSingleAnswer, type SingleAnswer } from './single.prompt.js';

/** The rollback path: one call, the hard rules, gates 1 to 5. It never executes. */
@Injectable()
export class Single {
  constructor(
    private readonly minds: TwoMinds,
    private readonly rules: RulesInForce,
  ) {}

  @Answers({ question: 'session.opened', answer: 'decision.made' })
  async answer(session: Session, turn: Turn): Promise<Answer<DecisionPackage>> {
    const { incident, evidence } = session.opened.message.data;
    const { report: diagnosis } = diagnose(evidence, incident);
    const proposal = { diagnosis, snapshot: evidence, incident };
    const rules: SingleAnswer = { diagnosis, plan: proposeRemedy(proposal) };
    const remedies = offeredRemedies(proposal);
    const answer = await this.minds.consult<SingleAnswer, typeof ModelSingle>(
      {
        rules: thought(rules),
        prompt: singlePrompt,
        schema: ModelSingle,
        input: () => ({ incident, evidence: promptEvidence(evidence), candidates: diagnosis.hypotheses, remedies }),
        merge: (reply) => thought(toSingleAnswer(reply, remedies, evidenceIdsOf(evidence))),
        withoutModel: () => ({ data: { diagnosis: { ...diagnosis, abstained: true }, plan: NO_PLAN }, vote: 'ABSTAIN' }),
      },
      turn,
    );
    const inForce = this.rules.current;
    const verdict = judgePlan(answer.data.plan, evidence, incident, inForce);
    return { ...answer, vote: null, data: decideAlone(answer, verdict), rulesVersion: inForce.version };
  }
}

const NO_PLAN: ActionPlan = {
  hypothesisId: null,
  actions: [],
  blastRadius: 0,
  abstained: true,
  summary: 'The model gave no usable answer.',
};

const thought = (answer: SingleAnswer): Thought<SingleAnswer> => ({
  data: answer,
  vote: answer.diagnosis.abstained ? 'ABSTAIN' : 'APPROVE',
});

const decideAlone = (answer: Answer<SingleAnswer>, verdict: ReviewVerdict): DecisionPackage => {
  const { diagnosis, plan } = answer.data;
  return conclude({
    diagnosis,
    plan,
    verdict,
    ballots: ballotsOf(answer, diagnosis, verdict),
    autoExecuteEnabled: false,
    path: 'single',
  });
};

/** One mind fills two seats, the hard rules the third; the fourth stays empty, and is shown so. */
const ballotsOf = (
  { mind, degraded, vote }: Answer<unknown>,
  { abstained }: DiagnosisReport,
  { judgement }: ReviewVerdict,
): Ballot[] => {
  const own = { present: true, vote: abstained ? ('ABSTAIN' as const) : vote, mind, degraded, answeredFor: false };
  const judged = judgement === 'NOTHING_TO_JUDGE' ? null : judgement;
  return [
    { voter: 'diagnostician', ...own },
    { voter: 'solver', ...own },
    { voter: 'reviewer', present: true, vote: judged, mind: 'rules', degraded: false, answeredFor: false },
    { voter: 'critic', present: false, vote: null, mind: null, degraded: false, answeredFor: false },
  ];
};
