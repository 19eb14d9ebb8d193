export { diagnose } from './diagnose.js';
export type { Candidate, ChangeVerdict, DecidingSeries, Diagnosis, Finding, Findings, TelemetryView } from './diagnosis.js';
export { FAULT_TYPES, type KnownFault } from './fault-types.js';
export { diagnoseTelemetry, type TelemetryOptions } from './telemetry-engine/diagnose-telemetry.js';
export { mineLogs, type RawLine } from './telemetry-engine/log-template-miner.js';
export type {
  RankedChange,
  RankedService,
  TelemetryDiagnosis,
  TelemetryFinding,
} from './telemetry-engine/telemetry-diagnosis.js';
export type {
  EdgeLatency,
  LogEvidence,
  MetricSeries,
  OperationSums,
  Span,
  SpanWindow,
  TelemetryEvidence,
  TelemetryReference,
} from './telemetry-engine/telemetry-evidence.js';
