import { CONFIDENCE } from './engine-weights.js';

/**
 * Probability of each service, from its score: a softmax with one temperature, and one further hypothesis that it is none of them.
 * Missing modalities make that one likelier: whoever sees less knows less.
 */
export const confidencesOf = (scores: readonly number[], missingModalities: number, model = CONFIDENCE): number[] => {
  const unknown = model.unknown + model.perMissing * missingModalities;
  const highest = Math.max(unknown, ...scores);
  const odds = scores.map((score) => Math.exp((score - highest) / model.temperature));
  const sum = odds.reduce((total, one) => total + one, Math.exp((unknown - highest) / model.temperature));
  return odds.map((one) => one / sum);
};
