/**
 * What was measured around an incident. Times are seconds on one clock, whichever; the engine never looks at its origin. Everything
 * may be empty: a modality that was not measured neither accuses nor acquits anybody.
 */
export interface TelemetryEvidence {
  series: readonly MetricSeries[];
  edges: readonly EdgeLatency[];
  /** Caller, callee. */
  calls: readonly (readonly [caller: string, callee: string])[];
  alerts: readonly TelemetryAlert[];
  spanWindows: readonly SpanWindow[];
  logs: LogEvidence;
  /** Log signatures that somebody's tool counts as bad and that grew. */
  errorPatterns: readonly ErrorPattern[];
  /** What the cluster reported of the services' objects. */
  clusterEvents?: readonly ClusterEvent[] | undefined;
  /** What was changed before and during the incident; undefined when nobody looked. */
  changes?: ChangeEvidence | undefined;
}

/** The same system while nothing was wrong, on a clock of its own. */
export interface TelemetryReference {
  series: readonly MetricSeries[];
  edges: readonly EdgeLatency[];
  spanWindows: readonly SpanWindow[];
  logs: LogEvidence;
}

export interface MetricSeries {
  service: string;
  /** As the source names it; units are read from the name, e.g. `CpuUsageRate(%)`, `latency_p99_ms`. */
  metric: string;
  points: readonly (readonly [seconds: number, value: number])[];
}

/** Typical latency of one caller's calls to one callee, as both ends see it, in milliseconds. No points: no calls. */
export interface EdgeLatency {
  caller: string;
  callee: string;
  client: MetricSeries['points'];
  server: MetricSeries['points'];
}

export interface TelemetryAlert {
  service: string;
  metric: string;
  atSeconds: number;
  summary: string;
}

/** Spans that started in one stretch of time: sums over all of them, and some of them whole. */
export interface SpanWindow {
  fromSeconds: number;
  toSeconds: number;
  operations: readonly OperationSums[];
  spans: readonly Span[];
}

/** One operation as called by one operation of one caller; the caller is empty at the root. */
export interface OperationSums {
  service: string;
  operation: string;
  caller: string;
  callerOperation: string;
  count: number;
  meanMs: number;
  /** Duration less that of its children. */
  selfMeanMs: number;
}

export interface Span {
  trace: number;
  /** Index of its parent in the same window; negative when it has none there. */
  parent: number;
  service: string;
  operation: string;
  startMs: number;
  durationMs: number;
}

export interface LogEvidence {
  templates: readonly LogTemplate[];
  /** Single lines in order of time, when traces are known. */
  events: readonly LogEvent[];
}

export interface LogTemplate {
  service: string;
  level: string;
  template: string;
  /** Lines from a moment on. */
  counts: readonly (readonly [seconds: number, lines: number])[];
}

export interface LogEvent {
  atMs: number;
  /** Index of its template. */
  template: number;
  /** Negative when the line belongs to no trace. */
  trace: number;
}

/** An event of Kubernetes, or the state that an object was found in. */
export interface ClusterEvent {
  service: string;
  /** As Kubernetes names it: `OOMKilled`, `BackOff`, `Unhealthy`, `Evicted`, `ImagePullBackOff`, `NotReady` … */
  reason: string;
  message: string;
  atSeconds: number;
  /** How often it was seen; once if undefined. */
  count?: number | undefined;
}

export interface ErrorPattern {
  service: string;
  signature: string;
}

export interface ChangeEvidence {
  commits: readonly CommitEvidence[];
  deploys: readonly DeployEvidence[];
}

export interface CommitEvidence {
  id: string;
  atSeconds: number;
  message: string;
  files: readonly string[];
  diff: string;
}

export interface DeployEvidence {
  atSeconds: number;
  service: string;
  commitId: string;
}

export const NO_REFERENCE: TelemetryReference = { series: [], edges: [], spanWindows: [], logs: { templates: [], events: [] } };
