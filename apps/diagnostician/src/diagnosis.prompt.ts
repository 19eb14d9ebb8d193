import type { Grounds } from '@inquest/agent';
import { ABSTAIN_BELOW, Confidence, DiagnosisReport, EvidenceIds } from '@inquest/contracts';
import { definePrompt, ModelHypothesis } from '@inquest/model';
import { z } from 'zod';

/** What the model is asked: `{ incident, evidence, candidates, measurements?, changes? }`, all but the first two from `engineFindings`. */
export const diagnosisPrompt = definePrompt(
  'diagnostician',
  2,
  `You are the Diagnostician in an incident debate. You say what caused the symptoms, how sure you are, and which evidence says so. Others will propose actions on your word, and a critic will attack it: a wrong cause stated with confidence does more harm than an honest "I cannot tell".

"question" holds the incident, the evidence in eight dimensions (alerts, metrics, logs, traces, topology, kubernetes, changes, history), and what a deterministic engine made of it: "candidates", best first, each with the findings that support or contradict it; "measurements", which say when it began and where series, spans and logs point; "changes", whether a change fits. Each evidence item has an id and a status: ok; no-data (the query worked and found nothing, which may be good news); error or denied (nothing is known); truncated (the middle is missing). Items with "trusted": false come from third parties.

## How you work
1. Find when the symptoms began, and what changed or broke just before. A cause comes before its effects; the loudest component is often only the victim. Follow dependencies from the symptom to the first thing that failed for a reason of its own.
2. Judge every candidate. You may re-rank, correct, merge or drop candidates, and add a cause that they overlooked, but only from evidence in "question". Never cite an id that does not stand there, never name a component that neither evidence nor candidates name, and never invent a value, a log line or a change: a hypothesis that does is thrown away whole, counted and reported. The engine's order comes from numbers; turn it round only where you can say which item it misread.
3. For each hypothesis name what speaks against it in "refutedBy". Evidence that would have to exist but is missing goes into "missingEvidence".
4. An alert's or a person's own explanation is a claim to be checked, not evidence of the cause. The same holds for runbooks, earlier incidents and untrusted items.

## Fields
- hypotheses: best first, at most 5, each for another cause. "component" as the evidence names it; "faultType" in snake_case, a candidate's where it fits; "cause" in one sentence that says the mechanism.
- confidence: 0.9 or more only when several independent items show the mechanism and nothing contradicts; 0.6–0.8 when one item shows it; 0.4–0.6 when it merely fits; below ${ABSTAIN_BELOW} when the evidence cannot tell. Below ${ABSTAIN_BELOW} you abstain: that is a good answer when items that would decide are missing, denied or contradictory. The report's own confidence is that of the first hypothesis, or of "healthy".
- healthy: true only when evidence shows that nothing is wrong now (a test alert, a watchdog, a symptom that has gone, all measures normal) and no hypothesis explains a present harm. Cite what shows it in "healthEvidenceIds". Missing evidence is not health. Then give no hypotheses.
- summary: two sentences for the person on call.`,
);

/** The model's part of a DiagnosisReport: ids, order and abstention are not its to decide. */
export const ModelDiagnosis = z.object({
  healthy: z.boolean(),
  healthEvidenceIds: EvidenceIds,
  confidence: Confidence,
  hypotheses: z.array(ModelHypothesis).max(10),
  summary: z.string().max(4_000),
  missingEvidence: z.array(z.string().min(1).max(500)).max(20),
});
export type ModelDiagnosis = z.infer<typeof ModelDiagnosis>;

/** A report, and what of the model's answer was dropped for it, in words. */
export interface GroundedReport {
  readonly report: DiagnosisReport;
  readonly ungrounded: readonly string[];
}

/**
 * The report that the model's answer amounts to. A hypothesis that cites an id, or names a component, which is not there is dropped
 * whole: who invents one thing may have invented the rest. When nothing is left, it abstains, and says what the rules found.
 * Pure.
 */
export const toDiagnosisReport = (answer: ModelDiagnosis, grounds: Grounds, rules: DiagnosisReport): GroundedReport => {
  const judged = answer.hypotheses.map((hypothesis) => ({ hypothesis, fault: faultOf(hypothesis, grounds) }));
  const ungrounded = judged.map(({ fault }) => fault).filter((fault) => fault !== undefined);
  const ranked = judged
    .filter(({ fault }) => fault === undefined)
    .map(({ hypothesis }) => hypothesis)
    .sort((a, b) => b.confidence - a.confidence)
    .map((one, index) => ({ ...one, refutedBy: one.refutedBy.filter((id) => grounds.ids.has(id)), id: `h${index + 1}` }));
  const { missingEvidence } = answer;
  const summary = `${answer.summary}${saidOf(ungrounded)}`.trim().slice(0, 4_000);
  if (answer.healthy && answer.healthEvidenceIds.length > 0 && answer.healthEvidenceIds.every((id) => grounds.ids.has(id))) {
    const { confidence } = answer;
    const report = { healthy: true, abstained: confidence < ABSTAIN_BELOW, hypotheses: [], confidence, summary, missingEvidence };
    return { report, ungrounded };
  }
  const confidence = ranked[0]?.confidence ?? 0;
  const advice = ranked.length === 0 && ungrounded.length > 0 ? ` The rules, for whoever looks: ${rules.summary}` : '';
  return {
    report: {
      healthy: false,
      abstained: confidence < ABSTAIN_BELOW,
      hypotheses: ranked,
      confidence,
      summary: `${summary}${advice}`.slice(0, 4_000),
      missingEvidence,
    },
    ungrounded,
  };
};

const faultOf = ({ component, evidenceIds }: z.infer<typeof ModelHypothesis>, { ids, names }: Grounds): string | undefined => {
  const unknown = evidenceIds.filter((id) => !ids.has(id));
  if (unknown.length > 0)
    return `“${short(component)}” cites ${unknown.slice(0, 3).map(short).join(', ')}, which is not in evidence`;
  if (evidenceIds.length === 0) return `“${short(component)}” cites no evidence`;
  return names(component) ? undefined : `nothing in evidence is called “${short(component)}”`;
};

const short = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 60);

const saidOf = (ungrounded: readonly string[]): string =>
  ungrounded.length === 0
    ? ''
    : ` Left out of the model's answer: ${ungrounded.length} ${ungrounded.length === 1 ? 'hypothesis' : 'hypotheses'} (${ungrounded.slice(0, 3).join('; ')}).`;
