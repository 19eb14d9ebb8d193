import type { RankedService } from '@inquest/rca';
import { accuracyAt } from './measures.js';

/** One case's ranking with its findings, and the service it should have named. */
export interface RankedCase {
  set: string;
  ranked: readonly RankedService[];
  service: string;
}

type Factors = ReadonlyMap<string, number>;

const CANDIDATES = [0.5, 0.7, 1, 1.4, 2];
const ROUNDS = 2;

/** A service's score is the sum of its findings, so other weights of the channels need no other run of the engine. */
const rankWith = ({ ranked, service }: RankedCase, factors: Factors): number => {
  const scores = ranked.map((one) => ({
    service: one.service,
    score: one.findings.reduce((sum, { channel, weight }) => sum + weight * (factors.get(channel) ?? 1), 0),
  }));
  const own = scores.find((one) => one.service === service);
  if (!own || own.score <= 0) return Infinity;
  return 1 + scores.filter((one) => one.score > own.score || (one.score === own.score && one.service < service)).length;
};

/** Mean reciprocal rank: it also tells of what nearly became first. */
const fitness = (cases: readonly RankedCase[], factors: Factors): number =>
  cases.reduce((sum, one) => sum + 1 / rankWith(one, factors), 0) / cases.length;

/** Factors of the channels' weights that suit some cases best, one channel after the other; those as they are when nothing is better. */
export const fittedFactors = (cases: readonly RankedCase[]): Factors => {
  const channels = [
    ...new Set(cases.flatMap(({ ranked }) => ranked.flatMap(({ findings }) => findings.map((one) => one.channel)))),
  ].sort();
  let best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const channel of channels)
      for (const factor of CANDIDATES) {
        const tried = new Map([...best, [channel, factor]]);
        if (fitness(cases, tried) > fitness(cases, best) + 1e-9) best = tried;
      }
  return best;
};

export interface FoldResult {
  fold: string;
  count: number;
  /** AC@1 with the weights as they are, and with weights fitted to the other folds alone. */
  asTheyAre: number;
  refitted: number;
}

/** What weights fitted without a fold would have found in it: how far the weights as they are owe their figures to having seen it. */
export const crossValidated = (
  cases: readonly RankedCase[],
  foldOf: (one: RankedCase, index: number) => string,
): FoldResult[] => {
  const folds = cases.map(foldOf);
  return [...new Set(folds)].sort().map((fold) => {
    const own = cases.filter((_, index) => folds[index] === fold);
    const factors = fittedFactors(cases.filter((_, index) => folds[index] !== fold));
    const accuracy = (with_: Factors): number =>
      accuracyAt(
        own.map((one) => rankWith(one, with_)),
        1,
      );
    return { fold, count: own.length, asTheyAre: accuracy(new Map()), refitted: accuracy(factors) };
  });
};
