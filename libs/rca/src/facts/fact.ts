/** Facts are what the evidence says, in our own words and types. Each names the evidence items (`ids`) that say it. */

export interface ContainerFact {
  name: string;
  init: boolean;
  state: 'running' | 'waiting' | 'terminated' | 'unknown';
  /** Of the present state, e.g. `CrashLoopBackOff`. */
  reason: string;
  message: string;
  exitCode: number | undefined;
  lastReason: string;
  lastMessage: string;
  lastExitCode: number | undefined;
  restarts: number;
  image: string;
  memoryLimit: string;
  ready: boolean | undefined;
}

export interface PodFact {
  name: string;
  namespace: string;
  workload: string;
  node: string;
  /** Phase or the STATUS column: `Running`, `Pending`, `Unknown`, `CrashLoopBackOff`, `Completed`, … */
  status: string;
  ready: boolean | undefined;
  restarts: number;
  containers: ContainerFact[];
  /** Messages of conditions that are not fulfilled. */
  complaints: string[];
  ids: string[];
}

export interface WorkloadFact {
  name: string;
  namespace: string;
  desired: number;
  ready: number;
  complaints: string[];
  ids: string[];
}

export interface NodeFact {
  name: string;
  ready: 'True' | 'False' | 'Unknown';
  /** Conditions that are true and should not be: `MemoryPressure`, `DiskPressure`, `PIDPressure`, `NetworkUnavailable`. */
  pressures: string[];
  unschedulable: boolean;
  podsMax: number | undefined;
  pods: number | undefined;
  complaints: string[];
  ids: string[];
}

/** A line of text that something printed: an event, a log entry, a status message, a sentence of an alert. */
export interface Line {
  text: string;
  source: 'event' | 'log' | 'status' | 'alert' | 'change';
  /** What the line is about or came from, as far as it says. */
  subject: string;
  reason: string;
  count: number;
  /** Epoch ms of its last occurrence. */
  at: number | undefined;
  id: string;
}

export interface SeriesFact {
  /** Metric name in lower case without punctuation: `cpuutilization`, `replicalag`. */
  metric: string;
  name: string;
  subject: string;
  unit: string;
  labels: Readonly<Record<string, string>>;
  /** Epoch ms, where known. */
  times: number[];
  values: number[];
  id: string;
}

export interface SpanFact {
  service: string;
  operation: string;
  durationMs: number;
  /** Duration less that of its children. */
  selfMs: number;
  statement: string;
  error: boolean;
  trace: string;
  /** Its own id and that of its parent, empty where they are not told. */
  spanId: string;
  parentId: string;
  /** Epoch ms, where known. */
  startMs: number | undefined;
  id: string;
}

/** Somebody calls somebody, as a topology or a service graph says. */
export interface CallFact {
  caller: string;
  callee: string;
  id: string;
}

export interface QueryFact {
  statement: string;
  load: number;
  waits: { name: string; load: number }[];
  callsPerSecond: number | undefined;
  instance: string;
  id: string;
}

export interface WaitFact {
  name: string;
  load: number;
  instance: string;
  id: string;
}

export interface UserFact {
  name: string;
  load: number;
  instance: string;
  id: string;
}

export interface MonitorFact {
  name: string;
  state: string;
  id: string;
}

/** A changed line of a deploy, a commit or a configuration. */
export interface ChangeFact {
  object: string;
  /** What was changed, where the change says it in so many words. */
  service: string;
  /** Epoch ms at which it was made, where known. */
  at: number | undefined;
  removed: string[];
  added: string[];
  text: string;
  id: string;
}

export interface GapFact {
  id: string;
  title: string;
  why: string;
}

export interface Facts {
  pods: PodFact[];
  workloads: WorkloadFact[];
  nodes: NodeFact[];
  lines: Line[];
  series: SeriesFact[];
  /** Lines of logs that say when they were written, in order, repeats and all. */
  timedLogLines: Line[];
  spans: SpanFact[];
  calls: CallFact[];
  queries: QueryFact[];
  waits: WaitFact[];
  users: UserFact[];
  monitors: MonitorFact[];
  changes: ChangeFact[];
  gaps: GapFact[];
  /** Names of network policies seen. */
  policies: { name: string; id: string }[];
  /** Items that were used and cut short. */
  truncated: string[];
  /** Items that returned something usable. */
  usable: string[];
}

export const emptyFacts = (): Facts => ({
  pods: [],
  workloads: [],
  nodes: [],
  lines: [],
  series: [],
  timedLogLines: [],
  spans: [],
  calls: [],
  queries: [],
  waits: [],
  users: [],
  monitors: [],
  changes: [],
  gaps: [],
  policies: [],
  truncated: [],
  usable: [],
});
