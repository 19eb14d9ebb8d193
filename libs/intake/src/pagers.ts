import type { Alarm } from './alarm.js';
import { cut } from './cut.js';
import { fieldsOf, firstText, listOf, textMap, textOf, type Fields } from './values.js';

/** An event of a pager that opens nothing, with the reason. */
const stateFor = (
  word: string,
  { opens, resolves, handled }: { opens: readonly string[]; resolves: readonly string[]; handled: readonly string[] },
): Pick<Alarm, 'state' | 'reason'> => {
  if (opens.includes(word)) return { state: 'firing' };
  if (resolves.includes(word)) return { state: 'resolved', reason: `the event says ${word}` };
  if (handled.includes(word)) return { state: 'silenced', reason: `the event says ${word}: a person is on it` };
  return { state: 'ignored', reason: `an event of the kind "${word}" opens nothing` };
};

const PAGERDUTY = {
  opens: ['trigger', 'triggered', 'reopened', 'escalate', 'escalated', 'unacknowledged', 'unacknowledge'],
  resolves: ['resolve', 'resolved'],
  handled: ['acknowledge', 'acknowledged', 'delegated', 'assign', 'reassigned'],
};

const pagerdutyIncident = (incident: Fields, event: string): Alarm => {
  const service = firstText(fieldsOf(incident['service']), 'summary', 'name');
  const subject = fieldsOf(incident['trigger_summary_data']);
  return {
    source: 'pagerduty',
    ...stateFor(event.replace(/^incident\./, ''), PAGERDUTY),
    title: firstText(incident, 'title', 'summary', 'description') ?? firstText(subject, 'subject', 'description'),
    severity: firstText(fieldsOf(incident['priority']), 'summary', 'name') ?? textOf(incident['urgency']),
    startsAt: incident['created_at'] ?? incident['created_on'],
    fingerprint: firstText(incident, 'id', 'incident_key'),
    labels: textMap({
      incident: incident['id'],
      incident_key: incident['incident_key'],
      number: incident['number'] ?? incident['incident_number'],
    }),
    extraLabels: textMap({ urgency: incident['urgency'], service }),
    url: firstText(incident, 'html_url', 'self'),
    service,
  };
};

export const pagerdutyV3 = (body: Fields): Alarm[] => {
  const event = fieldsOf(body['event']);
  const kind = textOf(event['event_type']) ?? '';
  if (!kind.startsWith('incident.'))
    return [
      {
        source: 'pagerduty',
        state: 'ignored',
        reason: `an event of the kind "${kind}" opens nothing`,
        labels: textMap({ event: event['id'] }),
      },
    ];
  return [pagerdutyIncident(fieldsOf(event['data']), kind)];
};

/** v1 and v2: several messages in one body. */
export const pagerdutyV1 = (body: Fields): Alarm[] =>
  listOf(body['messages']).map((message) => {
    const fields = fieldsOf(message);
    const incident = fields['incident'] ?? fieldsOf(fields['data'])['incident'];
    return pagerdutyIncident(fieldsOf(incident), firstText(fields, 'type', 'event') ?? '');
  });

/** The body of PagerDuty's Events API v2, which many tools can send. */
export const pagerdutyEventsV2 = (body: Fields): Alarm[] => {
  const payload = fieldsOf(body['payload']);
  return [
    {
      source: 'pagerduty',
      ...stateFor(textOf(body['event_action']) ?? '', PAGERDUTY),
      title: textOf(payload['summary']),
      severity: textOf(payload['severity']),
      startsAt: payload['timestamp'],
      fingerprint: textOf(body['dedup_key']),
      labels: textMap({ dedup_key: body['dedup_key'], summary: payload['summary'], source: payload['source'] }),
      extraLabels: textMap({ component: payload['component'], group: payload['group'], class: payload['class'] }),
      annotations: textMap(payload['custom_details']),
      service: firstText(payload, 'component', 'source'),
      url: textOf(body['client_url']),
    },
  ];
};

const OPSGENIE = {
  opens: ['create', 'escalate', 'escalatenext', 'unacknowledge'],
  resolves: ['close', 'delete'],
  handled: ['acknowledge', 'snooze', 'assignownership', 'takeownership'],
};

export const opsgenie = (body: Fields): Alarm[] => {
  const alert = fieldsOf(body['alert']);
  return [
    {
      source: 'opsgenie',
      ...stateFor((textOf(body['action']) ?? '').toLowerCase(), OPSGENIE),
      title: textOf(alert['message']),
      description: textOf(alert['description']),
      severity: priorityOf(textOf(alert['priority'])),
      startsAt: alert['createdAt'] ?? alert['insertedAt'],
      fingerprint: firstText(alert, 'alertId', 'alias'),
      labels: textMap({ alertId: alert['alertId'], alias: alert['alias'] }),
      extraLabels: textMap({
        tags: listOf(alert['tags']).map(textOf).filter(Boolean).join(',') || undefined,
        team: alert['team'],
      }),
      annotations: textMap(alert['details']),
      service: textOf(alert['entity']),
    },
  ];
};

/** Some integrations send `P1`, others `1`. */
const priorityOf = (priority: string | undefined): string | undefined =>
  priority !== undefined && /^[1-5]$/.test(priority) ? `p${priority}` : priority;

/** Holmes and Robusta ask to investigate a finding. */
export const robusta = (body: Fields): Alarm[] => {
  const subject = fieldsOf(body['subject']);
  const context = fieldsOf(body['context']);
  const { name, namespace, node, container, subject_type: kind } = subject;
  return [
    {
      source: 'robusta',
      state: 'firing',
      title: textOf(body['title']),
      description: textOf(body['description']),
      severity: firstText(body, 'severity', 'priority'),
      startsAt: body['starts_at'] ?? body['startsAt'],
      fingerprint: textOf(context['robusta_issue_id']),
      labels: textMap({ title: body['title'], description: cut(textOf(body['description']) ?? '', 500), name, namespace, kind }),
      extraLabels: textMap({ node, container, source: body['source'], ...textMap(subject['labels']) }),
      annotations: textMap(subject['annotations']),
      service: textOf(name),
      namespace: textOf(namespace),
    },
  ];
};
