import type { EvidenceSnapshot } from '@inquest/contracts';
import { evidenceItems } from '@inquest/contracts';
import { unique } from '../facts/text.js';
import type { Scene } from '../scene.js';
import type { TelemetryAlert, TelemetryEvidence } from '../telemetry-engine/telemetry-evidence.js';
import { changeEvidence, type NamedChange } from './changes.js';
import { EvidenceSources } from './evidence-sources.js';
import { logEvidence, traceIn, traceNumbers } from './log-evidence.js';
import { namedSeries, type NamedSeries } from './series.js';
import { serviceNamed } from './services.js';
import { spanWindows } from './span-windows.js';

export type Modality = 'metrics' | 'traces' | 'logs';

/** What a snapshot holds of series, spans, lines, calls and changes, as the engine takes it. */
export interface MeasuredTelemetry {
  evidence: TelemetryEvidence;
  sources: EvidenceSources;
  series: NamedSeries[];
  changes: NamedChange[];
  /** Services of which anything was measured. */
  services: ReadonlySet<string>;
  measured: Modality[];
}

/** Symptoms that rules saw serve to connect a change with what fails; more lines than this connect no better. */
const SYMPTOMS_MAX = 60;

/**
 * Pure; whatever is missing stays empty. Events and states of Kubernetes' objects stay with the rules: given to the engine as well they
 * would seem to be confirmed by themselves.
 */
export const measuredTelemetry = (snapshot: EvidenceSnapshot, { incident, facts, sightings }: Scene): MeasuredTelemetry => {
  const sources = new EvidenceSources();
  const queries = new Map(evidenceItems(snapshot).map(({ item }) => [item.id, item.invocation ?? '']));
  const series = namedSeries(facts.series, queries, incident, sources);
  const [first, last] = rangeOf(series);
  const startsSeconds = Date.parse(incident.startsAt) / 1_000;
  // Whoever opens an incident by hand or replays it late gives a start that has nothing to do with what was measured.
  const atSeconds = startsSeconds > first && startsSeconds < last ? startsSeconds : NaN;
  const own = serviceNamed(incident.service ?? '');
  const traces = traceNumbers([
    ...facts.spans.map(({ trace }) => trace),
    ...facts.timedLogLines.map(({ text }) => traceIn(text)).filter((trace) => trace !== undefined),
  ]);
  const { windows, calls } = spanWindows(facts.spans, startsSeconds, traces, sources);
  const logs = logEvidence(facts.timedLogLines, own, traces, sources);
  const services = new Set([
    ...series.map(({ service }) => service),
    ...windows.flatMap(({ operations }) => operations.map(({ service }) => service)),
    ...logs.templates.map(({ service }) => service),
  ]);
  const known = new Set([...services, own].filter((name) => name !== ''));
  const { evidence: changes, names } = changeEvidence(facts.changes, known, Number.isFinite(first) ? first : -Infinity);
  const alerts = own === '' || !services.has(own) ? [] : [alertOf(own, atSeconds, series, incident)];
  for (const { service, metric } of alerts)
    for (const { id, status } of snapshot.alerts) if (status === 'ok' || status === 'truncated') sources.add(service, metric, id);
  const symptoms = sightings.filter(
    ({ past, ids, sources: from }) => !past && ids.length > 0 && from.some((one) => one !== 'change'),
  );
  return {
    evidence: {
      series,
      edges: [],
      calls: [...facts.calls.map(({ caller, callee }) => [serviceNamed(caller), serviceNamed(callee)] as const), ...calls],
      alerts,
      spanWindows: windows,
      logs,
      errorPatterns: symptoms
        .slice(0, SYMPTOMS_MAX)
        .map(({ subject, text }) => ({ service: serviceNamed(subject) || own, signature: text })),
      changes: names.length > 0 ? changes : undefined,
    },
    sources,
    series,
    changes: names,
    services,
    measured: modalitiesOf(series.length, windows.length, logs.templates.length),
  };
};

const modalitiesOf = (series: number, windows: number, templates: number): Modality[] => [
  ...(series > 0 ? (['metrics'] as const) : []),
  ...(windows > 0 ? (['traces'] as const) : []),
  ...(templates > 0 ? (['logs'] as const) : []),
];

/** Earliest and latest point; from +Infinity to -Infinity when there is none. */
const rangeOf = (series: readonly NamedSeries[]): [number, number] => {
  let [first, last] = [Infinity, -Infinity];
  for (const { points } of series)
    for (const [at] of points) {
      first = Math.min(first, at);
      last = Math.max(last, at);
    }
  return [first, last];
};

/** The alert that opened the incident; its metric is the one that its own words name, if it was measured. */
const alertOf = (
  service: string,
  atSeconds: number,
  series: readonly NamedSeries[],
  { title, description, labels, annotations }: Scene['incident'],
): TelemetryAlert => {
  const words = [title, description, ...Object.values(labels), ...Object.values(annotations)].join('\n').slice(0, 24_000);
  const [metric] = unique(series.map(({ metric: name }) => name))
    .filter((name) => name.length >= 4 && words.includes(name))
    .sort((a, b) => b.length - a.length);
  return { service, metric: metric ?? (labels['alertname'] || title), atSeconds, summary: title };
};
