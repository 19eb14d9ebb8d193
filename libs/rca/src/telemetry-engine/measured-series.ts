import { familyOf, kindOf, ratesOfCounters, type MetricKind } from './metric-units.js';
import { median, robustSpread, type Spread } from './statistics.js';
import type { EdgeLatency, MetricSeries } from './telemetry-evidence.js';

/** A series cut at the onset. */
export interface MeasuredSeries {
  service: string;
  metric: string;
  kind: MetricKind;
  /** What is usual: before the onset and in the reference. */
  before: Spread;
  /** Usual size of the same metric with the median service; 0 when too few have it. */
  peers: number;
  during: readonly number[];
}

/** Fewer points than this are no usual value. */
const USUAL_POINTS_MIN = 4;

/** Points in order of time, without what is no number. */
const cleanPoints = (points: MetricSeries['points']): MetricSeries['points'] => {
  const isClean = points.every(
    ([at, value], index) => Number.isFinite(at) && Number.isFinite(value) && at >= (points[index - 1]?.[0] ?? -Infinity),
  );
  if (isClean) return points;
  return points.filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value)).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
};

/** Fewer services than this say nothing of what is usual for the others. */
const PEERS_MIN = 3;

/** The series without what is no number, those of one service and metric that come in parts put together. */
export const cleanSeries = (series: readonly MetricSeries[]): MetricSeries[] => {
  const whole = new Map<string, MetricSeries>();
  for (const one of series) {
    const key = seriesKey(one);
    const other = whole.get(key);
    whole.set(key, { ...one, points: cleanPoints(other ? [...other.points, ...one.points] : one.points) });
  }
  return [...whole.values()].map((one) => ({ ...one, points: ratesOfCounters(one) }));
};

export const cleanEdges = (edges: readonly EdgeLatency[]): EdgeLatency[] =>
  edges.map((edge) => ({ ...edge, client: cleanPoints(edge.client), server: cleanPoints(edge.server) }));

export const seriesKey = ({ service, metric }: Pick<MetricSeries, 'service' | 'metric'>): string => `${service}\0${metric}`;

/**
 * Series that say something about a service, with its usual values from before the onset and from the reference together: a fault
 * may have been there before anybody noticed, and a reference may be of another day. Those without usual values are left out.
 */
export const measureAt = (
  series: readonly MetricSeries[],
  reference: ReadonlyMap<string, readonly number[]>,
  onsetSeconds: number,
): MeasuredSeries[] => {
  const measured = series.flatMap((one) => {
    const kind = kindOf(one.metric);
    if (kind === undefined) return [];
    const before: number[] = [...(reference.get(seriesKey(one)) ?? [])];
    const during: number[] = [];
    for (const [at, value] of one.points) {
      if (at < onsetSeconds) before.push(value);
      else during.push(value);
    }
    if (before.length < USUAL_POINTS_MIN || during.length === 0) return [];
    return [{ service: one.service, metric: one.metric, kind, before: robustSpread(before), during }];
  });
  const sizes = new Map<string, number[]>();
  for (const one of measured) {
    const family = familyOf(one);
    const ofFamily = sizes.get(family);
    if (ofFamily) ofFamily.push(Math.abs(one.before.centre));
    else sizes.set(family, [Math.abs(one.before.centre)]);
  }
  return measured.map((one) => {
    const ofPeers = sizes.get(familyOf(one)) ?? [];
    return { ...one, peers: ofPeers.length >= PEERS_MIN ? median(ofPeers) : 0 };
  });
};

/** Usual values by `seriesKey`. */
export const referenceValues = (series: readonly MetricSeries[]): Map<string, readonly number[]> =>
  new Map(cleanSeries(series).map((one) => [seriesKey(one), one.points.map(([, value]) => value)]));
