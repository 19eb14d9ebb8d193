import type { BenchServers } from './servers.js';

/** Somebody who can carry out debates: Inquest, or one of those it is compared with. */
export interface Contender {
  /** As in the ratios' keys: `raw`, `bullmq`, … */
  readonly key: string;
  /** For people. */
  readonly title: string;
  start(servers: BenchServers): Promise<Running>;
}

/** Its processes, ready and idle. */
export interface Running {
  /** One debate. Resolves when whoever asked could read the decision. */
  debate(): Promise<void>;
  /** Rows committed to the record so far. */
  rows(): Promise<number>;
  /** The Node.js processes that do the work, beside the servers. */
  pids(): readonly number[];
  /** What those are called, in the same order. */
  names?(): readonly string[];
  stop(): Promise<void>;
}

/** Messages of one debate, each of which has to be on record. */
export const ROWS_PER_DEBATE = 6;
