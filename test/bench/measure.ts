import { setTimeout as pause } from 'node:timers/promises';
import { ROWS_PER_DEBATE, type Running } from './contender.js';
import { cpuSeconds } from './cpu.js';
import type { BenchServers } from './servers.js';

/** Processor milliseconds per debate. */
export interface Cpu {
  readonly redis: number;
  readonly postgres: number;
  readonly node: number;
  readonly all: number;
}

export interface Saturation {
  readonly debates: number;
  /** Until the last decision is there and every row is committed. */
  readonly debatesPerSecond: number;
  readonly cpuMs: Cpu;
}

export interface Latency {
  readonly debates: number;
  /** Milliseconds from the request to the moment at which the decision can be read. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly cpuMs: Cpu;
}

const DRAIN_WITHIN_MS = 60_000;

/** As many debates as `inFlight` callers manage who each start the next one when theirs has ended. */
export const saturate = async (
  running: Running,
  servers: BenchServers,
  { inFlight, seconds }: { readonly inFlight: number; readonly seconds: number },
): Promise<Saturation> => {
  const rowsBefore = await running.rows();
  const meter = cpuMeter(running, servers);
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  let debates = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      await running.debate();
      debates += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  await recorded(running, rowsBefore + debates * ROWS_PER_DEBATE);
  const tookSeconds = (performance.now() - startedAt) / 1_000;
  return { debates, debatesPerSecond: debates / tookSeconds, cpuMs: meter(debates) };
};

/** Debates that begin at `rate` per second, each at a random moment of its slot, whether or not those before have ended. */
export const lowLoad = async (
  running: Running,
  servers: BenchServers,
  { rate, count }: { readonly rate: number; readonly count: number },
): Promise<Latency> => {
  const rowsBefore = await running.rows();
  const meter = cpuMeter(running, servers);
  const startedAt = performance.now();
  const latencies: number[] = [];
  const timed = async (): Promise<void> => {
    const askedAt = performance.now();
    await running.debate();
    latencies.push(performance.now() - askedAt);
  };
  const underWay: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const waitMs = startedAt + ((index + Math.random()) * 1_000) / rate - performance.now();
    if (waitMs > 0) await pause(waitMs);
    underWay.push(timed());
  }
  await Promise.all(underWay);
  await recorded(running, rowsBefore + count * ROWS_PER_DEBATE);
  const at = quantiles(latencies);
  return { debates: count, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1), cpuMs: meter(count) };
};

/** So that code is compiled and connections are open before anything is measured. */
export const warmUp = async (running: Running, debates: number, inFlight: number): Promise<void> => {
  const rowsBefore = await running.rows();
  let left = debates;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await running.debate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, debates) }, caller));
  await recorded(running, rowsBefore + debates * ROWS_PER_DEBATE);
};

export const quantiles = (values: readonly number[]): ((share: number) => number) => {
  const sorted = [...values].sort((left, right) => left - right);
  return (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

const cpuMeter = (running: Running, { redisPid, postgresPid }: BenchServers): ((debates: number) => Cpu) => {
  const now = () => ({
    redis: cpuSeconds({ pids: [redisPid] }),
    postgres: cpuSeconds({ trees: [postgresPid] }),
    node: cpuSeconds({ pids: running.pids() }),
  });
  const before = now();
  return (debates) => {
    const after = now();
    const ms = (part: keyof typeof before): number => ((after[part] - before[part]) * 1_000) / debates;
    const [redis, postgres, node] = [ms('redis'), ms('postgres'), ms('node')];
    return { redis, postgres, node, all: redis + postgres + node };
  };
};

/** @throws {Error} when rows are missing for good: a contender that loses some must not look fast. */
const recorded = async (running: Running, wanted: number): Promise<void> => {
  const giveUpAt = performance.now() + DRAIN_WITHIN_MS;
  let rows = await running.rows();
  while (rows < wanted) {
    if (performance.now() > giveUpAt) throw new Error(`${wanted - rows} of ${wanted} rows were never recorded.`);
    await pause(10);
    rows = await running.rows();
  }
};
