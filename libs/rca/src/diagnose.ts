import type { EvidenceSnapshot, Incident } from '@inquest/contracts';
import type { Diagnosis } from './diagnosis.js';

/**
 * States what broke, by rules over facts: pure, deterministic, linear in the size of the evidence. Evidence is untrusted
 * text; no input makes it throw.
 */
export const diagnose = (_snapshot: EvidenceSnapshot, _incident: Incident): Diagnosis => ({
  report: { healthy: false, abstained: true, hypotheses: [], confidence: 0, summary: 'The evidence names no cause.', missingEvidence: [] },
  findings: { facts: [], candidates: [], signsOfHealth: [], gaps: [] },
});
