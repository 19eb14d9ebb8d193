import type { Incident } from '@inquest/contracts';
import type { SeriesFact } from '../facts/fact.js';
import type { MetricSeries } from '../telemetry-engine/telemetry-evidence.js';
import type { EvidenceSources } from './evidence-sources.js';
import { serviceOfSeries } from './services.js';

/** Fewer points than this are a reading and no series. */
const POINTS_MIN = 6;

/** Points that are compared in all, so that a diagnosis takes well under 100 ms; and what each series keeps at least. */
const POINTS_MAX = 16_000;
const POINTS_KEPT = 30;
/** The series of a collector that asked for everything are in no order that helps. */
const SERIES_MAX = 600;

/** Every n-th point and the last, which still show level and step. */
const thinned = <Point>(points: readonly Point[], most: number): readonly Point[] => {
  const step = Math.ceil(points.length / most);
  return step <= 1 ? points : points.filter((_, index) => (points.length - 1 - index) % step === 0);
};

/** A series of the snapshot under the names by which the engine knows it. */
export interface NamedSeries extends MetricSeries {
  unit: string;
  evidenceId: string;
}

const PERCENT = /^(?:%|percent|pct)$/i;

/** The engine reads units from names. */
const metricNamed = ({ name, unit }: SeriesFact): string =>
  PERCENT.test(unit) && !/%|percent|pct/i.test(name) ? `${name} (%)` : name;

/**
 * Series with times, each under a name of its own: two pods of one workload, or two quantiles, are two series and must not be
 * taken for one that jumps.
 */
export const namedSeries = (
  facts: readonly SeriesFact[],
  queries: ReadonlyMap<string, string>,
  incident: Incident,
  sources: EvidenceSources,
): NamedSeries[] => {
  const taken = new Map<string, number>();
  const plotted = facts.filter(({ times }) => times.length >= POINTS_MIN).slice(0, SERIES_MAX);
  const most = Math.max(POINTS_KEPT, Math.floor(POINTS_MAX / Math.max(1, plotted.length)));
  return plotted.flatMap((fact) => {
    const all = fact.values
      .map((value, index) => [(fact.times[index] ?? NaN) / 1_000, value] as const)
      .filter(([at]) => Number.isFinite(at));
    const points = thinned(all, most);
    const service = serviceOfSeries(fact.subject, fact.labels, queries.get(fact.id) ?? '', incident);
    if (points.length < POINTS_MIN || service === '') return [];
    const name = metricNamed(fact);
    const key = `${service}\0${name}`;
    const count = (taken.get(key) ?? 0) + 1;
    taken.set(key, count);
    const metric = count === 1 ? name : `${name} #${count}`;
    sources.add(service, metric, fact.id);
    return [{ service, metric, points, unit: fact.unit, evidenceId: fact.id }];
  });
};
