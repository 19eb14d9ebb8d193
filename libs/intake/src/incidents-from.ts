import { alarmsOfGroup, alarmsOfList, truncation } from './alertmanager.js';
import type { Alarm, DimensionedItem } from './alarm.js';
import { cloudwatch } from './cloudwatch.js';
import { detectFormat, FORMAT_NAMES } from './detect.js';
import type { Format, Intake, Receipt } from './intake.js';
import { kubernetesEvents } from './kubernetes.js';
import { grafanaLegacy, grafanaLike, graylog, newrelic, pingdom, stackdriver } from './monitors.js';
import { opsgenie, pagerdutyEventsV2, pagerdutyV1, pagerdutyV3, robusta } from './pagers.js';
import { signalsFrom } from './signals.js';
import { hourOf, momentOf } from './times.js';
import { fieldsOf, isFields, listOf, textOf, type Fields } from './values.js';
import { boundedBody, LOOKED_AT_MAX } from './storm.js';
import { unwrapped } from './wrapped.js';

type Reader = (body: Fields, receipt: Receipt) => readonly Alarm[];

const READERS: Partial<Record<Format, Reader>> = {
  'alertmanager-v4': (body, { receivedAt }) => alarmsOfGroup(body, 'alertmanager', receivedAt),
  'alertmanager-v3': (body, { receivedAt }) => alarmsOfGroup(body, 'alertmanager', receivedAt),
  'grafana-v1': (body, { receivedAt }) => alarmsOfGroup(body, 'grafana', receivedAt),
  'alertmanager-alert': (body, { receivedAt }) => alarmsOfList([body], 'alertmanager', receivedAt),
  'grafana-legacy': grafanaLegacy,
  'grafana-like': grafanaLike,
  'pagerduty-v3': pagerdutyV3,
  'pagerduty-v1': pagerdutyV1,
  'pagerduty-events-v2': pagerdutyEventsV2,
  opsgenie,
  'robusta-investigate': robusta,
  'cloudwatch-sns': cloudwatch,
  'k8s-events': kubernetesEvents,
  pingdom,
  stackdriver,
  newrelic,
  graylog,
};

/**
 * Reads a body of any known format. `auto` tells the format by the shape. Never throws for a body's content: what
 * cannot be used comes back with the reason, alert by alert where possible.
 */
export const incidentsFrom = (format: Format | 'auto', body: unknown, receipt: Receipt): Intake => {
  const found = format === 'auto' ? detectFormat(body) : format;
  if (found === null) return { readable: false, format: null, reason: unknownShape(body) };
  if (found === 'alertmanager-api-v2-silences')
    return {
      readable: false,
      format: found,
      reason: 'This is a list of silences: it says what to keep quiet about and opens nothing. Send alerts.',
    };
  if (found === 'k8s-objects') return { readable: false, format: found, reason: objectsAreEvidence(body) };
  if (found === 'wrapped') return unwrapped(fieldsOf(body), receipt, incidentsFrom);
  const { body: looked, left } = boundedBody(body);
  const { alarms, remarks, notes } = alarmsOf(found, looked, receipt);
  if (alarms.length === 0)
    return { readable: false, format: found, reason: `This is ${FORMAT_NAMES[found]}, but there is no alert in it.` };
  const signals = signalsFrom(alarms, receipt, remarks);
  return { readable: true, format: found, signals, notes: [...notes, ...storm(left), ...assumptions(alarms, receipt)] };
};

const storm = (left: number): string[] =>
  left === 0
    ? []
    : [
        `${left} further alerts were not looked at: more than ${LOOKED_AT_MAX} in one body; group them at the sender, or send fewer at a time`,
      ];

interface Read {
  readonly alarms: readonly Alarm[];
  readonly remarks: readonly DimensionedItem[];
  readonly notes: readonly string[];
}

const alarmsOf = (format: Format, body: unknown, receipt: Receipt): Read => {
  if (format === 'alertmanager-api-v2-groups') {
    const alarms = listOf(body).flatMap((group) => alarmsOfGroup(flat(fieldsOf(group)), 'alertmanager', receipt.receivedAt));
    return { alarms, remarks: [], notes: [] };
  }
  if (format === 'alertmanager-api-v2-alerts') {
    const data = isFields(body) ? body['data'] : body;
    const alerts = Array.isArray(data) ? listOf(data) : listOf(fieldsOf(data)['alerts']);
    return { alarms: alarmsOfList(alerts, 'alertmanager', receipt.receivedAt), remarks: [], notes: [] };
  }
  const cutOff = truncation(fieldsOf(body));
  const alarms = READERS[format]?.(fieldsOf(body), receipt) ?? [];
  return { alarms, remarks: cutOff ? [cutOff.remark] : [], notes: cutOff ? [cutOff.note] : [] };
};

/** API v1 put a group's alerts into blocks. */
const flat = (group: Fields): Fields =>
  Array.isArray(group['alerts'])
    ? group
    : { ...group, alerts: listOf(group['blocks']).flatMap((block) => listOf(fieldsOf(block)['alerts'])) };

const assumptions = (alarms: readonly Alarm[], { receivedAt, startsAtIfUnknown }: Receipt): string[] => {
  if (startsAtIfUnknown !== undefined) return [];
  const timeless = alarms.filter(({ state, startsAt }) => state === 'firing' && momentOf(startsAt) === undefined).length;
  if (timeless === 0) return [];
  return [
    `${timeless} firing without a start time: ${hourOf(receivedAt)}, the hour of receipt, stands for it, so that repeats within the hour open nothing`,
  ];
};

const unknownShape = (body: unknown): string => {
  const seen = isFields(body)
    ? `an object with the keys ${Object.keys(body).slice(0, 12).join(', ') || '(none)'}`
    : describe(body);
  return `This is ${seen}, which is no body that we know. Post {"incident": {"title": …, "description": …, "labels": {…}}, "evidence": …}, or an alert as Alertmanager sends it.`;
};

const describe = (body: unknown): string =>
  Array.isArray(body) ? `a list of ${body.length}` : body === null ? 'null' : `a ${typeof body}`;

const objectsAreEvidence = (body: unknown): string =>
  `This is ${FORMAT_NAMES['k8s-objects']} (${textOf(fieldsOf(body)['kind']) ?? 'of no kind'}): evidence, not an incident. Post {"incident": {"title": …}, "evidence": {"kubernetes": [{"id": "objects", "status": "ok", "title": …, "json": <this>}]}}.`;
