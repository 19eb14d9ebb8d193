import { safely } from '@inquest/contracts';
import { z } from 'zod';
import type { Alarm, DimensionedItem } from './alarm.js';
import { momentOf } from './times.js';
import { fieldsOf, firstText, isFields, listOf, textMap, textOf, type Fields } from './values.js';

/** API v2 and v1: a state with its reasons. Webhooks: one word. */
const Status = z.union([
  z.string(),
  z.object({
    state: z.string().optional(),
    silencedBy: z.array(z.string()).nullish(),
    inhibitedBy: z.array(z.string()).nullish(),
    mutedBy: z.array(z.string()).nullish(),
  }),
]);

/** The only member that an alert cannot do without is something that tells it from others. */
const Alert = z.looseObject({
  labels: z.record(z.string(), z.unknown()).nullish(),
  annotations: z.record(z.string(), z.unknown()).nullish(),
  status: Status.nullish(),
});
type Alert = z.infer<typeof Alert>;

interface Group {
  readonly source: string;
  readonly receivedAt: string;
  readonly status?: string;
  readonly commonLabels: Record<string, string>;
  readonly commonAnnotations: Record<string, string>;
}

/** The alerts of a webhook body (v4, v3, older, Grafana's own) or of an API v2 group. */
export const alarmsOfGroup = (body: Fields, source: string, receivedAt: string): Alarm[] => {
  const group: Group = {
    source,
    receivedAt,
    status: textOf(body['status']) ?? textOf(body['state']),
    commonLabels: { ...textMap(body['groupLabels']), ...textMap(body['commonLabels']) },
    commonAnnotations: textMap(body['commonAnnotations']),
  };
  return listOf(body['alerts']).map((alert, index) => alarmOf(alert, group, `alerts[${index}]`));
};

/** Alerts that came without a group: API lists and single objects. */
export const alarmsOfList = (alerts: readonly unknown[], source: string, receivedAt: string): Alarm[] =>
  alerts.map((alert, index) => alarmOf(alert, { source, receivedAt, commonLabels: {}, commonAnnotations: {} }, `[${index}]`));

const alarmOf = (value: unknown, group: Group, path: string): Alarm => {
  const parsed = safely(Alert, value);
  if (!parsed.success)
    return refused(group.source, `${path} is no alert: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  const alert = parsed.data;
  const labels = textMap(alert.labels);
  const name = labels['alertname'] ?? firstText(alert, 'alert_name', 'name', 'title');
  if (name === undefined && Object.keys(labels).length === 0 && Object.keys(group.commonLabels).length === 0)
    return refused(group.source, `${path} has neither labels nor a name; send at least labels.alertname`);
  const annotations = { ...group.commonAnnotations, ...textMap(alert.annotations) };
  return {
    source: group.source,
    ...stateOf(alert, group),
    title: annotations['summary'] ?? name,
    description: firstText(annotations, 'description', 'message') ?? firstText(alert, 'description', 'message', 'text'),
    severity: labels['severity'] ?? firstText(alert, 'severity') ?? group.commonLabels['severity'],
    startsAt: alert['startsAt'] ?? alert['activeAt'] ?? alert['starts_at'],
    fingerprint: textOf(alert['fingerprint']),
    labels: Object.keys(labels).length > 0 || name === undefined ? labels : { alertname: name },
    extraLabels: group.commonLabels,
    annotations,
    url: firstText(alert, 'generatorURL', 'generator_url', 'dashboardURL'),
    evidence: valuesOf(alert),
  };
};

const refused = (source: string, reason: string): Alarm => ({ source, state: 'refused', reason, labels: {} });

const RESOLVED = new Set(['resolved', 'ok', 'normal', 'inactive', 'closed', 'expired']);

/** Its own word decides, then the reasons for silence, then the group's word, then the end that it announces. */
const stateOf = (alert: Alert, group: Group): Pick<Alarm, 'state' | 'reason'> => {
  const status = isFields(alert.status) ? alert.status : {};
  const [silences, inhibitors, mutes] = [listOf(status['silencedBy']), listOf(status['inhibitedBy']), listOf(status['mutedBy'])];
  if (silences.length > 0) return { state: 'silenced', reason: `silenced by ${silences.join(', ')}` };
  if (inhibitors.length > 0) return { state: 'silenced', reason: `inhibited by ${inhibitors.join(', ')}` };
  if (mutes.length > 0) return { state: 'silenced', reason: `muted by ${mutes.join(', ')}` };
  const word = (textOf(alert.status) ?? textOf(status['state']) ?? textOf(alert['state']) ?? group.status)?.toLowerCase();
  if (word === 'suppressed') return { state: 'silenced', reason: 'suppressed at the sender' };
  if (word === 'pending') return { state: 'ignored', reason: 'pending: it has not fired yet' };
  if (word !== undefined)
    return RESOLVED.has(word) ? { state: 'resolved', reason: 'resolved at the sender' } : { state: 'firing' };
  const endsAt = momentOf(alert['endsAt']);
  return endsAt !== undefined && endsAt <= group.receivedAt
    ? { state: 'resolved', reason: `ended at ${endsAt}` }
    : { state: 'firing' };
};

/** Grafana sends the numbers that crossed the line. */
const valuesOf = (alert: Alert): DimensionedItem[] => {
  const text = textOf(alert['valueString']);
  const values = fieldsOf(alert['values']);
  if (text === undefined && Object.keys(values).length === 0) return [];
  const item = {
    id: 'alert-values',
    status: 'ok' as const,
    kind: 'metric',
    title: 'Values when the alert fired',
    tool: 'grafana',
  };
  return [{ dimension: 'metrics', item: { ...item, text: text ?? JSON.stringify(values) } }];
};

/** What a sender cut off is evidence of a larger problem. */
export const truncation = (body: Fields): { note: string; remark: DimensionedItem } | undefined => {
  const count = Number(textOf(body['truncatedAlerts']) ?? 0);
  if (!Number.isInteger(count) || count <= 0) return undefined;
  const note = `${count} further alerts of this group were cut off by the sender (max_alerts); they are not seen here`;
  const item = { id: 'alerts-truncated', status: 'truncated' as const, kind: 'alert', title: note, text: note };
  return { note, remark: { dimension: 'alerts', item } };
};
