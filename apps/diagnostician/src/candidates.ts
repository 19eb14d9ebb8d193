import type { Hypothesis } from '@inquest/contracts';
import type { Candidate, Diagnosis, Finding } from '@inquest/rca';

const CANDIDATES_MAX = 6;
const FINDINGS_MAX = 5;

/** One thing that speaks for or against a candidate, with the items that show it. */
interface GroundedFinding extends Pick<Finding, 'statement' | 'evidenceIds' | 'before' | 'during'> {
  /** How it was seen: `cpu`, `wire-gap`, `container_terminated`, … */
  readonly channel: string;
}

export interface GroundedCandidate extends Omit<Hypothesis, 'id'> {
  readonly supportedBy: readonly GroundedFinding[];
  readonly contradictedBy: readonly GroundedFinding[];
  readonly wouldRefute: readonly string[];
  /** Fault type of the candidate of which this one is a mere symptom. */
  readonly symptomOf?: string;
}

const grounded = ({ kind, statement, evidenceIds, before, during }: Finding): GroundedFinding => ({
  channel: kind,
  statement,
  evidenceIds,
  ...(before !== undefined && { before }),
  ...(during !== undefined && { during }),
});

const candidateOf = ({ hypothesis, supportedBy, refutedBy, wouldRefute, explainedBy }: Candidate): GroundedCandidate => {
  const { id: _, ...rest } = hypothesis;
  return {
    ...rest,
    supportedBy: supportedBy.slice(0, FINDINGS_MAX).map(grounded),
    contradictedBy: refutedBy.slice(0, FINDINGS_MAX).map(grounded),
    wouldRefute: wouldRefute.slice(0, 3),
    ...(explainedBy !== undefined && { symptomOf: explainedBy }),
  };
};

/** What a model is given of the engine's work: its best candidates with what they rest on, and what is known of onset and changes. */
export const engineFindings = ({ findings: { candidates, telemetry, changes } }: Diagnosis) => ({
  candidates: candidates.slice(0, CANDIDATES_MAX).map(candidateOf),
  ...(telemetry && {
    measurements: {
      measured: telemetry.measured,
      missing: telemetry.missing,
      ...(telemetry.onsetSeconds !== undefined && { onset: new Date(telemetry.onsetSeconds * 1_000).toISOString() }),
      pointTo: telemetry.ranked,
    },
  }),
  ...(changes && { changes: { verdict: changes.verdict, statement: changes.statement } }),
});
