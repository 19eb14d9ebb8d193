import { Answers, evidenceIdsOf, promptEvidence, TwoMinds, type Answer, type Thought, type Turn } from '@inquest/agent';
import type { CriticReport, Vote } from '@inquest/contracts';
import type { Session } from '@inquest/debate';
import { diagnose } from '@inquest/rca';
import { Injectable } from '@nestjs/common';
import { addCritique, critiquePrompt, ModelCritique } from './critique.prompt.js';
import { criticise } from './objections.js';

/** Argues against diagnosis and plan as strongly as the evidence allows. */
@Injectable()
export class Critic {
  constructor(private readonly minds: TwoMinds) {}

  @Answers({ question: 'plan.proposed', answer: 'critique.raised' })
  async criticise({ opened, diagnosis: reported, plan: proposed }: Session, turn: Turn): Promise<Answer<CriticReport>> {
    const { incident, evidence } = opened.message.data;
    const diagnosis = reported?.message.data;
    const plan = proposed?.message.data;
    if (!diagnosis || !plan) throw new Error('The Critic was asked before a plan was proposed.');
    const { findings } = diagnose(evidence, incident);
    const report = criticise({ diagnosis, plan, snapshot: evidence, incident, findings });
    if (report.nothingToJudge) return { ...thought(report), mind: 'rules', degraded: false };
    return this.minds.consult(
      {
        rules: thought(report),
        prompt: critiquePrompt,
        schema: ModelCritique,
        input: () => ({ incident, evidence: promptEvidence(evidence), diagnosis, plan, objections: report }),
        merge: (answer) => thought(addCritique(report, answer, evidenceIdsOf(evidence))),
        withoutModel: () => ({ data: report, vote: isCritical(report) ? 'REJECT' : 'ABSTAIN' }),
      },
      turn,
    );
  }
}

const isCritical = ({ challenges }: CriticReport): boolean => challenges.some(({ severity }) => severity === 'critical');

const voteOn = (report: CriticReport): Vote | null => {
  if (isCritical(report)) return 'REJECT';
  if (report.challenges.some(({ severity }) => severity === 'major')) return 'REQUEST_REVISION';
  return report.nothingToJudge ? null : 'APPROVE';
};

const thought = (report: CriticReport): Thought<CriticReport> => ({ data: report, vote: voteOn(report) });
