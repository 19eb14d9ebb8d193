export { diagnose } from './diagnose.js';
export type { Candidate, Diagnosis, Finding, Findings } from './diagnosis.js';
