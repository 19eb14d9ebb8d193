import { EvidenceSnapshot, Incident, type Dimension } from '@inquest/contracts';

export interface Piece {
  dimension: Dimension;
  item: Record<string, unknown>;
}

let next = 0;
const piece = (dimension: Dimension, over: Record<string, unknown>): Piece => {
  next += 1;
  return { dimension, item: { id: `e${next}`, status: 'ok', title: 'evidence', ...over } };
};

export const text = (dimension: Dimension, body: string, over: Record<string, unknown> = {}): Piece =>
  piece(dimension, { text: body, ...over });
export const json = (dimension: Dimension, body: unknown, over: Record<string, unknown> = {}): Piece =>
  piece(dimension, { json: body, ...over });
export const failed = (dimension: Dimension, title: string): Piece =>
  piece(dimension, { status: 'error', title, text: 'error: connection to the tool refused' });
export const nothing = (dimension: Dimension, title: string): Piece => piece(dimension, { status: 'no-data', title });

/** Log lines of a pod, as a tool prints them. */
export const log = (pod: string, ...lines: string[]): Piece =>
  text('logs', lines.join('\n'), { title: `logs ${pod}`, invocation: `kubectl logs ${pod} -n shop` });

/** One warning event, as an API returns it. */
export const event = (object: string, reason: string, message: string, count = 5): Piece =>
  json(
    'kubernetes',
    { warning_events: [{ namespace: 'shop', reason, message, type: 'Warning', count, involved_object: object }] },
    { title: 'Kubernetes events', kind: 'k8s_event' },
  );

export const pod = (name: string, ready: boolean, over: Record<string, unknown> = {}): Piece =>
  json('kubernetes', {
    pods: [
      {
        name,
        namespace: 'shop',
        phase: 'Running',
        node_name: 'node-1',
        containers: [{ name: 'app', ready, restart_count: ready ? 0 : 4, state: { running: true } }],
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', reason: '', message: '' }],
        ...over,
      },
    ],
  });

/** A CloudWatch metric of a database instance, one value a minute. */
export const metric = (name: string, values: number[], instance = 'orders-prod', unit = 'Count'): Piece =>
  json(
    'metrics',
    {
      label: name,
      metric_name: name,
      dimensions: [{ Name: 'DBInstanceIdentifier', Value: instance }],
      unit,
      timestamps: values.map((_, minute) => `2026-03-27T10:${String(minute).padStart(2, '0')}:00Z`),
      values,
    },
    { title: `AWS/RDS ${name} ${instance}`, kind: 'metric' },
  );

export const rdsEvent = (message: string, at = '2026-03-27T10:08:00Z', instance = 'orders-prod'): Piece =>
  json(
    'kubernetes',
    {
      events: [
        { date: at, message, source_identifier: instance, source_type: 'db-instance', event_categories: ['notification'] },
      ],
    },
    { title: 'RDS events' },
  );

export const insights = (statement: string, wait: string, load = 8, instance = 'orders-prod'): Piece =>
  json(
    'metrics',
    {
      db_instance_identifier: instance,
      db_load: { timestamps: [], values: [1, 1, 2, load, load, load], unit: 'AAS' },
      top_sql: [
        {
          statement,
          db_load_avg: load,
          wait_events: [{ name: wait, type: wait.split(':')[0], db_load_avg: load }],
          calls_per_sec: 3,
        },
      ],
      top_wait_events: [{ name: wait, type: wait.split(':')[0], db_load_avg: load }],
      top_users: [{ name: 'orders_svc', db_load_avg: load }],
    },
    { title: 'RDS Performance Insights' },
  );

export const snapshot = (...pieces: Piece[]): EvidenceSnapshot => {
  const draft: Partial<Record<Dimension, unknown[]>> = {};
  for (const { dimension, item } of pieces) (draft[dimension] ??= []).push(item);
  return EvidenceSnapshot.parse(draft);
};

export const incident = (title: string, over: Record<string, unknown> = {}): Incident =>
  Incident.parse({ source: 'spec', fingerprint: 'f', title, startsAt: '2026-03-27T10:00:00Z', ...over });

/** From one level to another, with a little noise that is the same in every run. */
export const step = (from: number, to: number, points = 20): number[] =>
  Array.from({ length: points }, (_, index) => (index < points / 3 ? from : to) * (1 + 0.01 * ((index * 7) % 5)));

/** What psql printed for a query. */
export const psql = (query: string, ...lines: string[]): Piece =>
  text('metrics', lines.join('\n'), { title: 'orders-db', tool: 'psql', invocation: `psql -c "${query}"` });

/** A series as collectors bring it, one value a minute. */
export const plotted = (name: string, values: readonly number[], labels: Record<string, string> = {}): Piece => ({
  dimension: 'metrics',
  item: {
    id: `s-${name}-${values.length}-${values[0] ?? 0}`,
    status: 'ok',
    title: name,
    series: [{ name, labels, points: values.map((value, index): [number, number] => [1_790_000_000 + index * 60, value]) }],
  },
});
