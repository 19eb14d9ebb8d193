import { Answers, promptEvidence, RulesInForce, TwoMinds, type Answer, type Thought, type Turn } from '@inquest/agent';
import type { ReviewVerdict } from '@inquest/contracts';
import type { Session } from '@inquest/debate';
import { judgePlan } from '@inquest/safety';
import { Injectable } from '@nestjs/common';
import { makeStricter, ModelReview, reviewPrompt } from './review.prompt.js';

/** Judges whether a plan is safe. Its rules can never be overruled, by a model least of all. */
@Injectable()
export class Reviewer {
  constructor(
    private readonly minds: TwoMinds,
    private readonly rules: RulesInForce,
  ) {}

  @Answers({ question: 'plan.proposed', answer: 'verdict.given' })
  async review({ opened, diagnosis, plan: proposed }: Session, turn: Turn): Promise<Answer<ReviewVerdict>> {
    const { incident, evidence } = opened.message.data;
    const plan = proposed?.message.data;
    if (!plan) throw new Error('The Reviewer was asked before a plan was proposed.');
    const rules = this.rules.current;
    const verdict = judgePlan(plan, evidence, incident, rules);
    // Nothing can be stricter than a rejection, and on an empty plan there is nothing to be strict about.
    if (verdict.judgement === 'REJECT' || verdict.judgement === 'NOTHING_TO_JUDGE')
      return { ...thought(verdict), mind: 'rules', degraded: false, rulesVersion: rules.version };
    const answer = await this.minds.consult(
      {
        rules: thought(verdict),
        prompt: reviewPrompt,
        schema: ModelReview,
        input: () => ({ incident, diagnosis: diagnosis?.message.data, plan, verdict, evidence: promptEvidence(evidence) }),
        merge: (answer) => thought(makeStricter(verdict, answer)),
        withoutModel: () => ({ data: verdict, vote: verdict.judgement === 'REQUEST_REVISION' ? 'REQUEST_REVISION' : 'ABSTAIN' }),
      },
      turn,
    );
    return { ...answer, rulesVersion: rules.version };
  }
}

const thought = (verdict: ReviewVerdict): Thought<ReviewVerdict> => ({
  data: verdict,
  vote: verdict.judgement === 'NOTHING_TO_JUDGE' ? null : verdict.judgement,
});
