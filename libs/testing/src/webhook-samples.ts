const labels = { alertname: 'HighLatency', namespace: 'shop', deployment: 'cart', severity: 'critical' };
const annotations = { summary: 'Cart is slow', description: 'p99 is 4 s', runbook_url: 'https://runbooks.example/cart' };
const times = { startsAt: '2026-03-01T10:00:00.123456789Z', endsAt: '0001-01-01T00:00:00Z' };
const url = 'https://prometheus.example/graph?g0.expr=up';
const alert = { status: 'firing', labels, annotations, ...times, generatorURL: url, fingerprint: 'f00dfeed12345678' };
const apiAlert = {
  ...alert,
  status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [] },
  receivers: [{ name: 'all' }],
};
const group = { receiver: 'inquest', status: 'firing', groupLabels: { alertname: 'HighLatency' }, commonLabels: labels };
const silence = {
  id: 's1',
  matchers: [{ name: 'a', value: 'b', isRegex: false }],
  status: { state: 'active' },
  comment: 'quiet',
};
const involvedObject = { kind: 'Pod', namespace: 'shop', name: 'cart-5d8f-abc12' };
const event = {
  ...{ kind: 'Event', type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container', count: 21 },
  ...{ metadata: { creationTimestamp: '2026-03-01T10:00:00Z' }, involvedObject, firstTimestamp: null, eventTime: null },
};
const trigger = {
  ...{ MetricName: 'CPUUtilization', Namespace: 'AWS/RDS', Threshold: 90, Period: 60 },
  Dimensions: [{ name: 'DBInstanceIdentifier', value: 'orders-db' }],
};
const alarm = {
  ...{ AlarmName: 'orders-db CPU', AlarmDescription: 'CPU over 90 %', AWSAccountId: '123456789012', Region: 'eu-central-1' },
  ...{
    NewStateValue: 'ALARM',
    NewStateReason: '3 datapoints',
    StateChangeTime: '2026-03-01T10:00:00.000+0000',
    Trigger: trigger,
  },
};
const sns = { Type: 'Notification', MessageId: 'm-1', TopicArn: 'arn:aws:sns:eu-central-1:1:alarms', Subject: 'ALARM' };
const evidence = [
  { id: 'e1', kind: 'log', title: 'cart logs', status: 'ok', text: 'ERROR timeout after 30000 ms\n'.repeat(20) },
  {
    id: 'e2',
    kind: 'k8s_object',
    tool: 'kubectl',
    invocation: 'kubectl get pods',
    status: 'ok',
    json: { pods: [{ name: 'cart' }] },
  },
  { id: 'e3', kind: 'metric', title: 'p99', status: 'ok', series: [{ name: 'p99', unit: 's', points: [[1_772_359_200, 4.1]] }] },
];
const incident = {
  source: 'spec',
  title: 'Cart is slow',
  description: 'Since 10:00.',
  severity: 'high',
  labels,
  annotations,
  service: 'cart',
};

/** One sound body of every format that is known, as its sender would send it. */
export const WEBHOOK_SAMPLES: readonly (readonly [format: string, body: unknown])[] = [
  [
    'alertmanager-v4',
    { version: '4', groupKey: '{}:{}', truncatedAlerts: 0, ...group, commonAnnotations: annotations, alerts: [alert, alert] },
  ],
  ['alertmanager-v3', { version: '3', groupKey: 7, ...group, alerts: [alert] }],
  ['alertmanager-alert', alert],
  ['alertmanager-api-v2-alerts', [apiAlert]],
  ['alertmanager-api-v1-alerts', { status: 'success', data: [apiAlert] }],
  ['alertmanager-api-v2-groups', [{ labels, receiver: { name: 'all' }, alerts: [apiAlert] }]],
  ['alertmanager-api-v1-groups', [{ labels, blocks: [{ routeOpts: {}, alerts: [apiAlert] }] }]],
  ['alertmanager-api-v2-silences', [silence]],
  [
    'grafana-v1',
    {
      version: '1',
      orgId: 1,
      title: '[FIRING:1]',
      state: 'alerting',
      ...group,
      alerts: [{ ...alert, valueString: 'B=4.1', values: { B: 4.1 } }],
    },
  ],
  [
    'grafana-legacy',
    {
      ruleId: 1,
      ruleName: 'p99',
      ruleUrl: url,
      title: 'p99',
      state: 'alerting',
      message: 'slow',
      tags: labels,
      evalMatches: [{ value: 4, metric: 'p99', tags: {} }],
    },
  ],
  [
    'grafana-like',
    {
      alert_id: 'g1',
      alert_source: 'grafana',
      title: 'Cart',
      state: 'alerting',
      commonLabels: labels,
      commonAnnotations: annotations,
    },
  ],
  [
    'pagerduty-v3',
    {
      event: {
        id: 'E1',
        event_type: 'incident.triggered',
        occurred_at: times.startsAt,
        data: {
          id: 'PINC',
          title: 'Cart',
          number: 12345678901234567890n.toString(),
          service: { summary: 'cart' },
          urgency: 'high',
          priority: { summary: 'P1' },
          created_at: times.startsAt,
          html_url: url,
        },
      },
    },
  ],
  [
    'pagerduty-v1',
    {
      messages: [
        {
          type: 'incident.trigger',
          data: {
            incident: { id: 'P1', incident_number: 7, created_on: times.startsAt, trigger_summary_data: { subject: 'Cart' } },
          },
        },
      ],
    },
  ],
  [
    'pagerduty-events-v2',
    {
      routing_key: 'r',
      event_action: 'trigger',
      dedup_key: 'd',
      payload: {
        summary: 'Cart',
        source: 'cart-1',
        severity: 'critical',
        timestamp: times.startsAt,
        component: 'cart',
        custom_details: { p99: 4 },
      },
    },
  ],
  [
    'opsgenie',
    {
      action: 'Create',
      alert: {
        alertId: 'o1',
        tinyId: '12',
        message: 'Cart',
        description: 'slow',
        tags: ['a', 'b'],
        team: 't',
        entity: 'cart',
        priority: 'P1',
        createdAt: 1_772_359_200_000,
        details: { p99: '4' },
      },
    },
  ],
  ['cloudwatch-sns', { ...sns, Message: JSON.stringify(alarm) }],
  ['cloudwatch-alarm', alarm],
  ['sns-subscription', { ...sns, Type: 'SubscriptionConfirmation', SubscribeURL: url, Token: 't' }],
  ['k8s-events', { kind: 'EventList', apiVersion: 'v1', items: [event, { ...event, type: 'Normal' }] }],
  ['k8s-event', event],
  ['k8s-objects', { kind: 'PodList', apiVersion: 'v1', items: [{ metadata: { name: 'cart' } }] }],
  [
    'pingdom',
    {
      check_id: 12,
      check_name: 'Cart',
      check_type: 'HTTP',
      check_params: { hostname: 'cart.example', full_url: url },
      current_state: 'DOWN',
      importance_level: 'HIGH',
      state_changed_timestamp: 1_772_359_200,
    },
  ],
  [
    'stackdriver',
    {
      version: '1.2',
      incident: {
        incident_id: '0.abc',
        state: 'open',
        policy_name: 'p',
        condition_name: 'c',
        started_at: 1_772_359_200,
        summary: 's',
        resource_name: 'cart',
        url,
      },
    },
  ],
  [
    'newrelic',
    {
      account_id: 1,
      incident_id: 2,
      condition_name: 'c',
      policy_name: 'p',
      current_state: 'open',
      severity: 'CRITICAL',
      timestamp: 1_772_359_200_000,
      details: 'd',
      targets: [{ name: 'cart', labels }],
    },
  ],
  [
    'graylog',
    {
      check_result: {
        triggered: true,
        triggered_at: times.startsAt,
        result_description: 'r',
        triggered_condition: { id: 'c' },
        matching_messages: [{ message: 'ERROR' }],
      },
      stream: { id: 's', title: 'errors' },
    },
  ],
  ['wrapped', { _meta: { by: 'x' }, alert, evidence: { pods: [{ name: 'cart' }], logs: 'ERROR' } }],
  [
    'robusta-investigate',
    {
      title: 'Cart',
      description: 'crash',
      source: 'prometheus',
      subject: { name: 'cart', namespace: 'shop', subject_type: 'deployment', labels },
      context: { robusta_issue_id: 'r1' },
    },
  ],
  [
    'own',
    { incident, evidence: { logs: [{ id: 'l1', status: 'ok', title: 'logs', text: 'ERROR' }], metrics: evidence.slice(2) } },
  ],
  ['own-flat-evidence', { incident, evidence }],
  [
    'own-described',
    { incident: { format: 'alertmanager-v4', body: { ...group, alerts: [alert] }, title: 'Cart', alert }, evidence },
  ],
  [
    'own-question',
    {
      incident: { format: 'question', prompt: 'Why is << {"type":"pod","name":"cart","namespace":"shop"} >> slow?' },
      evidence: [],
    },
  ],
];
