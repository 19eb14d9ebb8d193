import { confidencesOf } from '../../libs/rca/src/telemetry-engine/confidence.js';
import { CONFIDENCE } from '../../libs/rca/src/telemetry-engine/engine-weights.js';
import { brier, type Stated } from './measures.js';

/** Scores of one case, best first, and whether the first is right. */
export interface Scored {
  set: string;
  scores: readonly number[];
  missing: number;
  right: boolean;
}

const TEMPERATURES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2, 3];

const statedAt = (scored: readonly Scored[], temperature: number): Stated[] =>
  scored.map(({ scores, missing, right }) => ({
    confidence: confidencesOf(scores, missing, { ...CONFIDENCE, temperature })[0] ?? 0,
    right,
  }));

export interface LeftOut {
  set: string;
  /** Best temperature on the other sets, and what it leads to on this one. */
  temperature: number;
  brier: number;
}

/** Leave one set out: the temperature is fitted on the others, so that its Brier score says how it does on what it never saw. */
export const leaveOneSetOut = (scored: readonly Scored[]): LeftOut[] =>
  [...new Set(scored.map(({ set }) => set))].map((set) => {
    const others = scored.filter((one) => one.set !== set);
    const temperature = TEMPERATURES.reduce((best, candidate) =>
      brier(statedAt(others, candidate)) < brier(statedAt(others, best)) ? candidate : best,
    );
    return {
      set,
      temperature,
      brier: brier(
        statedAt(
          scored.filter((one) => one.set === set),
          temperature,
        ),
      ),
    };
  });
