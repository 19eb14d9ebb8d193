import { Answers, evidenceIdsOf, promptEvidence, TwoMinds, type Answer, type Thought, type Turn } from '@inquest/agent';
import type { DiagnosisReport } from '@inquest/contracts';
import type { Session } from '@inquest/debate';
import { diagnose } from '@inquest/rca';
import { Injectable } from '@nestjs/common';
import { diagnosisPrompt, ModelDiagnosis, toDiagnosisReport } from './diagnosis.prompt.js';

/** States root causes, with evidence and a confidence; or that nothing is wrong; or that it cannot tell. */
@Injectable()
export class Diagnostician {
  constructor(private readonly minds: TwoMinds) {}

  @Answers({ question: 'session.opened', answer: 'diagnosis.reported' })
  async diagnose({ opened }: Session, turn: Turn): Promise<Answer<DiagnosisReport>> {
    const { incident, evidence } = opened.message.data;
    const { report } = diagnose(evidence, incident);
    return this.minds.consult(
      {
        rules: thought(report),
        prompt: diagnosisPrompt,
        schema: ModelDiagnosis,
        input: () => ({ incident, evidence: promptEvidence(evidence), candidates: report.hypotheses }),
        merge: (answer) => thought(tempered(toDiagnosisReport(answer, evidenceIdsOf(evidence)), report)),
        withoutModel: () => thought({ ...report, abstained: true }),
      },
      turn,
    );
  }
}

/** Certainty that remains to a model that sees health where the rules found a cause: below what ends a session unseen. */
const DISPUTED_HEALTH = 0.7;

const tempered = (report: DiagnosisReport, rules: DiagnosisReport): DiagnosisReport =>
  report.healthy && !rules.healthy && !rules.abstained
    ? {
        ...report,
        confidence: Math.min(report.confidence, DISPUTED_HEALTH),
        summary: `${report.summary} The rules found a cause all the same: ${rules.summary}`.slice(0, 4_000),
      }
    : report;

const thought = (report: DiagnosisReport): Thought<DiagnosisReport> => ({
  data: report,
  vote: report.abstained ? 'ABSTAIN' : 'APPROVE',
});
