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
  /** Of what was measured: which metric, operation or log template, and its value before and during the incident. */
  pointer?: string;
  /** Epoch ms at which it was seen last, where the evidence says so. */
  at?: number;
  before?: number;
  during?: number;
}

/** A series that a finding rests on, to be looked at. */
export interface DecidingSeries {
  service: string;
  metric: string;
  unit: string;
  /** Epoch seconds and value, oldest first. */
  points: readonly (readonly [seconds: number, value: number])[];
  evidenceId: string;
}

/** Whether a change did it. */
export interface ChangeVerdict {
  /** How many changes were looked at; 0 when somebody looked and nothing had been changed. */
  considered: number;
  /** `open`: some change is connected with what fails, but not well enough to blame it. */
  verdict: 'culprit' | 'none' | 'open';
  /** The one that fits best; undefined when none does. */
  culprit?: { evidenceId: string; title: string };
  reasons: string[];
  /** One sentence. */
  statement: string;
}

/** What series, spans and log lines say of where it started, apart from all rules. */
export interface TelemetryView {
  measured: ('metrics' | 'traces' | 'logs')[];
  missing: ('metrics' | 'traces' | 'logs')[];
  /** How many services could be compared. */
  services: number;
  /** Epoch seconds; undefined when nothing tells. */
  onsetSeconds?: number;
  /** 0–1: how far the step at the onset stands out. */
  onsetClarity: number;
  /** Where it may have started, likeliest first; at most 5. */
  ranked: { service: string; confidence: number }[];
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
  /** Undefined when neither series nor spans nor timed log lines are in evidence. */
  telemetry?: TelemetryView;
  /** Undefined when nobody looked at changes. */
  changes?: ChangeVerdict;
  /** The series that decided, first those of the first candidate; at most 8. */
  series: DecidingSeries[];
}

export interface Diagnosis {
  report: DiagnosisReport;
  findings: Findings;
}
