export { diagnose } from './diagnose.js';
export type { Candidate, Diagnosis, Finding, Findings } from './diagnosis.js';
export { FAULT_TYPES, type KnownFault } from './fault-types.js';
