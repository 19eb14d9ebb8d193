import type { Contender } from './contender.js';
import { lowLoad, median, saturate, warmUp, type Latency, type Saturation } from './measure.js';
import type { ServerHouse } from './servers.js';

export interface ComparePlan {
  readonly rounds: number;
  /** Of saturation, per contender and round. */
  readonly seconds: number;
  readonly inFlight: number;
  /** Debates per second at low load, and how many. */
  readonly rate: number;
  readonly count: number;
  readonly warmUp: number;
}

export interface Round {
  readonly saturation: Saturation;
  readonly latency: Latency;
}

/** What each contender did, by its key, round by round. */
export type Comparison = ReadonlyMap<string, readonly Round[]>;

/** Rounds in which everyone takes a turn, so that what the machine does besides meets all of them; who begins changes. */
export const compare = async (
  house: ServerHouse,
  contenders: readonly Contender[],
  plan: ComparePlan,
  say: (line: string) => void,
): Promise<Comparison> => {
  const results = new Map<string, Round[]>(contenders.map(({ key }) => [key, []]));
  for (let number = 0; number < plan.rounds; number += 1) {
    for (let index = 0; index < contenders.length; index += 1) {
      const contender = contenders[(index + number) % contenders.length];
      if (!contender) continue;
      const round = await measured(house, contender, plan);
      results.get(contender.key)?.push(round);
      say(`round ${number + 1}/${plan.rounds}  ${lineOf(contender.title, round)}`);
    }
  }
  return results;
};

const measured = async (house: ServerHouse, contender: Contender, plan: ComparePlan): Promise<Round> => {
  const servers = await house.fresh();
  const running = await contender.start(servers);
  try {
    await warmUp(running, plan.warmUp, 64);
    const saturation = await saturate(running, servers, plan);
    const latency = await lowLoad(running, servers, plan);
    return { saturation, latency };
  } finally {
    await running.stop();
  }
};

const lineOf = (title: string, { saturation, latency }: Round): string => {
  const { debatesPerSecond, cpuMs } = saturation;
  const cpu = `${cpuMs.all.toFixed(2)} ms CPU (Redis ${cpuMs.redis.toFixed(2)}, PostgreSQL ${cpuMs.postgres.toFixed(2)}, Node.js ${cpuMs.node.toFixed(2)})`;
  const { p50, p95, p99 } = latency;
  return `${title.padEnd(36)} ${debatesPerSecond.toFixed(0).padStart(5)} debates/s  ${cpu}  p50 ${p50.toFixed(1)}  p95 ${p95.toFixed(1)}  p99 ${p99.toFixed(1)} ms`;
};

/** Median over the rounds of one figure of one contender. */
export const medianOf = (comparison: Comparison, key: string, figure: (round: Round) => number): number =>
  median((comparison.get(key) ?? []).map(figure));

/** Median of the ratios within each round. */
export const ratioOf = (comparison: Comparison, key: string, to: string, figure: (round: Round) => number): number => {
  const others = comparison.get(to) ?? [];
  return median(
    (comparison.get(key) ?? []).flatMap((round, index) => {
      const other = others[index];
      return other ? [figure(round) / figure(other)] : [];
    }),
  );
};
