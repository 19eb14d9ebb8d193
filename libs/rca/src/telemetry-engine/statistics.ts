/** The `q`-quantile by linear interpolation between order statistics; NaN for nothing. */
export const quantile = (values: readonly number[], q: number): number => quantileOfSorted(sorted(values), q);

export const quantileOfSorted = (inOrder: ArrayLike<number>, q: number): number => {
  if (inOrder.length === 0) return NaN;
  const position = (inOrder.length - 1) * q;
  const low = inOrder[Math.floor(position)] ?? NaN;
  const high = inOrder[Math.ceil(position)] ?? NaN;
  return low + (high - low) * (position - Math.floor(position));
};

/** Typed arrays sort numbers several times faster than a comparison does. */
const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation of a normal distribution per unit of its interquartile range. */
const SIGMA_PER_IQR = 1 / 1.349;
/** … and per unit of its median absolute deviation. */
export const SIGMA_PER_MAD = 1.4826;

export interface Spread {
  centre: number;
  sigma: number;
}

/** Median, and the sigma that the interquartile range stands for. */
export const robustSpread = (values: readonly number[]): Spread => {
  const inOrder = sorted(values);
  return {
    centre: quantileOfSorted(inOrder, 0.5),
    sigma: (quantileOfSorted(inOrder, 0.75) - quantileOfSorted(inOrder, 0.25)) * SIGMA_PER_IQR,
  };
};

/** Pearson's r; 0 when either does not vary. */
export const correlation = (xs: readonly number[], ys: readonly number[]): number => {
  const [meanX, meanY] = [mean(xs), mean(ys)];
  let [xy, xx, yy] = [0, 0, 0];
  xs.forEach((x, index) => {
    const [dx, dy] = [x - meanX, (ys[index] ?? NaN) - meanY];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  });
  const r = xy / Math.sqrt(xx * yy);
  return Number.isFinite(r) ? r : 0;
};
