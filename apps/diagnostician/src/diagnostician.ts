import { Answers, evidenceIdsOf, TwoMinds, type Answer, type Thought, type Turn } from '@inquest/agent';
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
        input: () => ({ incident, evidence, candidates: report.hypotheses }),
        merge: (answer) => thought(toDiagnosisReport(answer, evidenceIdsOf(evidence))),
        withoutModel: () => thought({ ...report, abstained: true }),
      },
      turn,
    );
  }
}

const thought = (report: DiagnosisReport): Thought<DiagnosisReport> => ({
  data: report,
  vote: report.abstained ? 'ABSTAIN' : 'APPROVE',
});
