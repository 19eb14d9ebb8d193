import type { SeriesFact } from './fact.js';

/** How a series ran: its level at first and at last, its extremes, and how unusual the last level is. */
export interface Shape {
  first: number;
  last: number;
  /** Median of the first quarter. */
  head: number;
  /** Median of the last quarter. */
  tail: number;
  min: number;
  max: number;
  /** Robust z-score of the tail against the first half, with a floor of 2 % of its level. */
  z: number;
  points: number;
}

export const median = (values: readonly number[]): number => {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

/** Many rules look at the same series. */
const known = new WeakMap<SeriesFact, Shape>();

export const shapeOf = (series: SeriesFact): Shape => {
  const shape = known.get(series) ?? measure(series);
  known.set(series, shape);
  return shape;
};

const measure = ({ values }: SeriesFact): Shape => {
  const quarter = Math.max(1, Math.floor(values.length / 4));
  const head = median(values.slice(0, quarter));
  const tail = median(values.slice(-quarter));
  const before = values.slice(0, Math.max(quarter, Math.floor(values.length / 3)));
  const level = median(before);
  const spread = 1.4826 * median(before.map((value) => Math.abs(value - level)));
  const floor = Math.max(spread, Math.abs(level) * 0.02, 1e-9);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return {
    first: values[0] ?? 0,
    last: values.at(-1) ?? 0,
    head,
    tail,
    min,
    max,
    z: (tail - level) / floor,
    points: values.length,
  };
};
