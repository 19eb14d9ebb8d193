import { z } from 'zod';
import { Confidence, EvidenceIds, prose, shortText } from './bounds.js';
import { message } from './envelope.js';

/** The kind of thing that went wrong, in the vocabulary that incident reviews use. */
export const Category = z.enum([
  'resource_exhaustion',
  'configuration_error',
  'dependency_failure',
  'infrastructure',
  'code_defect',
  'network',
  'data_quality',
  'security',
  'unknown',
  'healthy',
]);
export type Category = z.infer<typeof Category>;

/** A fault's name, e.g. `oom_killed`, `image_pull_backoff`, `connection_exhaustion`. */
export const FaultType = z.string().regex(/^[a-z][a-z0-9_]{1,63}$/);

/** One possible root cause. */
export const Hypothesis = z.object({
  id: z.string().regex(/^h\d{1,2}$/),
  cause: shortText(2_000),
  /** What is broken: a workload, node, database, queue, … as the evidence names it. */
  component: shortText(),
  category: Category,
  faultType: FaultType,
  confidence: Confidence,
  evidenceIds: EvidenceIds,
  /** Evidence that speaks against it. */
  refutedBy: EvidenceIds.default([]),
});
export type Hypothesis = z.infer<typeof Hypothesis>;

/** The Diagnostician ranks causes of the symptoms and names what supports each; or says that nothing is wrong. */
export const DiagnosisReport = z.object({
  healthy: z.boolean(),
  /** True when the evidence cannot answer (confidence below 0.4) or the role was degraded. Hypotheses are then advice only. */
  abstained: z.boolean(),
  /** Best first. */
  hypotheses: z.array(Hypothesis).max(10),
  /** Of the first hypothesis, or of `healthy`. */
  confidence: Confidence,
  summary: prose(),
  /** What was asked for and could not be had, in words. */
  missingEvidence: z.array(shortText(500)).max(20).default([]),
});
export type DiagnosisReport = z.infer<typeof DiagnosisReport>;

export const DiagnosisReported = message('diagnosis.reported', DiagnosisReport);
export type DiagnosisReported = z.infer<typeof DiagnosisReported>;

/** Below this confidence a diagnosis is an abstention. */
export const ABSTAIN_BELOW = 0.4;
