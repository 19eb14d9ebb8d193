import {
  mineLogs,
  type EdgeLatency,
  type LogEvidence,
  type MetricSeries,
  type OperationSums,
  type Span,
  type SpanWindow,
  type TelemetryEvidence,
  type TelemetryReference,
} from '@inquest/rca';
import { z } from 'zod';

/**
 * The `rca-evidence/1` and `rca-baseline/1` files of labelled incidents. Only what was measured is read: the names of case and data
 * set, the time of the injection and the answer are no keys of these schemas, so they are dropped before the engine sees anything.
 */
const Numeric = z.number().nullable();
const Series = z.object({
  service: z.string(),
  metric: z.string(),
  points: z.array(z.tuple([z.number(), Numeric])),
});
const Edge = z.tuple([z.string(), z.string()]);
const OperationRow = z.tuple([z.string(), z.string(), z.string().nullable(), z.string().nullable(), z.number()]).rest(Numeric);
const OperationWindow = z.object({ from: z.number(), to: z.number(), rows: z.array(OperationRow) });
const SpanRow = z.tuple([z.number(), z.number(), z.string(), z.string(), z.number(), Numeric]);
const SpanRows = z.object({ from: z.number(), to: z.number(), spans: z.array(SpanRow) });
const LogRow = z.object({
  service: z.string(),
  level: z.string().nullish(),
  template: z.string(),
  counts: z.array(z.tuple([z.number(), z.number()])).optional(),
});
const LogEventRow = z.tuple([z.number(), z.number(), z.number()]);

export const CaseFile = z.object({
  case_id: z.string(),
  t0: z.number().default(0),
  /** File name of its reference, in the same folder. */
  baseline: z
    .string()
    .regex(/^[^/\\]+$/, 'it must be the name of a file in the same folder')
    .nullish(),
  metrics: z.array(Series).nullish(),
  topology: z.array(Edge).nullish(),
  alerts: z
    .array(z.object({ service: z.string(), metric: z.string().nullish(), t: z.number(), summary: z.string().nullish() }))
    .nullish(),
  events: z
    .array(
      z.object({
        service: z.string(),
        reason: z.string(),
        message: z.string().nullish(),
        t: z.number(),
        count: z.number().int().positive().nullish(),
      }),
    )
    .nullish(),
  trace_stats: z.array(OperationWindow).nullish(),
  traces: z.array(SpanRows).nullish(),
  logs: z.array(LogRow).nullish(),
  log_events: z.array(LogEventRow).nullish(),
  /** Lines as they were written, of this incident and of before, where nobody made templates of them. */
  log_lines: z
    .array(
      z.object({
        service: z.string(),
        level: z.string().nullish(),
        t: z.number(),
        text: z.string(),
        trace: z.number().int().nonnegative().nullish(),
      }),
    )
    .nullish(),
  log_patterns: z.array(z.object({ service: z.string(), signature: z.string(), sentiment: z.string().nullish() })).nullish(),
  changes: z
    .object({
      commits: z
        .array(
          z.object({
            t: z.number(),
            sha: z.string(),
            message: z.string().nullish(),
            files_changed: z.array(z.string()).nullish(),
            diff: z.string().nullish(),
          }),
        )
        .default([]),
      deploys: z.array(z.object({ t: z.number(), service: z.string(), commit_sha: z.string().nullish() })).default([]),
    })
    .nullish(),
});
export type CaseFile = z.infer<typeof CaseFile>;

export const BaselineFile = z.object({
  metrics: z.array(Series).nullish(),
  trace_stats: z.object({ rows: z.array(OperationRow) }).nullish(),
  traces: z.array(SpanRow).nullish(),
  logs: z.array(LogRow).nullish(),
  log_events: z.array(LogEventRow).nullish(),
});
export type BaselineFile = z.infer<typeof BaselineFile>;

/** The case as the engine takes it; `t0` makes absolute times of relative ones, so that nothing is told by a time being zero. */
export const evidenceOf = (file: CaseFile): TelemetryEvidence => {
  const { t0 } = file;
  return {
    series: seriesOf(file.metrics, t0),
    edges: edgesOf(file.metrics, t0),
    calls: file.topology ?? [],
    alerts: (file.alerts ?? []).map(({ service, metric, t, summary }) => ({
      service,
      metric: metric ?? '',
      atSeconds: t0 + t,
      summary: summary ?? '',
    })),
    spanWindows: windowsOf(file, t0),
    logs: file.log_lines && !file.logs ? minedLogsOf(file.log_lines, t0) : logsOf(file, t0),
    errorPatterns: (file.log_patterns ?? [])
      .filter(({ sentiment }) => sentiment === 'negative')
      .map(({ service, signature }) => ({ service, signature })),
    clusterEvents: (file.events ?? []).map(({ service, reason, message, t, count }) => ({
      service,
      reason,
      message: message ?? '',
      atSeconds: t0 + t,
      count: count ?? undefined,
    })),
    changes: file.changes
      ? {
          commits: file.changes.commits.map(({ t, sha, message, files_changed, diff }) => ({
            atSeconds: t0 + t,
            id: sha,
            message: message ?? '',
            files: files_changed ?? [],
            diff: diff ?? '',
          })),
          deploys: file.changes.deploys.map(({ t, service, commit_sha }) => ({
            atSeconds: t0 + t,
            service,
            commitId: commit_sha ?? '',
          })),
        }
      : undefined,
  };
};

