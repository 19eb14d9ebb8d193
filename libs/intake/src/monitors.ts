import type { Alarm, DimensionedItem } from './alarm.js';
import { cut } from './cut.js';
import { fieldsOf, firstText, listOf, textMap, textOf, type Fields } from './values.js';

/** `alerting` fires, `ok` is over; `no_data`, `paused` and `pending` say nothing about a fault. */
const grafanaState = (word: string | undefined): Pick<Alarm, 'state' | 'reason'> => {
  if (word === undefined || /^(alerting|firing|triggered|alert|error|warn(ing)?)$/i.test(word)) return { state: 'firing' };
  if (/^(ok|normal|resolved|recovered|closed)$/i.test(word)) return { state: 'resolved', reason: `the state is ${word}` };
  return { state: 'ignored', reason: `the state "${cut(word, 40)}" says nothing about a fault` };
};

/** Grafana before its unified alerting: one rule, and the series that matched. */
export const grafanaLegacy = (body: Fields): Alarm[] => {
  const matches = listOf(body['evalMatches']);
  const tags = textMap(body['tags']);
  const item = {
    id: 'eval-matches',
    status: 'ok' as const,
    kind: 'metric',
    title: 'Series that matched the rule',
    tool: 'grafana',
  };
  return [
    {
      source: 'grafana',
      ...grafanaState(textOf(body['state'])),
      title: firstText(body, 'title', 'ruleName'),
      description: textOf(body['message']),
      severity: tags['severity'],
      startsAt: body['time'] ?? body['startsAt'],
      labels: textMap({ rule: body['ruleName'] ?? body['title'], ruleId: body['ruleId'], orgId: body['orgId'] }),
      extraLabels: tags,
      url: textOf(body['ruleUrl']),
      service: tags['service'],
      evidence:
        matches.length > 0 ? [{ dimension: 'metrics', item: { ...item, text: cut(JSON.stringify(matches), 60_000) } }] : [],
    },
  ];
};

/** A grouped alert that names what its alerts have in common, but no alerts: the group is the alert. */
export const grafanaLike = (body: Fields): Alarm[] => {
  const labels = textMap(body['commonLabels']);
  const annotations = textMap(body['commonAnnotations']);
  const title = firstText(body, 'title', 'alert_name') ?? labels['alertname'];
  return [
    {
      source: firstText(body, 'alert_source') ?? 'grafana',
      ...grafanaState(firstText(body, 'state', 'status')),
      title,
      description: [firstText(body, 'message'), firstText(body, 'text'), annotations['description'], annotations['error']]
        .filter(Boolean)
        .join('\n'),
      severity: labels['severity'] ?? textOf(body['severity']),
      startsAt: body['startsAt'] ?? annotations['timestamp'],
      fingerprint: firstText(body, 'alert_id', 'fingerprint'),
      labels: { ...labels, ...(title === undefined ? {} : { title: cut(title, 500) }) },
      annotations,
      url: firstText(body, 'externalURL', 'alert_url'),
    },
  ];
};

export const pingdom = (body: Fields): Alarm[] => {
  const down = textOf(body['current_state'])?.toUpperCase() === 'DOWN';
  return [
    {
      source: 'pingdom',
      ...(down ? { state: 'firing' as const } : { state: 'resolved' as const, reason: 'the check is up again' }),
      title: `${textOf(body['check_name']) ?? 'A check'} is ${down ? 'down' : 'up'}`,
      description: [textOf(body['description']), textOf(body['long_description'])].filter(Boolean).join('\n'),
      severity: textOf(body['importance_level']),
      startsAt: body['state_changed_timestamp'] ?? body['state_changed_utc_time'],
      labels: textMap({ check_id: body['check_id'] }),
      extraLabels: textMap({ check: body['check_name'], type: body['check_type'], ...fieldsOf(body['check_params']) }),
      service: firstText(fieldsOf(body['check_params']), 'hostname', 'full_url'),
      url: textOf(fieldsOf(body['check_params'])['full_url']),
    },
  ];
};

export const stackdriver = (body: Fields): Alarm[] => {
  const incident = fieldsOf(body['incident']);
  const open = textOf(incident['state'])?.toLowerCase() === 'open';
  return [
    {
      source: 'google-cloud-monitoring',
      ...(open ? { state: 'firing' as const } : { state: 'resolved' as const, reason: 'the incident is closed' }),
      title: [textOf(incident['policy_name']), textOf(incident['condition_name'])].filter(Boolean).join(': '),
      description: textOf(incident['summary']),
      severity: textOf(incident['severity']),
      startsAt: incident['started_at'],
      fingerprint: textOf(incident['incident_id']),
      labels: textMap({
        incident: incident['incident_id'],
        resource: incident['resource_id'],
        resource_name: incident['resource_name'],
      }),
      service: textOf(incident['resource_name']),
      url: textOf(incident['url']),
    },
  ];
};

const NEWRELIC_STATES: ReadonlyMap<string, Pick<Alarm, 'state' | 'reason'>> = new Map([
  ['closed', { state: 'resolved', reason: 'the incident is closed' }],
  ['acknowledged', { state: 'silenced', reason: 'acknowledged: a person is on it' }],
]);

export const newrelic = (body: Fields): Alarm[] => {
  const state = textOf(body['current_state'])?.toLowerCase() ?? 'open';
  const target = fieldsOf(listOf(body['targets'])[0]);
  return [
    {
      source: 'newrelic',
      ...(NEWRELIC_STATES.get(state) ?? { state: 'firing' as const }),
      title: firstText(body, 'condition_name', 'policy_name'),
      description: textOf(body['details']),
      severity: textOf(body['severity']),
      startsAt: body['timestamp'],
      labels: textMap({ account: body['account_id'], incident: body['incident_id'], condition: body['condition_name'] }),
      extraLabels: textMap({ policy: body['policy_name'], ...textMap(target['labels']) }),
      service: textOf(target['name']),
      url: textOf(body['incident_url']),
    },
  ];
};

export const graylog = (body: Fields): Alarm[] => {
  const result = fieldsOf(body['check_result']);
  const stream = fieldsOf(body['stream']);
  const messages = listOf(result['matching_messages']);
  const logs: DimensionedItem[] = messages.slice(0, 50).map((message, index) => ({
    dimension: 'logs',
    item: {
      id: `log-${index + 1}`,
      status: 'ok',
      kind: 'log',
      title: cut(textOf(fieldsOf(message)['message']) ?? 'message', 500),
      tool: 'graylog',
      text: cut(JSON.stringify(message), 60_000),
    },
  }));
  return [
    {
      source: 'graylog',
      ...(result['triggered'] === false
        ? { state: 'resolved' as const, reason: 'the condition is not met' }
        : { state: 'firing' as const }),
      title: firstText(stream, 'title') ?? textOf(result['result_description']),
      description: textOf(result['result_description']),
      startsAt: result['triggered_at'],
      labels: textMap({ stream: stream['id'] ?? stream['title'], condition: fieldsOf(result['triggered_condition'])['id'] }),
      evidence: logs,
    },
  ];
};
