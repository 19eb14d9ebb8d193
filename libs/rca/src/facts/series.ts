import type { SeriesFact } from './fact.js';
import { isObject, objectAt, objectsAt, objectsIn, textAt, type JsonObject } from './json.js';
import type { Material } from './material.js';

const POINTS_MAX = 5_000;

/** `CPUUtilization`, `cpu_utilization`, `aws.rds.cpuutilization` compare equal at their end. */
const metricOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

const numbers = (values: unknown): number[] =>
  Array.isArray(values) ? values.slice(0, POINTS_MAX).map((value) => (typeof value === 'number' ? value : Number(value))) : [];

const LABELS = [
  'dbinstanceidentifier',
  'pod',
  'deployment',
  'service',
  'instance',
  'node',
  'queue',
  'topic',
  'app',
  'host',
  'component',
  'name',
  'job',
];

const subjectOf = (labels: JsonObject): string => {
  const lower = new Map(Object.entries(labels).map(([key, value]) => [metricOf(key), value]));
  for (const label of LABELS) {
    const value = lower.get(label);
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
};

interface Points {
  times: number[];
  values: number[];
}

const build = (id: string, name: string, labels: JsonObject, unit: string, { times, values }: Points): SeriesFact[] => {
  const kept = values
    .map((value, index) => ({ value, at: times[index] ?? Number.NaN }))
    .filter(({ value }) => Number.isFinite(value));
  if (name === '' || kept.length === 0) return [];
  return [
    {
      id,
      name,
      metric: metricOf(name),
      subject: subjectOf(labels),
      unit,
      labels: Object.fromEntries(
        Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      ),
      times: kept.map(({ at }) => at),
      values: kept.map(({ value }) => value),
    },
  ];
};

const pairs = (points: unknown, toMs: number): Points => {
  const rows = Array.isArray(points)
    ? points.slice(0, POINTS_MAX).filter((point): point is unknown[] => Array.isArray(point))
    : [];
  return { times: rows.map((point) => Number(point[0]) * toMs), values: rows.map((point) => Number(point[1])) };
};

/** CloudWatch: `{label, dimensions, timestamps, values}`; Prometheus: `{metric, values|value}`; Datadog: `{metric, pointlist}`. */
const fromObject = (id: string, value: JsonObject): SeriesFact[] => {
  if (Array.isArray(value['values']) && Array.isArray(value['timestamps'])) {
    const dimensions = Object.fromEntries(
      objectsAt(value, 'dimensions').map((entry) => [textAt(entry, 'Name', 'name') ?? '', textAt(entry, 'Value', 'value') ?? '']),
    );
    const times = value['timestamps']
      .slice(0, POINTS_MAX)
      .map((at) => (typeof at === 'number' ? at * (at < 1e11 ? 1_000 : 1) : Date.parse(String(at))));
    const name = textAt(value, 'metric_name', 'label', 'name', 'metric') ?? '';
    const labels = { ...objectAt(value, 'labels'), ...dimensions };
    return build(id, name, labels, textAt(value, 'unit') ?? '', { times, values: numbers(value['values']) });
  }
  if (isObject(value['metric']) && (Array.isArray(value['values']) || Array.isArray(value['value']))) {
    const points = pairs(Array.isArray(value['values']) ? value['values'] : [value['value']], 1_000);
    return build(id, textAt(value['metric'], '__name__') ?? 'value', value['metric'], '', points);
  }
  if (Array.isArray(value['pointlist'])) {
    const scope = (textAt(value, 'scope') ?? '').split(':').at(-1) ?? '';
    return build(id, textAt(value, 'metric') ?? '', { service: scope }, '', pairs(value['pointlist'], 1));
  }
  return [];
};

const SAMPLE = /^([A-Za-z_][\w:]{1,120})(?:\{([^}]{0,500})\})?\s{0,3}(?:=|\s)\s{0,3}(-?\d[\d.eE+]{0,24})$/;

/** `kube_pod_container_status_restarts_total{pod="db-0"} = 7`. */
const fromText = (id: string, text: string): SeriesFact[] =>
  text
    .split('\n')
    .slice(0, 500)
    .flatMap((raw) => {
      const match = SAMPLE.exec(raw.trim().slice(0, 700));
      if (match === null) return [];
      const labels = Object.fromEntries(
        [...(match[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
      );
      return build(id, match[1] ?? '', labels, textAt(labels, 'reason') ?? '', { times: [], values: [Number(match[3])] });
    });

/** Time series in any of the usual forms, and the item's own. */
export const seriesOf = (material: Material): SeriesFact[] => [
  ...material.series.flatMap(({ name, unit, labels, points }) =>
    build(material.id, name, labels, unit ?? '', {
      times: points.map(([at]) => at * 1_000),
      values: points.map(([, value]) => value),
    }),
  ),
  ...objectsIn(material.json).flatMap((value) => fromObject(material.id, value)),
  ...(material.json === undefined && material.dimension === 'metrics' ? fromText(material.id, material.text) : []),
];

/** Number of connections a text names as the limit: `approaching the maximum of 5000`, `max_connections = 500`. */
export const connectionLimitIn = (text: string): number | undefined => {
  const match =
    /(?:max(?:imum)?(?:[_ ]connections)?(?: of| is|=| =|:)?|limit of)\s{0,2}\(?(\d{2,6})\b|\b\d{2,6}\s{0,1}\/\s{0,1}(\d{2,6})\b[^.]{0,20}connections/i.exec(
      text,
    );
  const value = Number(match?.[1] ?? match?.[2]);
  return value >= 10 ? value : undefined;
};
