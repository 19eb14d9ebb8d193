import type { CallGraph } from '../call-graph.js';
import { WEIGHTS } from '../engine-weights.js';
import { familyOf, sizeOf } from '../metric-units.js';
import { seriesKey } from '../measured-series.js';
import { correlation, median, quantile, SIGMA_PER_MAD } from '../statistics.js';
import type { MetricSeries, TelemetryAlert } from '../telemetry-evidence.js';
import type { Tally } from './tally.js';
import { shown } from './shown.js';

/**
 * When the alert's own metric is measured at many services: candidates are those where it is anomalous too, ranked by how they move
 * with the alert's series, and discounted where something they call moves with it better. `false` when there is nothing to compare.
 */
export const addAlertCorrelation = (
  tally: Tally,
  alert: TelemetryAlert,
  series: readonly MetricSeries[],
  reference: ReadonlyMap<string, readonly number[]>,
  calls: CallGraph,
  weight: number,
): boolean => {
  const { zMin, servicesMin, below, reachable, strength, hasCallees } = WEIGHTS.alert;
  const family = familyOf(alert);
  const comparable = series.filter((one) => familyOf(one) === family);
  const alerting = comparable.find(({ service }) => service === alert.service);
  if (!alerting || comparable.length < servicesMin) return false;
  const scores = anomaliesAt(alert, alerting, comparable, reference, zMin);
  if (scores.size === 0) return false;
  const alertValues = new Map(alerting.points);
  const moves = new Map<string, number>();
  for (const { service, points } of comparable) {
    const shared = points.filter(([at]) => alertValues.has(at));
    const r = correlation(
      shared.map(([at]) => alertValues.get(at) ?? NaN),
      shared.map(([, value]) => value),
    );
    if (scores.has(service)) moves.set(service, shared.length < 3 ? 0 : r);
  }
  for (const [service, r] of moves) {
    if (service === alert.service) continue;
    const better = Math.max(0, ...[...calls.below(service)].map((callee) => (moves.get(callee) ?? 0) - 0.9 * Math.abs(r)));
    const z = scores.get(service) ?? 0;
    const score =
      r -
      below * better +
      strength * Math.tanh(z / 50) +
      (calls.below(alert.service).has(service) ? reachable : 0) +
      (calls.callees(service).size > 0 ? hasCallees : 0);
    tally.add({
      channel: 'alert-correlation',
      service,
      weight: weight * score,
      statement: `${alert.metric} of ${service} is ${shown(z)} times its usual spread away and moves with that of ${alert.service} (r ${shown(r)}).`,
      pointer: alert.metric,
    });
  }
  return true;
};

/** Deviation of every anomalous service at the first moment since the alert when the alerting one is anomalous. */
const anomaliesAt = (
  alert: TelemetryAlert,
  alerting: MetricSeries,
  comparable: readonly MetricSeries[],
  reference: ReadonlyMap<string, readonly number[]>,
  zMin: number,
): Map<string, number> => {
  const deviations = new Map(comparable.map((one) => [one.service, deviationOf(one, alert.atSeconds, reference)]));
  const alertDeviation = deviations.get(alert.service);
  const times = [...new Set(comparable.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const values = new Map(comparable.map(({ service, points }) => [service, new Map(points)]));
  const valueAt = (service: string, at: number): number | undefined => values.get(service)?.get(at);
  const alertZ = (at: number): number => {
    const value = valueAt(alerting.service, at);
    return at < alert.atSeconds || value === undefined ? 0 : (alertDeviation?.(value) ?? 0);
  };
  const clear = times.find((at) => alertZ(at) > zMin);
  const at = clear ?? times.reduce((highest, time) => (alertZ(time) > alertZ(highest) ? time : highest), times[0] ?? NaN);
  const found = new Map<string, number>();
  // An alert may fire on what hardly stands out in its own series; what stands out half as much elsewhere is then worth a look.
  const least = Math.min(zMin, Math.max(WEIGHTS.alert.zWeak, alertZ(at) / 2));
  if (alertZ(at) < WEIGHTS.alert.zWeak) return found;
  for (const [service, deviation] of deviations) {
    const value = valueAt(service, at);
    const z = value === undefined ? 0 : (deviation?.(value) ?? 0);
    if (z >= least) found.set(service, z);
  }
  return found;
};

/** Distance from the usual value in robust sigmas; `undefined` when nothing is known of it. */
const deviationOf = (
  series: MetricSeries,
  onsetSeconds: number,
  reference: ReadonlyMap<string, readonly number[]>,
): ((value: number) => number) | undefined => {
  const known = reference.get(seriesKey(series)) ?? [];
  const usual =
    known.length >= 10 ? known : [...known, ...series.points.filter(([at]) => at < onsetSeconds).map(([, value]) => value)];
  if (usual.length < WEIGHTS.alert.usualMin) return undefined;
  const centre = median(usual);
  const spread =
    SIGMA_PER_MAD *
    quantile(
      usual.map((value) => Math.abs(value - centre)),
      0.5,
    );
  const sigma = usual.length < 10 ? Math.max(spread, WEIGHTS.alert.fewPointsShare * sizeOf(series.metric, centre)) : spread;
  const isConstant = usual.length >= 10 && usual.every((value) => value === usual[0]);
  // What never varied has no spread; a thousandth of a unit then counts as one.
  return (value) => Math.abs(value - centre) / (isConstant ? 1e-3 : sigma || 1e-12);
};
