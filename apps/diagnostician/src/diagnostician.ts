import { Answers, groundsOf, promptEvidence, TwoMinds, type Answer, type Thought, type Turn } from '@inquest/agent';
import type { DiagnosisReport } from '@inquest/contracts';
import type { Session } from '@inquest/debate';
import { diagnose } from '@inquest/rca';
import { Injectable } from '@nestjs/common';
import { engineFindings } from './candidates.js';
import { diagnosisPrompt, ModelDiagnosis, toDiagnosisReport } from './diagnosis.prompt.js';

/** States root causes, with evidence and a confidence; or that nothing is wrong; or that it cannot tell. */
@Injectable()
export class Diagnostician {
  constructor(private readonly minds: TwoMinds) {}

  @Answers({ question: 'session.opened', answer: 'diagnosis.reported' })
  async diagnose({ opened }: Session, turn: Turn): Promise<Answer<DiagnosisReport>> {
    const { incident, evidence } = opened.message.data;
    const diagnosis = diagnose(evidence, incident);
    const { report } = diagnosis;
    return this.minds.consult(
      {
        rules: thought(report),
        prompt: diagnosisPrompt,
        schema: ModelDiagnosis,
        input: () => ({ incident, evidence: promptEvidence(evidence), ...engineFindings(diagnosis) }),
        merge: (answer) => {
          const grounds = groundsOf(
            evidence,
            incident,
            report.hypotheses.map(({ component }) => component),
          );
          const { report: answered, ungrounded } = toDiagnosisReport(answer, grounds, report);
          return { ...thought(tempered(answered, report)), ungrounded };
        },
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
