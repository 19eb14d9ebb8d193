import { CallGraph } from './call-graph.js';
import { addAlertCorrelation } from './channels/alert-correlation.js';
import { addBrokenCode } from './channels/broken-code.js';
import { addCallCounts } from './channels/call-counts.js';
import { addDeviations } from './channels/deviation.js';
import { lostSteps, runsOf, usualSteps } from './channels/lost-steps.js';
import { newErrors } from './channels/new-errors.js';
import { addOwnTime } from './channels/own-time.js';
import { addResources } from './channels/resources.js';
import { Tally } from './channels/tally.js';
import { calledServices, TraceWindow } from './channels/trace-window.js';
import { edgeDelaysOfMetrics, mergedDelays, type EdgeDelay } from './channels/edge-delays.js';
import { addSilentEdges } from './channels/silent-edges.js';
import { addWireGaps, edgeDelaysOfTraces } from './channels/wire-gap.js';
import { attributeChanges } from './changes/change-attribution.js';
import { confidencesOf } from './confidence.js';
import { WEIGHTS } from './engine-weights.js';
import { faultTypeOf } from './fault-type.js';
import { impliedAlert } from './implied-alert.js';
import { cleanEdges, cleanSeries, measureAt } from './measured-series.js';
import { kindOf } from './metric-units.js';
import { detectOnset } from './onset.js';
import { prepareReference } from './prepared-reference.js';
import { recentEvidence, type RecentEvidence } from './recent-evidence.js';
import type { Onset, RankedChange, RankedService, TelemetryDiagnosis } from './telemetry-diagnosis.js';
import {
  NO_REFERENCE,
  type MetricSeries,
  type TelemetryAlert,
  type TelemetryEvidence,
  type TelemetryReference,
} from './telemetry-evidence.js';

export interface TelemetryOptions {
  /** When somebody knows it; else it is detected. */
  onsetSeconds?: number;
}

/**
 * Ranks the services by how likely the incident started there, in well under 100 ms. Pure and deterministic; the order of services,
 * series and lines does not matter. Findings of several channels are added, those that travel along calls after callees explained
 * away those of their callers.
 */
export const diagnoseTelemetry = (
  evidence: TelemetryEvidence,
  reference: TelemetryReference = NO_REFERENCE,
  options: TelemetryOptions = {},
): TelemetryDiagnosis => {
  const series = cleanSeries(evidence.series);
  const edges = cleanEdges(evidence.edges);
  const prepared = prepareReference(reference);
  const usual = prepared.values;
  const calls = new CallGraph(evidence.calls);
  const tally = new Tally();
  // Where single calls and lines can be seen, moving together is no longer the best there is.
  const onlyMetrics = evidence.spanWindows.length === 0 && evidence.logs.templates.length === 0;
  const compare = (alert: TelemetryAlert): boolean => onlyMetrics && addAlertCorrelation(tally, alert, series, usual, calls);
  const compared = evidence.alerts.find(compare);
  const onset = onsetOf(options, compared, () => detectOnset(series, prepared.spreads, evidence.alerts));
  const measured = measureAt(compared ? series.filter(isResource) : series, usual, onset.atSeconds);
  addResources(tally, measured);
  const implied = onlyMetrics && !compared ? impliedAlert(measured, calls, onset.atSeconds) : undefined;
  if (!compared && !(implied && compare(implied))) {
    addSilentEdges(tally, edges, prepared.edges);
    const recent = recentEvidence(evidence, onset.atSeconds);
    addTraces(tally, recent, prepared.traces, edgeDelaysOfMetrics(edges, prepared.edges, onset.atSeconds));
    const runsBefore = runsOf(evidence.logs, recent.before, -Infinity, recent.sinceMs);
    const usually = prepared.steps.size > 0 ? prepared.steps : usualSteps(runsBefore);
    const lost = lostSteps(runsOf(evidence.logs, recent.during, recent.sinceMs), usually);
    addBrokenCode(tally, lost, newErrors(evidence.logs, reference.logs, recent.sinceMs), calls);
    for (const { service, metric } of evidence.alerts)
      tally.add({
        channel: 'alerted',
        service,
        weight: WEIGHTS.alert.named,
        statement: `An alert on ${metric} names ${service}.`,
        pointer: metric,
      });
    addDeviations(tally, measured, calls, WEIGHTS.deviation.hint);
  }
  const services = [...new Set([...series.map(({ service }) => service), ...tally.services()])];
  const changes = evidence.changes
    ? attributeChanges(evidence, evidence.changes, measureAt(series, usual, onset.atSeconds), onset.atSeconds)
    : [];
  return { ranked: withFaultOf(changes[0], rank(services, tally, missingModalities(evidence))), changes, onset };
};

const isResource = ({ metric }: MetricSeries): boolean => ['cpu', 'memory', 'io'].includes(kindOf(metric) ?? '');

const onsetOf = ({ onsetSeconds }: TelemetryOptions, compared: TelemetryAlert | undefined, detect: () => Onset): Onset => {
  if (onsetSeconds !== undefined) return { atSeconds: onsetSeconds, clarity: 1 };
  return compared ? { atSeconds: compared.atSeconds, clarity: 0.5 } : detect();
};

const addTraces = (tally: Tally, recent: RecentEvidence, usual: TraceWindow, measured: readonly EdgeDelay[]): void => {
  const [during, before] = [new TraceWindow(recent.during), new TraceWindow(recent.before)];
  const reference = usual.isEmpty ? before : usual;
  if (during.isEmpty || reference.isEmpty) return addWireGaps(tally, measured);
  const traces = { during, before, reference, called: calledServices([during, reference]) };
  addOwnTime(tally, traces);
  addWireGaps(tally, mergedDelays(measured, edgeDelaysOfTraces(traces)));
  addCallCounts(tally, traces);
};

/** A change that fits, or a cause from outside that was seen, says more of the fault than a channel does. */
const withFaultOf = (change: RankedChange | undefined, [first, ...others]: RankedService[]): RankedService[] =>
  first ? [{ ...first, faultType: change?.faultType ?? first.faultType }, ...others] : [];

const missingModalities = ({ series, spanWindows, logs }: TelemetryEvidence): number =>
  [series, spanWindows, logs.templates].filter(({ length }) => length === 0).length;

/** Sums depend on the order of their terms in the last digits, and the order of services must not. */
const rounded = (score: number): number => Math.round(score * 1e9) / 1e9;

const rank = (services: readonly string[], tally: Tally, missing: number): RankedService[] => {
  const scored = services
    .map((service) => ({ service, findings: tally.of(service) }))
    .map((one) => ({ ...one, score: rounded(one.findings.reduce((sum, { weight }) => sum + weight, 0)) }))
    .sort((a, b) => b.score - a.score || (a.service < b.service ? -1 : 1));
  const confidences = confidencesOf(
    scored.map(({ score }) => score),
    missing,
  );
  return scored.map((one, index) => ({ ...one, confidence: confidences[index] ?? 0, faultType: faultTypeOf(one.findings) }));
};
