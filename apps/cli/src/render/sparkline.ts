const BLOCKS = '▁▂▃▄▅▆▇█';

export interface Sparkline {
  /** One character per stretch of time; a blank where nothing was measured. */
  readonly bars: string;
  readonly min: number;
  readonly max: number;
  /** Column of `bars` in which an instant lies; undefined when it is not in the series. */
  readonly columnOf: (seconds: number) => number | undefined;
}

/** Means of equal stretches of time, drawn between the least and the greatest of them. Points that are no number are left out. */
export const sparkline = (points: readonly (readonly [seconds: number, value: number])[], columnsMax: number): Sparkline => {
  const clean = points.filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value)).sort(([a], [b]) => a - b);
  const [from, to] = [clean[0]?.[0] ?? 0, clean.at(-1)?.[0] ?? 0];
  const columns = Math.max(1, Math.min(columnsMax, clean.length));
  const place = (seconds: number): number =>
    Math.min(columns - 1, Math.floor(((seconds - from) / Math.max(to - from, 1e-9)) * columns));
  const sums = Array.from({ length: columns }, () => ({ sum: 0, count: 0 }));
  let [min, max] = [Infinity, -Infinity];
  for (const [at, value] of clean) {
    const stretch = sums[place(at)];
    if (stretch === undefined) continue;
    stretch.sum += value;
    stretch.count += 1;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const means = sums.map(({ sum, count }) => (count === 0 ? undefined : sum / count));
  const known = means.filter((mean) => mean !== undefined);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  // What never moved is drawn low: a full bar would look like a peak.
  const level = (mean: number): number =>
    high > low ? Math.min(BLOCKS.length - 1, Math.floor(((mean - low) / (high - low)) * BLOCKS.length)) : 0;
  return {
    bars: means.map((mean) => (mean === undefined ? ' ' : BLOCKS[level(mean)])).join(''),
    min: clean.length === 0 ? NaN : min,
    max: clean.length === 0 ? NaN : max,
    columnOf: (seconds) => (seconds >= from && seconds <= to ? place(seconds) : undefined),
  };
};
