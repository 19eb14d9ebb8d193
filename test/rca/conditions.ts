import type { LogEvidence, TelemetryEvidence, TelemetryReference } from '@inquest/rca';
import type { LabelledCase } from './labelled-cases.js';

/** What is taken from the engine to see what it does without. */
export interface Condition {
  name: string;
  evidence: (evidence: TelemetryEvidence) => TelemetryEvidence;
  reference: (reference: TelemetryReference | undefined) => TelemetryReference | undefined;
}

const NO_LOGS = { templates: [], events: [] };
const untraced = (logs: LogEvidence): LogEvidence => ({
  ...logs,
  events: logs.events.map((event) => ({ ...event, trace: -1 })),
});
const same = <T>(value: T): T => value;

export const CONDITIONS: readonly Condition[] = [
  { name: 'everything', evidence: same, reference: same },
  {
    name: 'no metrics',
    evidence: (evidence) => ({ ...evidence, series: [], edges: [] }),
    reference: (reference) => reference && { ...reference, series: [], edges: [] },
  },
  {
    name: 'no traces',
    evidence: (evidence) => ({ ...evidence, spanWindows: [] }),
    reference: (reference) => reference && { ...reference, spanWindows: [] },
  },
  {
    name: 'no logs',
    evidence: (evidence) => ({ ...evidence, logs: NO_LOGS, errorPatterns: [] }),
    reference: (reference) => reference && { ...reference, logs: NO_LOGS },
  },
  {
    name: 'no traces, not even in lines',
    evidence: (evidence) => ({ ...evidence, spanWindows: [], logs: untraced(evidence.logs) }),
    reference: (reference) => reference && { ...reference, spanWindows: [], logs: untraced(reference.logs) },
  },
  { name: 'no topology', evidence: (evidence) => ({ ...evidence, calls: [] }), reference: same },
  { name: 'no alerts', evidence: (evidence) => ({ ...evidence, alerts: [] }), reference: same },
  { name: 'no reference', evidence: same, reference: () => undefined },
];

/** The case on another clock: nothing may depend on where its time begins. */
export const shifted = ({ evidence, ...others }: LabelledCase, bySeconds: number): LabelledCase => {
  const later = ([at, value]: readonly [number, number]): readonly [number, number] => [at + bySeconds, value];
  return {
    ...others,
    evidence: {
      ...evidence,
      series: evidence.series.map((one) => ({ ...one, points: one.points.map(later) })),
      edges: evidence.edges.map((edge) => ({ ...edge, client: edge.client.map(later), server: edge.server.map(later) })),
      alerts: evidence.alerts.map((alert) => ({ ...alert, atSeconds: alert.atSeconds + bySeconds })),
      spanWindows: evidence.spanWindows.map((window) => ({
        ...window,
        fromSeconds: window.fromSeconds + bySeconds,
        toSeconds: window.toSeconds + bySeconds,
        spans: window.spans.map((span) => ({ ...span, startMs: span.startMs + 1_000 * bySeconds })),
      })),
      logs: {
        templates: evidence.logs.templates.map((one) => ({ ...one, counts: one.counts.map(later) })),
        events: evidence.logs.events.map((event) => ({ ...event, atMs: event.atMs + 1_000 * bySeconds })),
      },
      clusterEvents: evidence.clusterEvents?.map((one) => ({ ...one, atSeconds: one.atSeconds + bySeconds })),
      changes: evidence.changes && {
        commits: evidence.changes.commits.map((one) => ({ ...one, atSeconds: one.atSeconds + bySeconds })),
        deploys: evidence.changes.deploys.map((one) => ({ ...one, atSeconds: one.atSeconds + bySeconds })),
      },
    },
  };
};

/** Alerts that fire earlier or later than they did. */
export const alertsShifted = ({ evidence, ...others }: LabelledCase, bySeconds: number): LabelledCase => ({
  ...others,
  evidence: { ...evidence, alerts: evidence.alerts.map((alert) => ({ ...alert, atSeconds: alert.atSeconds + bySeconds })) },
});
