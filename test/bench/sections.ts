import type { Contender } from './contender.js';
import { inquestProcesses } from './contenders/inquest.js';
import { residentMb } from './cpu.js';
import { openIdleSessions } from './live-sessions.js';
import { lowLoad, median, saturate, warmUp, type Latency, type Saturation } from './measure.js';
import { recorderRate, type RecorderRate } from './recorder-rate.js';
import { redisMemory, type RedisMemory } from './redis-memory.js';
import type { ServerHouse } from './servers.js';

export type Say = (line: string) => void;

export interface LiveFigures {
  readonly sessions: number;
  readonly saturation: Saturation;
  readonly latency: Latency;
}

const LIVE_SATURATION = { inFlight: 128, seconds: 6 };
const LIVE_LATENCY = { rate: 30, count: 300 };

/** Whether sessions that merely wait cost those that are under way anything. */
export const liveSessions = async (house: ServerHouse, counts: readonly number[], say: Say): Promise<LiveFigures[]> => {
  const figures: LiveFigures[] = [];
  for (const sessions of counts) {
    const servers = await house.fresh();
    const running = await inquestProcesses().start(servers);
    try {
      await openIdleSessions(servers, sessions);
      await warmUp(running, 600, 64);
      const saturation = await saturate(running, servers, LIVE_SATURATION);
      const latency = await lowLoad(running, servers, LIVE_LATENCY);
      figures.push({ sessions, saturation, latency });
      say(`${sessions} live sessions: ${saturation.debatesPerSecond.toFixed(0)} debates/s, p50 ${latency.p50.toFixed(1)} ms`);
    } finally {
      await running.stop();
    }
  }
  return figures;
};

export interface ReplicaFigures {
  readonly replicas: number;
  readonly debatesPerSecond: number;
}

/** The same load on one, two and four of each service but the gateway. */
export const replicas = async (house: ServerHouse, counts: readonly number[], say: Say): Promise<ReplicaFigures[]> => {
  const figures: ReplicaFigures[] = [];
  for (const count of counts) {
    const { debatesPerSecond } = await saturatedOnce(house, inquestProcesses({ replicas: count }));
    figures.push({ replicas: count, debatesPerSecond });
    say(`${count} of each: ${debatesPerSecond.toFixed(0)} debates/s`);
  }
  return figures;
};

const saturatedOnce = async (house: ServerHouse, contender: Contender): Promise<Saturation> => {
  const servers = await house.fresh();
  const running = await contender.start(servers);
  try {
    await warmUp(running, 600, 64);
    return await saturate(running, servers, LIVE_SATURATION);
  } finally {
    await running.stop();
  }
};

export const memoryPerSession = async (house: ServerHouse, debates: number, say: Say): Promise<RedisMemory> => {
  const servers = await house.fresh();
  const running = await inquestProcesses().start(servers);
  try {
    const memory = await redisMemory(running, servers, debates);
    const { bytesPerSession, payloadBytes, ratio } = memory;
    say(
      `Redis: ${bytesPerSession.toFixed(0)} bytes per ended session of ${payloadBytes.toFixed(0)} bytes, × ${ratio.toFixed(2)}`,
    );
    return memory;
  } finally {
    await running.stop();
  }
};

/** Median of the rounds' ratios, with the round that has it. */
export const recorder = async (house: ServerHouse, rounds: number, debates: number, say: Say): Promise<RecorderRate> => {
  const rates: RecorderRate[] = [];
  for (let round = 0; round < rounds; round += 1) rates.push(await recorderRate(house, debates));
  const middle = (of: (rate: RecorderRate) => number): number => median(rates.map(of));
  const rate = {
    rowsPerSecond: middle(({ rowsPerSecond }) => rowsPerSecond),
    bareRowsPerSecond: middle(({ bareRowsPerSecond }) => bareRowsPerSecond),
    ratio: middle(({ ratio }) => ratio),
  };
  say(
    `recorder: ${rate.rowsPerSecond.toFixed(0)} rows/s, bare insertion ${rate.bareRowsPerSecond.toFixed(0)}, × ${rate.ratio.toFixed(2)}`,
  );
  return rate;
};

export interface Growth {
  readonly debates: number;
  /** Resident megabytes of all services together. */
  readonly residentMb: number;
}

/** Resident memory as debates go by: it must not grow with them. */
export const growth = async (house: ServerHouse, steps: readonly number[], say: Say): Promise<Growth[]> => {
  const servers = await house.fresh();
  const running = await inquestProcesses().start(servers);
  const figures: Growth[] = [];
  try {
    let done = 0;
    for (const step of steps) {
      await warmUp(running, step - done, 128);
      done = step;
      const residentNow = running.pids().reduce((sum, pid) => sum + residentMb(pid), 0);
      figures.push({ debates: done, residentMb: residentNow });
      say(`after ${done} debates: ${residentNow.toFixed(0)} MB in all services`);
    }
    return figures;
  } finally {
    await running.stop();
  }
};
