import { WEIGHTS } from '../engine-weights.js';
import type { MeasuredSeries } from '../measured-series.js';
import { floorOf } from '../metric-units.js';
import { quantile } from '../statistics.js';
import type { Tally } from './tally.js';
import { shown } from './shown.js';

/** A service's own CPU, memory or I/O well above what is usual; never explained away, since resources do not travel along calls. */
export const addResources = (tally: Tally, series: readonly MeasuredSeries[]): void => {
  const { share, points, zMin, cap } = WEIGHTS.resource;
  for (const { service, metric, kind, before, during, peers } of series) {
    if (kind !== 'cpu' && kind !== 'memory' && kind !== 'io') continue;
    const scale = Math.max(before.sigma, floorOf(metric, before.centre, share, points, peers));
    const high = quantile(during, WEIGHTS.sustainedQuantile);
    const z = (high - before.centre) / scale;
    if (z <= zMin) continue;
    tally.add({
      channel: kind,
      service,
      weight: Math.min(cap, Math.log2(z / zMin)) * (kind === 'cpu' ? WEIGHTS.resource.cpu : WEIGHTS.resource.other),
      statement: `${metric} of ${service} rose from ${shown(before.centre)} to ${shown(high)}, ${shown(z)} times its usual spread.`,
      pointer: metric,
      before: before.centre,
      during: high,
    });
  }
};
