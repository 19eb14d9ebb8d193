import type { CallGraph } from './call-graph.js';
import { WEIGHTS } from './engine-weights.js';
import type { MeasuredSeries } from './measured-series.js';
import { familyOf, floorOf } from './metric-units.js';
import { quantile } from './statistics.js';
import type { TelemetryAlert } from './telemetry-evidence.js';

/**
 * The alert that somebody would have set: on that symptom of the outermost service which deviates most, among those measured at many
 * services. For evidence that holds nothing but symptoms, where only their moving together tells cause from effect.
 */
export const impliedAlert = (
  measured: readonly MeasuredSeries[],
  calls: CallGraph,
  onsetSeconds: number,
): TelemetryAlert | undefined => {
  if (measured.some(({ kind }) => kind === 'cpu' || kind === 'memory' || kind === 'io')) return undefined;
  const services = new Map<string, number>();
  for (const one of measured) services.set(familyOf(one), (services.get(familyOf(one)) ?? 0) + 1);
  const candidates = measured
    .filter((one) => one.kind === 'symptom' && (services.get(familyOf(one)) ?? 0) >= WEIGHTS.alert.servicesMin)
    .map((series) => ({
      series,
      reach: calls.below(series.service).size,
      z: deviationOf(series),
      // Failed requests come first: they return early, so that latency falls while things get worse.
      failure: TELLS_OF_FAILURE.test(series.metric) ? 1 : 0,
    }))
    .filter(({ reach, z, failure }) => reach > 0 && z >= (failure ? WEIGHTS.alert.failureShares : WEIGHTS.alert.zWeak))
    .sort((a, b) => b.reach - a.reach || b.failure - a.failure || b.z - a.z || (nameOf(a.series) < nameOf(b.series) ? -1 : 1));
  const [best] = candidates;
  return best && { service: best.series.service, metric: best.series.metric, atSeconds: onsetSeconds, summary: '' };
};

const TELLS_OF_FAILURE = /avail|success|error|fail|5xx/i;

const nameOf = ({ service, metric }: MeasuredSeries): string => `${service}\0${metric}`;

const deviationOf = ({ metric, before, during, peers }: MeasuredSeries): number => {
  const { share, points } = WEIGHTS.deviation;
  const scale = Math.max(before.sigma, floorOf(metric, before.centre, share, points, peers));
  return quantile(
    during.map((value) => Math.abs(value - before.centre) / scale),
    WEIGHTS.sustainedQuantile,
  );
};
