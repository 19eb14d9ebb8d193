import { Answers, evidenceIdsOf, promptEvidence, TwoMinds, type Answer, type Thought, type Turn } from '@inquest/agent';
import type { ActionPlan } from '@inquest/contracts';
import type { Session } from '@inquest/debate';
import { offeredRemedies, proposeRemedy } from '@inquest/safety';
import { Injectable } from '@nestjs/common';
import { choosePlan, ModelSolution, solutionPrompt } from './solution.prompt.js';

/** Proposes actions that remove a cause, and how to undo them. */
@Injectable()
export class Solver {
  constructor(private readonly minds: TwoMinds) {}

  @Answers({ question: 'diagnosis.reported', answer: 'plan.proposed' })
  async solve({ opened, diagnosis: reported }: Session, turn: Turn): Promise<Answer<ActionPlan>> {
    const { incident, evidence } = opened.message.data;
    const diagnosis = reported?.message.data;
    // Whoever could not tell the cause may have left hypotheses, as advice to people. They are nothing to act on.
    if (!diagnosis || diagnosis.abstained || reported?.message.degraded) return { ...ABSTENTION, mind: 'rules', degraded: false };
    const proposal = { diagnosis, snapshot: evidence, incident };
    const rules = proposeRemedy(proposal);
    const remedies = this.minds.hasModel ? offeredRemedies(proposal) : [];
    if (remedies.length === 0) return { ...thought(rules), mind: 'rules', degraded: false };
    return this.minds.consult(
      {
        rules: thought(rules),
        prompt: solutionPrompt,
        schema: ModelSolution,
        input: () => ({ incident, hypotheses: diagnosis.hypotheses, remedies, evidence: promptEvidence(evidence) }),
        merge: (answer) => thought(choosePlan(answer, remedies, evidenceIdsOf(evidence))),
        withoutModel: () => ({ data: rules, vote: 'ABSTAIN' }),
      },
      turn,
    );
  }
}

const ABSTENTION: Thought<ActionPlan> = {
  data: {
    hypothesisId: null,
    actions: [],
    blastRadius: 0,
    abstained: true,
    summary: 'The diagnosis abstained, so there is nothing to act on.',
  },
  vote: 'ABSTAIN',
};

const thought = (plan: ActionPlan): Thought<ActionPlan> => ({ data: plan, vote: plan.actions.length > 0 ? 'APPROVE' : null });
