import { ONSET } from './engine-weights.js';
import { seriesKey } from './measured-series.js';
import { floorOf, kindOf } from './metric-units.js';
import { median, quantileOfSorted, SIGMA_PER_MAD, type Spread } from './statistics.js';
import type { Onset } from './telemetry-diagnosis.js';
import type { MetricSeries, TelemetryAlert } from './telemetry-evidence.js';

/**
 * When the incident began: the moment at which the services that change most step away from what they were, and stay there. Every
 * series is cut into the same bins; the step at a bin is how far the rest lies from what came before, in usual spreads, and both by
 * their means, which peak at the true moment, and by their medians, in which an earlier incident that was over leaves no trace.
 * Without a clear step it is the last part of the evidence, since somebody looked now. What somebody tells of the time narrows the
 * search: people and alerts notice late.
 */
export const detectOnset = (
  series: readonly MetricSeries[],
  usual: ReadonlyMap<string, Spread>,
  alerts: readonly TelemetryAlert[],
  told?: number,
): Onset => {
  const { bySeries, times } = binned(series, usual);
  const alertSeconds = Math.min(...alerts.map(({ atSeconds }) => atSeconds).filter(Number.isFinite));
  const hasAlert = Number.isFinite(alertSeconds);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return { atSeconds: told ?? (hasAlert ? alertSeconds : -Infinity), clarity: 0 };
  const latest = Math.min(last - ONSET.lastShare * (last - first), times.at(-ONSET.binsMin) ?? first);
  let best = { step: 0, at: told ?? (hasAlert ? alertSeconds : latest) };
  times.forEach((at, bin) => {
    if (bin < 2 || times.length - bin < ONSET.binsMin || (hasAlert && at > alertSeconds)) return;
    if (told !== undefined && (at < told - ONSET.toldLateSeconds || at > told + ONSET.toldEarlySeconds)) return;
    const byService = new Map<string, number>();
    for (const { service, bins } of bySeries) {
      const step = bins.stepAt(bin);
      if (step > (byService.get(service) ?? 0)) byService.set(service, step);
    }
    const steps = [...byService.values()].sort((a, b) => b - a).slice(0, ONSET.services);
    // A step needs something to step up from, and something that lasts: the less there is of either, the less it counts.
    const [before, after] = [bin / (ONSET.beforeShare * times.length), (times.length - bin) / (ONSET.afterShare * times.length)];
    const step = steps.reduce((sum, one) => sum + one, 0) * Math.sqrt(Math.min(1, before) * Math.min(1, after));
    if (step > best.step && step >= ONSET.stepMin) best = { step, at };
  });
  return { atSeconds: best.at, clarity: Math.min(1, best.step / ONSET.stepClear) };
};

/** One series in bins, in units of its usual spread, and capped. */
class Bins {
  readonly #sumTo: Float64Array;

  /** @param isDistance The values are distances from what is usual; else they lie around the median of the series itself. */
  constructor(
    readonly values: Float64Array,
    readonly isDistance: boolean,
  ) {
    this.#sumTo = new Float64Array(values.length + 1);
    values.forEach((value, bin) => (this.#sumTo[bin + 1] = (this.#sumTo[bin] ?? 0) + value));
  }

  /** Square root, so that a wild series does not outweigh others, of how far what came since lies from what was before. */
  stepAt(bin: number): number {
    const [before, all, count] = [this.#sumTo[bin] ?? 0, this.#sumTo.at(-1) ?? 0, this.values.length];
    const byMeans = (all - before) / (count - bin) - before / bin;
    // Where the usual is known, a way back to it is no onset.
    if (Math.abs(byMeans) <= ONSET.zMin || (this.isDistance && byMeans < 0)) return 0;
    const byMedians = medianOf(this.values.subarray(bin)) - medianOf(this.values.subarray(0, bin));
    if (byMeans * byMedians <= 0) return 0;
    return Math.sqrt(Math.max(0, Math.min(Math.abs(byMeans), Math.abs(byMedians)) - ONSET.zMin));
  }
}

const medianOf = (values: Float64Array): number => quantileOfSorted(values.slice().sort(), 0.5);

const binned = (
  series: readonly MetricSeries[],
  usual: ReadonlyMap<string, Spread>,
): { bySeries: { service: string; bins: Bins }[]; times: number[] } => {
  const own = series.filter(({ metric, points }) => kindOf(metric) !== undefined && points.length >= ONSET.pointsMin);
  let [first, last] = [Infinity, -Infinity];
  for (const { points } of own)
    for (const [at] of points) {
      first = Math.min(first, at);
      last = Math.max(last, at);
    }
  if (!(last > first)) return { bySeries: [], times: [] };
  // Steps within a series: those of different ones may be seconds apart.
  const usualStep = median(
    own.map(({ points }) => median(points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? at)))),
  );
  const width = Math.max(usualStep, (last - first) / ONSET.resolution);
  const count = Math.floor((last - first) / width + 1e-9) + 1;
  const binOf = (at: number): number => Math.min(count - 1, Math.floor((at - first) / width + 1e-9));
  return {
    bySeries: own.map((one) => ({ service: one.service, bins: binsOf(one, usual.get(seriesKey(one)), count, binOf) })),
    times: Array.from({ length: count }, (_, bin) => first + bin * width),
  };
};

const binsOf = (
  { metric, points }: MetricSeries,
  known: Spread | undefined,
  count: number,
  binOf: (at: number) => number,
): Bins => {
  const values = points.map(([, value]) => value);
  const centre = known?.centre ?? median(values);
  const scale = Math.max(known?.sigma ?? noiseOf(values), floorOf(metric, centre, ONSET.share, ONSET.points));
  const [sums, counts] = [new Float64Array(count), new Float64Array(count)];
  for (const [at, value] of points) {
    const bin = binOf(at);
    const distance = (value - centre) / scale;
    sums[bin] = (sums[bin] ?? 0) + (known ? Math.abs(distance) : distance);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return new Bins(
    sums.map((sum, bin) => {
      const points = counts[bin] ?? 0;
      return points === 0 ? 0 : Math.max(-ONSET.zMax, Math.min(ONSET.zMax, sum / points));
    }),
    known !== undefined,
  );
};

/** Spread of the noise, from differences of neighbours: one step in the series, wherever it is, hardly shows in their median. */
const noiseOf = (values: readonly number[]): number =>
  (SIGMA_PER_MAD * median(values.slice(1).map((value, index) => Math.abs(value - (values[index] ?? value))))) / Math.SQRT2;
