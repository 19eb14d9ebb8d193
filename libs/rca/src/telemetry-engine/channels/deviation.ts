import type { CallGraph } from '../call-graph.js';
import { WEIGHTS } from '../engine-weights.js';
import type { MeasuredSeries } from '../measured-series.js';
import { familyOf, floorOf } from '../metric-units.js';
import { quantile } from '../statistics.js';
import type { TelemetryFinding } from '../telemetry-diagnosis.js';
import type { Tally } from './tally.js';
import { shown } from './shown.js';

interface DeviationWeight {
  weight: number;
  /** Beyond this a deviation is a deviation. */
  zMax: number;
}

/**
 * Any metric far from its usual value, in either direction (availability and throughput fall). Symptoms of a service are discounted
 * by those of the services it calls. A weak hint among others, and what decides when nothing else was measured.
 */
export const addDeviations = (
  tally: Tally,
  series: readonly MeasuredSeries[],
  calls: CallGraph,
  { weight, zMax }: DeviationWeight,
): void => {
  const highest = highestOfFamilies(series);
  const own = new Map<string, TelemetryFinding>();
  const symptoms = new Map<string, TelemetryFinding>();
  for (const one of series) {
    const finding = deviationOf(one, highest.get(familyOf(one)) ?? 0, { weight, zMax });
    const best = one.kind === 'symptom' ? symptoms : own;
    if (finding.weight > (best.get(one.service)?.weight ?? 0)) best.set(one.service, finding);
  }
  for (const service of new Set([...own.keys(), ...symptoms.keys()])) {
    const below = Math.max(0, ...[...calls.callees(service)].map((callee) => symptoms.get(callee)?.weight ?? 0));
    const left = Math.max(0, (symptoms.get(service)?.weight ?? 0) - WEIGHTS.explainedShare * below);
    const ownWeight = own.get(service)?.weight ?? 0;
    const shownFinding = ownWeight >= left ? own.get(service) : symptoms.get(service);
    if (shownFinding) tally.add({ ...shownFinding, weight: ownWeight + left });
  }
};

/** What the worst service of each family shows during the incident. */
const highestOfFamilies = (series: readonly MeasuredSeries[]): Map<string, number> => {
  const highest = new Map<string, number>();
  for (const one of series) {
    const family = familyOf(one);
    const value = Math.abs(quantile(one.during, 0.5));
    if (value > (highest.get(family) ?? 0)) highest.set(family, value);
  }
  return highest;
};

const deviationOf = (
  { service, metric, kind, before, during, peers }: MeasuredSeries,
  highest: number,
  { weight, zMax }: DeviationWeight,
): TelemetryFinding => {
  const { share, points } = WEIGHTS.deviation;
  const scale = Math.max(
    before.sigma,
    floorOf(metric, before.centre, share, points, peers),
    kind === 'symptom' ? WEIGHTS.deviation.ofWorst * highest : 0,
  );
  const z = quantile(
    during.map((value) => Math.abs(value - before.centre) / scale),
    WEIGHTS.sustainedQuantile,
  );
  const usual = quantile(during, 0.5);
  return {
    channel: 'deviation',
    service,
    weight: weight * Math.log1p(Math.min(z, zMax)),
    statement: `${metric} of ${service} is ${shown(usual)} instead of ${shown(before.centre)}, ${shown(z)} times its usual spread.`,
    pointer: metric,
    before: before.centre,
    during: usual,
  };
};
