import type { Format } from './intake.js';
import { fieldsOf, isFields, listOf, textOf, type Fields } from './values.js';

/** Tells a body's format by its shape; null when it is none that we know. Order matters: the more telling shapes come first. */
export const detectFormat = (body: unknown): Format | null => {
  if (Array.isArray(body)) return formatOfList(body);
  if (!isFields(body)) return null;
  return SHAPES.find(([, fits]) => fits(body))?.[0] ?? null;
};

const formatOfList = (items: readonly unknown[]): Format | null => {
  const all = (fits: (item: Fields) => boolean) => items.length > 0 && items.every((item) => isFields(item) && fits(item));
  if (all((item) => Array.isArray(item['matchers']))) return 'alertmanager-api-v2-silences';
  if (all((item) => Array.isArray(item['alerts']) || Array.isArray(item['blocks']))) return 'alertmanager-api-v2-groups';
  if (all((item) => isFields(item['labels']) && !('kind' in item))) return 'alertmanager-api-v2-alerts';
  return null;
};

const has = (body: Fields, ...names: readonly string[]): boolean => names.every((name) => name in body);
const isGroup = (body: Fields): boolean => Array.isArray(body['alerts']);
const kindOf = (body: Fields): string => textOf(body['kind']) ?? '';
const holdsEvents = (body: Fields): boolean =>
  listOf(body['items']).some((item) => kindOf(fieldsOf(item)) === 'Event' || has(fieldsOf(item), 'involvedObject'));

const SHAPES: readonly (readonly [Format, (body: Fields) => boolean])[] = [
  ['pagerduty-v3', (body) => has(fieldsOf(body['event']), 'event_type', 'data')],
  [
    'pagerduty-v1',
    (body) =>
      listOf(body['messages']).some((one) =>
        /^incident\./.test(textOf(fieldsOf(one)['type']) ?? textOf(fieldsOf(one)['event']) ?? ''),
      ),
  ],
  ['pagerduty-events-v2', (body) => has(body, 'event_action') && has(body, 'routing_key')],
  [
    'opsgenie',
    (body) => has(body, 'action') && isFields(body['alert']) && ('alertId' in body['alert'] || 'tinyId' in body['alert']),
  ],
  ['cloudwatch-sns', (body) => has(body, 'Type', 'TopicArn') || has(body, 'AlarmName', 'NewStateValue')],
  ['k8s-events', (body) => kindOf(body) === 'EventList' || kindOf(body) === 'Event' || holdsEvents(body)],
  ['k8s-objects', (body) => has(body, 'kind') && (has(body, 'apiVersion') || has(body, 'items'))],
  ['grafana-v1', (body) => isGroup(body) && (has(body, 'orgId') || body['version'] === '1')],
  ['alertmanager-v3', (body) => isGroup(body) && textOf(body['version']) === '3'],
  ['alertmanager-v4', isGroup],
  ['alertmanager-api-v2-alerts', (body) => Array.isArray(body['data']) || isGroup(fieldsOf(body['data']))],
  ['grafana-legacy', (body) => has(body, 'evalMatches') || has(body, 'ruleId') || has(body, 'ruleName')],
  ['grafana-like', (body) => has(body, 'commonLabels') || has(body, 'commonAnnotations')],
  [
    'alertmanager-alert',
    (body) => isFields(body['labels']) && (has(body, 'startsAt') || has(body, 'annotations') || has(body, 'status')),
  ],
  ['pingdom', (body) => has(body, 'check_id') && has(body, 'current_state')],
  ['stackdriver', (body) => isFields(body['incident']) && has(body['incident'], 'incident_id') && has(body['incident'], 'state')],
  ['graylog', (body) => isFields(body['check_result']) || isFields(body['event_definition_id'])],
  ['newrelic', (body) => has(body, 'condition_name') && (has(body, 'policy_name') || has(body, 'incident_id'))],
  ['wrapped', (body) => isFields(body['alert']) && (has(body, '_meta') || has(body, 'evidence'))],
  ['robusta-investigate', (body) => has(body, 'title') && (isFields(body['subject']) || isFields(body['context']))],
];

/** How people call a format. */
export const FORMAT_NAMES: Record<Format, string> = {
  'alertmanager-v4': 'an Alertmanager webhook',
  'alertmanager-v3': 'an Alertmanager v3 webhook',
  'alertmanager-alert': 'a single Alertmanager alert',
  'alertmanager-api-v2-alerts': 'a list of alerts from the Alertmanager API',
  'alertmanager-api-v2-groups': 'a list of alert groups from the Alertmanager API',
  'alertmanager-api-v2-silences': 'a list of silences from the Alertmanager API',
  'grafana-v1': 'a Grafana alerting webhook',
  'grafana-legacy': 'a legacy Grafana alert notification',
  'grafana-like': 'a grouped alert without its alerts',
  'pagerduty-v3': 'a PagerDuty v3 webhook',
  'pagerduty-v1': 'a PagerDuty v1 webhook',
  'pagerduty-events-v2': 'a PagerDuty Events API v2 event',
  opsgenie: 'an Opsgenie webhook',
  'robusta-investigate': 'a Robusta investigation request',
  'cloudwatch-sns': 'a CloudWatch alarm from Amazon SNS',
  'k8s-events': 'a list of Kubernetes events',
  'k8s-objects': 'a list of Kubernetes objects',
  pingdom: 'a Pingdom webhook',
  stackdriver: 'a Google Cloud Monitoring webhook',
  newrelic: 'a New Relic webhook',
  graylog: 'a Graylog notification',
  wrapped: 'an alert inside an envelope',
};

/** What `POST /v1/webhooks/alertmanager` takes; everything else goes to the generic endpoint. */
export const ALERTMANAGER_FORMATS: readonly Format[] = [
  'alertmanager-v4',
  'alertmanager-v3',
  'alertmanager-alert',
  'alertmanager-api-v2-alerts',
  'alertmanager-api-v2-groups',
  'alertmanager-api-v2-silences',
  'grafana-v1',
  'grafana-like',
];
