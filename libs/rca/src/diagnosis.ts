import type { DiagnosisReport, Hypothesis } from '@inquest/contracts';

/** One thing the evidence says, and where it says so. */
export interface Finding {
  /** Name of the fact, e.g. `container_terminated`, `metric_level`, `log_pattern`. */
  kind: string;
  /** What it is about: a pod, node, database instance, … as the evidence names it. */
  subject: string;
  /** One sentence with the decisive numbers or a short quote. */
  statement: string;
  evidenceIds: string[];
}

/** A cause that was considered, with everything that speaks for and against it. */
export interface Candidate {
  hypothesis: Hypothesis;
  /** Name of the rule that proposed it. */
  rule: string;
  supportedBy: Finding[];
  refutedBy: Finding[];
  /** What one would look at to prove it wrong, in words. */
  wouldRefute: string[];
  /** Fault type of the hypothesis of which this one is a mere symptom, if any. */
  explainedBy?: string;
}

export interface Findings {
  /** Everything that was found, most telling first; at most 200. */
  facts: Finding[];
  /** All causes considered, best first: the chosen one, then the runners-up, then mere symptoms; at most 30. */
  candidates: Candidate[];
  /** Signs that nothing is wrong now. */
  signsOfHealth: Finding[];
  /** Tools that failed, were denied, found nothing or were cut short; they only ever lower confidence. */
  gaps: Finding[];
}

export interface Diagnosis {
  report: DiagnosisReport;
  findings: Findings;
}
