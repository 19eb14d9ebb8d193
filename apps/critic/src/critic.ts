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
import type { CriticReport, DiagnosisReport, Vote } from '@inquest/contracts';
import type { Session } from '@inquest/debate';
import { diagnose, type Findings } from '@inquest/rca';
import { ATTRIBUTE, METRIC } from '@inquest/telemetry';
import { Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { addCritique, critiquePrompt, ModelCritique } from './critique.prompt.js';
import { criticise } from './objections.js';

/** Argues against diagnosis and plan as strongly as the evidence allows. */
@Injectable()
export class Critic {
  private readonly challenges = metrics
    .getMeter('inquest')
    .createCounter(METRIC.challenges, { description: 'Challenges raised, by severity and mind' });

  constructor(
    private readonly minds: TwoMinds,
    private readonly rules: RulesInForce,
  ) {}

  @Answers({ question: 'plan.proposed', answer: 'critique.raised' })
  async criticise(session: Session, turn: Turn): Promise<Answer<CriticReport>> {
    const { opened, diagnosis: reported, plan: proposed } = session;
    const { incident, evidence } = opened.message.data;
    const diagnosis = reported?.message.data;
    const plan = proposed?.message.data;
    if (!diagnosis || !plan) throw new Error('The Critic was asked before a plan was proposed.');
    const { findings } = diagnose(evidence, incident);
    const rules = this.rules.current;
    const report = criticise({ diagnosis, plan, snapshot: evidence, incident, findings, rules });
    const answer = await this.answer(session, report, findings, turn);
    for (const { severity, from } of answer.data.challenges)
      this.challenges.add(1, { [ATTRIBUTE.severity]: severity, [ATTRIBUTE.mind]: from });
    return { ...answer, rulesVersion: rules.version };
  }

  private async answer(
    { opened, diagnosis, plan }: Session,
    report: CriticReport,
    findings: Findings,
    turn: Turn,
  ): Promise<Answer<CriticReport>> {
    const { incident, evidence } = opened.message.data;
    if (report.nothingToJudge) return { ...thought(report), mind: 'rules', degraded: false };
    return this.minds.consult(
      {
        rules: thought(report),
        prompt: critiquePrompt,
        schema: ModelCritique,
        input: () => ({
          incident,
          evidence: promptEvidence(evidence),
          diagnosis: diagnosis?.message.data,
          plan: plan?.message.data,
          objections: report,
          runnersUp: runnersUp(findings, diagnosis?.message.data),
        }),
        merge: (reply) => thought(addCritique(report, reply, evidenceIdsOf(evidence))),
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

const RUNNERS_UP_MAX = 4;

/** What the engine finds likely besides the chosen cause, with what it rests on. */
const runnersUp = ({ candidates }: Findings, diagnosis: DiagnosisReport | undefined): unknown[] =>
  candidates
    .filter(({ hypothesis: { component, faultType } }) => {
      const chosen = diagnosis?.hypotheses[0];
      return component !== chosen?.component || faultType !== chosen.faultType;
    })
    .slice(0, RUNNERS_UP_MAX)
    .map(({ hypothesis: { cause, component, faultType, confidence, evidenceIds }, supportedBy, refutedBy }) => ({
      ...{ cause, component, faultType, confidence, evidenceIds },
      supportedBy: supportedBy.slice(0, 3).map(({ statement }) => statement),
      refutedBy: refutedBy.slice(0, 3).map(({ statement }) => statement),
    }));
