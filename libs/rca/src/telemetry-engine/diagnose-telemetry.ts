import { addCallsAndLines } from './calls-and-lines.js';
import { addAlertCorrelation } from './channels/alert-correlation.js';
import { addDeviations } from './channels/deviation.js';
import { addResources } from './channels/resources.js';
import { addClusterEvents } from './channels/cluster-events.js';
import { Tally } from './channels/tally.js';
import { attributeChanges } from './changes/change-attribution.js';
import { confidencesOf } from './confidence.js';
import { WEIGHTS } from './engine-weights.js';
import { faultTypeOf } from './fault-type.js';
import { impliedAlert } from './implied-alert.js';
import { cleanEdges, cleanSeries, measureAt } from './measured-series.js';
import { kindOf } from './metric-units.js';
import { observedCalls } from './observed-calls.js';
import { detectOnset } from './onset.js';
import { prepareReference } from './prepared-reference.js';
import type {
  ChannelName,
  Onset,
  RankedChange,
  RankedService,
  TelemetryDiagnosis,
  TelemetryFinding,
} from './telemetry-diagnosis.js';
import {
  NO_REFERENCE,
  type MetricSeries,
  type TelemetryAlert,
  type TelemetryEvidence,
  type TelemetryReference,
} from './telemetry-evidence.js';

export interface TelemetryOptions {
  /** When somebody believes it to be; the true one is looked for around it, and without it everywhere. */
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
  const calls = observedCalls(evidence, reference);
  const tally = new Tally();
  // Where single calls and lines can be seen, moving together is no longer the best there is.
  const onlyMetrics = evidence.spanWindows.length === 0 && evidence.logs.templates.length === 0;
  const isOnlySymptoms = onlyMetrics && !series.some(isResource);
  const { weight, besideResources } = WEIGHTS.alert;
  const compare = (alert: TelemetryAlert): boolean =>
    onlyMetrics && addAlertCorrelation(tally, alert, series, usual, calls, isOnlySymptoms ? weight : besideResources);
  const alerted = evidence.alerts.find(compare);
  const compared = isOnlySymptoms ? alerted : undefined;
  const onset = onsetOf(options, compared, (told) => detectOnset(series, prepared.spreads, evidence.alerts, told));
  const measured = measureAt(series, usual, onset.atSeconds);
  addResources(tally, measured);
  const implied = isOnlySymptoms && !compared ? impliedAlert(measured, calls, onset.atSeconds) : undefined;
  addClusterEvents(tally, evidence.clusterEvents ?? [], calls, onset.atSeconds);
  let linesSince = onset.atSeconds;
  if (!compared && !(implied && compare(implied))) {
    linesSince = addCallsAndLines(tally, evidence, reference, { edges, calls, onsetSeconds: onset.atSeconds });
    for (const { service, metric } of evidence.alerts)
      tally.add({
        channel: 'alerted',
        service,
        weight: WEIGHTS.alert.named,
        statement: `An alert on ${metric} names ${service}.`,
        pointer: metric,
      });
    addDeviations(tally, measured, calls, onlyMetrics ? WEIGHTS.deviation.alone : WEIGHTS.deviation.hint);
  }
  const at = (finding: TelemetryFinding): TelemetryFinding =>
    withTime(finding, OF_LINES.has(finding.channel) ? linesSince : onset.atSeconds);
  const services = [...new Set([...series.map(({ service }) => service), ...tally.services()])];
  const changes = evidence.changes
    ? attributeChanges(evidence, evidence.changes, measureAt(series, usual, onset.atSeconds), onset.atSeconds)
    : [];
  return {
    ranked: withFaultOf(
      changes[0],
      rank(services, (service) => tally.of(service).map(at), missingModalities(evidence)),
    ),
    changes,
    onset,
  };
};

/** Those of them that look at single calls and lines, which have a time of their own. */
const OF_LINES: ReadonlySet<ChannelName> = new Set([
  'own-time',
  'wire-gap',
  'call-counts',
  'lost-steps',
  'new-errors',
  'template-rates',
]);

const withTime = (finding: TelemetryFinding, atSeconds: number): TelemetryFinding =>
  finding.atSeconds === undefined && Number.isFinite(atSeconds) ? { ...finding, atSeconds } : finding;

const isResource = ({ metric }: MetricSeries): boolean => ['cpu', 'memory', 'io'].includes(kindOf(metric) ?? '');

const onsetOf = (
  { onsetSeconds }: TelemetryOptions,
  compared: TelemetryAlert | undefined,
  detect: (told?: number) => Onset,
): Onset => {
  if (onsetSeconds !== undefined) return detect(onsetSeconds);
  return compared ? { atSeconds: compared.atSeconds, clarity: 0.5 } : detect();
};

/** A change that fits, or a cause from outside that was seen, says more of the fault than a channel does. */
const withFaultOf = (change: RankedChange | undefined, [first, ...others]: RankedService[]): RankedService[] =>
  first ? [{ ...first, faultType: change?.faultType ?? first.faultType }, ...others] : [];

const missingModalities = ({ series, spanWindows, logs }: TelemetryEvidence): number =>
  [series, spanWindows, logs.templates].filter(({ length }) => length === 0).length;

/** Sums depend on the order of their terms in the last digits, and the order of services must not. */
const rounded = (score: number): number => Math.round(score * 1e9) / 1e9;

const rank = (
  services: readonly string[],
  findingsOf: (service: string) => TelemetryFinding[],
  missing: number,
): RankedService[] => {
  const scored = services
    .map((service) => ({ service, findings: findingsOf(service) }))
    .map((one) => ({ ...one, score: rounded(one.findings.reduce((sum, { weight }) => sum + weight, 0)) }))
    .sort((a, b) => b.score - a.score || (a.service < b.service ? -1 : 1));
  const confidences = confidencesOf(
    scored.map(({ score }) => score),
    missing,
  );
  return scored.map((one, index) => ({ ...one, confidence: confidences[index] ?? 0, faultType: faultTypeOf(one.findings) }));
};
