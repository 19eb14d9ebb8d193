/** One body of each sender; `text` is asked for every free text in it, and `short` where little fits. */
export const pagerBodies = (text: (place: string) => string, short: (place: string) => string): Record<string, object> => {
  const startsAt = new Date().toISOString();
  const alert = (name: string, over: object = {}) => ({
    status: 'firing',
    labels: { alertname: name, token: short(`${name} label`), note: text(`${name} label`) },
    annotations: { summary: text(`${name} summary`), runbook_url: text(`${name} runbook`) },
    startsAt,
    generatorURL: text(`${name} generator`),
    ...over,
  });
  return {
    alertmanager: {
      version: '4',
      groupKey: text('group key'),
      commonLabels: { team: short('common label') },
      commonAnnotations: { link: text('common annotation') },
      externalURL: text('external URL'),
      alerts: [
        alert('Firing'),
        alert('Over', { status: 'resolved' }),
        alert('Quiet', { status: { state: 'suppressed', silencedBy: [short('silence')], inhibitedBy: [] } }),
        alert('Named', { fingerprint: short('given fingerprint') }),
        {},
      ],
    },
    'alertmanager api': [alert('Listed')],
    grafana: { orgId: 1, title: text('grafana title'), alerts: [alert('Grafana', { valueString: text('value string') })] },
    'grafana legacy': {
      ruleId: 7,
      ruleName: text('rule name'),
      ruleUrl: text('rule URL'),
      state: 'alerting',
      title: short('legacy title'),
      message: text('legacy message'),
      evalMatches: [{ metric: text('metric'), value: 1, tags: { secret: short('tag') } }],
    },
    'pagerduty v3': {
      event: {
        id: short('event id'),
        event_type: 'incident.triggered',
        occurred_at: startsAt,
        data: {
          id: 'P1',
          title: text('pagerduty title'),
          html_url: text('pagerduty URL'),
          service: { summary: short('pagerduty service') },
        },
      },
    },
    'pagerduty events v2': {
      routing_key: short('routing key'),
      event_action: 'trigger',
      dedup_key: short('dedup key'),
      payload: {
        summary: text('event summary'),
        source: short('event source'),
        severity: 'critical',
        custom_details: { x: text('details') },
      },
    },
    opsgenie: {
      action: 'Create',
      alert: {
        alertId: 'a1',
        message: text('opsgenie message'),
        description: text('opsgenie description'),
        tags: [short('opsgenie tag')],
        details: { password: short('opsgenie detail') },
        createdAt: Date.now(),
      },
      integrationName: text('integration'),
    },
    cloudwatch: {
      Type: 'Notification',
      TopicArn: `arn:aws:sns:eu-west-1:1:${short('topic')}`,
      Subject: text('subject'),
      SubscribeURL: text('subscribe URL'),
      Message: JSON.stringify({
        AlarmName: short('alarm name'),
        AlarmDescription: text('alarm description'),
        NewStateValue: 'ALARM',
        NewStateReason: text('state reason'),
        StateChangeTime: startsAt,
        Trigger: { MetricName: 'm', Namespace: 'n', Dimensions: [{ name: 'd', value: short('dimension') }] },
      }),
    },
    kubernetes: {
      kind: 'EventList',
      items: [
        {
          kind: 'Event',
          type: 'Warning',
          reason: short('reason'),
          message: text('event message'),
          involvedObject: { kind: 'Pod', name: short('pod'), namespace: 'shop' },
          lastTimestamp: startsAt,
        },
      ],
    },
    pingdom: {
      check_id: 1,
      check_name: text('check'),
      current_state: 'DOWN',
      long_description: text('long'),
      state_changed_utc_time: startsAt,
    },
    stackdriver: {
      incident: {
        incident_id: short('incident id'),
        state: 'open',
        summary: text('stackdriver'),
        policy_name: text('policy'),
        url: text('url'),
      },
    },
    newrelic: {
      condition_name: text('condition'),
      policy_name: text('policy name'),
      incident_id: 5,
      current_state: 'open',
      details: text('relic'),
    },
    graylog: { check_result: { triggered: true, result_description: text('graylog result') }, stream: { title: text('stream') } },
    wrapped: {
      _meta: {},
      alert: alert('Wrapped'),
      evidence: { logs: text('wrapped evidence'), [short('evidence name')]: { x: text('wrapped') } },
    },
    robusta: {
      title: text('robusta title'),
      description: text('robusta'),
      subject: { name: short('subject'), namespace: 'shop' },
      context: { x: text('context') },
    },
    question: { incident: { prompt: text('question'), format: 'prompt' } },
    unknown: { [short('unknown key')]: text('unknown value') },
  };
};