export const referenceOf = (file: BaselineFile): TelemetryReference => ({
  series: seriesOf(file.metrics, 0),
  edges: edgesOf(file.metrics, 0),
  spanWindows:
    file.trace_stats || file.traces
      ? [{ fromSeconds: 0, toSeconds: 0, operations: operationsOf(file.trace_stats?.rows), spans: spansOf(file.traces, 0) }]
      : [],
  logs: logsOf(file, 0),
});

const EDGE = /^edge_(client|server)_p50:(.+)$/;

/** The user-facing indicators are nobody's own. */
const ENTRY = '__entry__';

const seriesOf = (series: CaseFile['metrics'], t0: number): MetricSeries[] =>
  (series ?? [])
    .filter(({ service, metric }) => service !== ENTRY && !EDGE.test(metric))
    .map(({ service, metric, points }) => ({
      service,
      metric,
      points: points.map(([at, value]) => [t0 + at, value ?? NaN] as const),
    }));

/** Latencies of the edge from a caller, seen from either end, are metrics of the callee that name the caller; in seconds. */
const edgesOf = (series: CaseFile['metrics'], t0: number): EdgeLatency[] => {
  const edges = new Map<string, EdgeLatency>();
  for (const { service: callee, metric, points } of series ?? []) {
    const [, side, caller] = EDGE.exec(metric) ?? [];
    if (caller === undefined || (side !== 'client' && side !== 'server')) continue;
    const key = `${caller}\0${callee}`;
    const known = edges.get(key) ?? { caller, callee, client: [], server: [] };
    edges.set(key, { ...known, [side]: points.map(([at, seconds]) => [t0 + at, (seconds ?? NaN) * 1_000]) });
  }
  return [...edges.values()];
};

/** Sums and whole traces of the same stretch of time are one window. */
const windowsOf = ({ trace_stats: sums, traces }: CaseFile, t0: number): SpanWindow[] => {
  const windows = new Map<string, SpanWindow>();
  for (const { from, to, rows } of sums ?? [])
    windows.set(`${from} ${to}`, { fromSeconds: t0 + from, toSeconds: t0 + to, operations: operationsOf(rows), spans: [] });
  for (const { from, to, spans } of traces ?? []) {
    const key = `${from} ${to}`;
    const known = windows.get(key) ?? { fromSeconds: t0 + from, toSeconds: t0 + to, operations: [], spans: [] };
    windows.set(key, { ...known, spans: spansOf(spans, t0) });
  }
  return [...windows.values()];
};

const operationsOf = (rows: readonly z.infer<typeof OperationRow>[] | null | undefined): OperationSums[] =>
  (rows ?? []).map(([service, operation, caller, callerOperation, count, ...ms]) => ({
    service,
    operation,
    caller: caller ?? '',
    callerOperation: callerOperation ?? '',
    count,
    meanMs: ms[0] ?? NaN,
    selfMeanMs: ms[4] ?? NaN,
  }));

const spansOf = (rows: readonly z.infer<typeof SpanRow>[] | null | undefined, t0: number): Span[] =>
  (rows ?? []).map(([trace, parent, service, operation, startMs, durationMs]) => ({
    trace,
    parent,
    service,
    operation,
    startMs: t0 * 1_000 + startMs,
    durationMs: durationMs ?? NaN,
  }));

const minedLogsOf = (lines: NonNullable<CaseFile['log_lines']>, t0: number): LogEvidence =>
  mineLogs(
    lines.map(({ service, level, t, text, trace }) => ({
      service,
      level: level ?? '',
      text,
      atSeconds: t0 + t,
      trace: trace ?? undefined,
    })),
  );

const logsOf = ({ logs, log_events: events }: Pick<CaseFile, 'logs' | 'log_events'>, t0: number): LogEvidence => ({
  templates: (logs ?? []).map(({ service, level, template, counts }) => ({
    service,
    level: level ?? '',
    template,
    counts: (counts ?? []).map(([at, lines]) => [t0 + at, lines] as const),
  })),
  events: (events ?? []).map(([ms, template, trace]) => ({ atMs: t0 * 1_000 + ms, template, trace })),
});
