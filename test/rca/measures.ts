/** Ranks of the true answers, 1 for first, Infinity for not named. */
export type Ranks = readonly number[];

/** AC@k: share of the cases whose true cause is among the first k. */
export const accuracyAt = (ranks: Ranks, k: number): number => share(ranks, (rank) => rank <= k);

/** Avg@5 of RCAEval: mean of AC@1 … AC@5. */
export const averageAt5 = (ranks: Ranks): number => [1, 2, 3, 4, 5].reduce((sum, k) => sum + accuracyAt(ranks, k), 0) / 5;

/** What was said of one case: how sure the engine was of its first answer, and whether that was right. */
export interface Stated {
  confidence: number;
  right: boolean;
}

/** Mean squared difference between stated confidence and what was true: 0 is perfect, 0.25 what a coin would get. */
export const brier = (stated: readonly Stated[]): number =>
  stated.reduce((sum, { confidence, right }) => sum + (confidence - (right ? 1 : 0)) ** 2, 0) / stated.length;

export interface ReliabilityBin {
  from: number;
  to: number;
  count: number;
  meanConfidence: number;
  shareRight: number;
}

/** Stated against true frequency, in five bins; empty ones are left out. */
export const reliability = (stated: readonly Stated[], bins = 5): ReliabilityBin[] =>
  Array.from({ length: bins }, (_, bin) => {
    const [from, to] = [bin / bins, (bin + 1) / bins];
    const inside = stated.filter(({ confidence }) => confidence >= from && (confidence < to || bin === bins - 1));
    return {
      from,
      to,
      count: inside.length,
      meanConfidence: inside.reduce((sum, { confidence }) => sum + confidence, 0) / inside.length,
      shareRight: share(inside, ({ right }) => right),
    };
  }).filter(({ count }) => count > 0);

/** For each threshold below which the engine abstains: on how many cases it speaks, and how often it is then right. */
export const abstention = (
  stated: readonly Stated[],
  thresholds: readonly number[],
): { threshold: number; coverage: number; accuracy: number }[] =>
  thresholds.map((threshold) => {
    const spoken = stated.filter(({ confidence }) => confidence >= threshold);
    return { threshold, coverage: spoken.length / stated.length, accuracy: share(spoken, ({ right }) => right) };
  });

export const percentile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? NaN;

const share = <T>(items: readonly T[], is: (item: T) => boolean): number => items.filter(is).length / items.length;
