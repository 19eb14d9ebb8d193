import { DIMENSIONS, Incident } from '@inquest/contracts';
import { incidentsFrom, parseJson, type Signal } from './index.js';

const receipt = { receivedAt: '2026-03-01T10:20:30.000Z' };
const alert = (over: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'HighLatency', namespace: 'shop', deployment: 'cart', severity: 'page' },
  annotations: { summary: 'Cart is slow', description: 'p99 is 4 s' },
  startsAt: '2026-03-01T10:00:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: 'f00d',
  ...over,
});
const webhook = (alerts: object[], over: object = {}) => ({ version: '4', groupKey: '{}', status: 'firing', alerts, ...over });
const read = (body: unknown): readonly Signal[] => {
  const intake = incidentsFrom('auto', body, receipt);
  if (!intake.readable) throw new Error(intake.reason);
  return intake.signals;
};
const kinds = (body: unknown) => read(body).map(({ kind }) => kind);
const firstIncident = (body: unknown): Incident => {
  const [signal] = read(body);
  if (signal?.kind !== 'firing') throw new Error(`not firing but ${signal?.kind}`);
  return signal.incident;
};

describe('an Alertmanager webhook', () => {
  it('becomes an incident in our own shape', () => {
    expect(firstIncident(webhook([alert()]))).toMatchObject({
      source: 'alertmanager',
      fingerprint: 'f00d',
      title: 'Cart is slow',
      description: 'p99 is 4 s',
      severity: 'critical',
      startsAt: '2026-03-01T10:00:00.000Z',
      service: 'cart',
      namespace: 'shop',
    });
  });

  it('opens what fires and only notes what is resolved, in one body', () => {
    const over = alert({
      status: 'resolved',
      labels: { alertname: 'Other' },
      fingerprint: 'beef',
      endsAt: '2026-03-01T10:10:00Z',
    });
    expect(kinds(webhook([alert(), over]))).toEqual(['firing', 'resolved']);
  });

  it('shows each alert the others of its group', () => {
    const [signal] = read(webhook([alert(), alert({ labels: { alertname: 'Other' }, fingerprint: 'beef' })]));
    expect(signal?.kind === 'firing' && signal.evidence.alerts.map(({ id }) => id)).toEqual(['alert-1', 'alert-2']);
  });

  it.each([[{ fingerprint: undefined }], [{ fingerprint: '' }], [{ fingerprint: 'unknown' }]])(
    'derives a fingerprint from the labels, in any order, for %j',
    (missing) => {
      const [one, other] = [
        { a: '1', b: '2' },
        { b: '2', a: '1' },
      ].map((labels) => firstIncident(webhook([alert({ ...missing, labels })])));
      expect(one?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
      expect(other?.fingerprint).toBe(one?.fingerprint);
    },
  );

  it('collapses equal labels within a body and keeps what fires over what is muted', () => {
    const muted = alert({ status: { state: 'suppressed', silencedBy: ['s1'], inhibitedBy: [] } });
    expect(kinds(webhook([muted, alert(), alert()]))).toEqual(['firing']);
  });

  it('keeps alerts of different labels apart though the sender gives them one fingerprint', () => {
    const [one, other] = read(webhook([alert({ labels: { instance: 'a' } }), alert({ labels: { instance: 'b' } })]));
    expect(one?.fingerprint).toMatch(/^f00d:/);
    expect(other?.fingerprint).toMatch(/^f00d:/);
    expect(one?.fingerprint).not.toBe(other?.fingerprint);
  });

  it('notes the alerts that were cut off, for the caller and for the roles', () => {
    const intake = incidentsFrom('auto', webhook([alert()], { truncatedAlerts: 7 }), receipt);
    expect(intake.readable && intake.notes).toEqual([expect.stringContaining('7 further alerts')]);
    const [signal] = intake.readable ? intake.signals : [];
    expect(signal?.kind === 'firing' && signal.evidence.alerts.at(-1)).toMatchObject({
      id: 'alerts-truncated',
      status: 'truncated',
    });
  });

  it.each([
    ['2016-08-01T13:27:08.008+03:00', '2016-08-01T10:27:08.008Z'],
    ['2018-03-07T06:33:21.873077559-05:00', '2018-03-07T11:33:21.873Z'],
    ['2024-11-29 06:15:32.570000+00:00', '2024-11-29T06:15:32.570Z'],
    ['2019-02-15T23:53:45.093+0000', '2019-02-15T23:53:45.093Z'],
    [1498861543, '2017-06-30T22:25:43.000Z'],
    [1601033007849, '2020-09-25T11:23:27.849Z'],
    ['1420452224764002246', '2015-01-05T10:03:44.764Z'],
  ])('reads the time %p', (startsAt, expected) => {
    expect(firstIncident(webhook([alert({ startsAt })])).startsAt).toBe(expected);
  });

  it.each([undefined, null, '', 'yesterday', '0001-01-01T00:00:00Z'])(
    'puts the hour of receipt for the start %p and says so',
    (startsAt) => {
      const intake = incidentsFrom('auto', webhook([alert({ startsAt })]), receipt);
      const [signal] = intake.readable ? intake.signals : [];
      expect(signal?.kind === 'firing' && signal.incident.startsAt).toBe('2026-03-01T10:00:00.000Z');
      expect(intake.readable && intake.notes).toHaveLength(1);
    },
  );

  it('takes an end in year 1, null or in the future for still firing, and one in the past for resolved', () => {
    const ending = (endsAt: unknown) => kinds({ alerts: [alert({ status: undefined, endsAt })] });
    expect(ending('0001-01-01T00:00:00Z')).toEqual(['firing']);
    expect(ending(null)).toEqual(['firing']);
    expect(ending('2026-03-01T10:24:00Z')).toEqual(['firing']);
    expect(ending('2026-03-01T10:04:00Z')).toEqual(['resolved']);
  });

  it('follows the status of the group where an alert has none', () => {
    expect(kinds(webhook([alert({ status: undefined })], { status: 'resolved' }))).toEqual(['resolved']);
  });

  it.each([
    [{ state: 'suppressed', silencedBy: ['s1'], inhibitedBy: [] }, 'silenced by s1'],
    [{ state: 'suppressed', silencedBy: [], inhibitedBy: ['abc'] }, 'inhibited by abc'],
    [{ state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: ['weekend'] }, 'muted by weekend'],
  ])('opens nothing for the status %j', (status, reason) => {
    expect(read([alert({ status })])).toEqual([expect.objectContaining({ kind: 'silenced', reason })]);
  });

  it.each(['Watchdog', 'DeadMansSwitch', 'heartbeat', 'InfoInhibitor'])(
    'takes %s for the healthy state that it is',
    (alertname) => {
      expect(kinds(webhook([alert({ labels: { alertname } })]))).toEqual(['watchdog']);
    },
  );

  it('refuses an alert without any name and reads the others', () => {
    expect(kinds(webhook([{ status: 'firing' }, alert(), 'nonsense' as never, { labels: 7 }]))).toEqual([
      'refused',
      'firing',
      'refused',
      'refused',
    ]);
  });

  it('reads groups of the API once per alert, however many receivers have it', () => {
    const group = (name: string) => ({
      receiver: { name },
      labels: {},
      alerts: [alert({ status: { state: 'active', silencedBy: [], inhibitedBy: [] } })],
    });
    expect(kinds([group('team'), group('pager')])).toEqual(['firing']);
  });

  it('replaces NUL and half a surrogate pair before anything is hashed', () => {
    const incident = firstIncident(webhook([alert({ labels: { alertname: 'a\0b' }, annotations: { summary: 'x\uD800y' } })]));
    expect(incident.title).toBe('x\uFFFDy');
    expect(incident.labels['alertname']).toBe('a\uFFFDb');
  });
});

describe('other senders', () => {
  it.each([
    [
      'PagerDuty v3',
      {
        event: {
          id: '1',
          event_type: 'incident.triggered',
          data: { id: 'P1', title: 'Down', created_at: '2026-03-01T10:00:00Z' },
        },
      },
      'firing',
    ],
    [
      'PagerDuty v3, acknowledged',
      { event: { event_type: 'incident.acknowledged', data: { id: 'P1', title: 'Down' } } },
      'silenced',
    ],
    ['PagerDuty v1', { messages: [{ type: 'incident.resolve', data: { incident: { id: 'P1' } } }] }, 'resolved'],
    ['Opsgenie', { action: 'Create', alert: { alertId: 'a', message: 'Full', priority: 1, createdAt: 1420452191104 } }, 'firing'],
    ['Opsgenie, a note', { action: 'AddNote', alert: { alertId: 'a', message: 'Full' } }, 'ignored'],
    ['CloudWatch', { Type: 'Notification', TopicArn: 't', Message: '{"AlarmName":"cpu","NewStateValue":"ALARM"}' }, 'firing'],
    [
      'CloudWatch without data',
      { Type: 'Notification', TopicArn: 't', Message: '{"AlarmName":"cpu","NewStateValue":"INSUFFICIENT_DATA"}' },
      'ignored',
    ],
    ['SNS itself', { Type: 'SubscriptionConfirmation', TopicArn: 't', SubscribeURL: 'https://…' }, 'refused'],
    ['SNS with prose', { Type: 'Notification', TopicArn: 't', Message: 'hello' }, 'refused'],
    ['Robusta', { title: 'CrashLoop', description: 'x', subject: { name: 'web', namespace: 'a' }, context: {} }, 'firing'],
    [
      'Grafana, legacy',
      { title: '[Alerting] volts', ruleId: 3, ruleName: 'volts', state: 'alerting', evalMatches: [{ value: 3 }] },
      'firing',
    ],
    ['Grafana, legacy, over', { title: '[OK] volts', ruleId: 3, state: 'ok', evalMatches: [] }, 'resolved'],
    [
      'a group without alerts',
      { title: 't', state: 'alerting', commonLabels: { alertname: 'A' }, commonAnnotations: {} },
      'firing',
    ],
    ['Pingdom', { check_id: 1, check_name: 'site', current_state: 'DOWN', check_params: { hostname: 'h' } }, 'firing'],
    ['Google', { incident: { incident_id: 'i', state: 'closed', policy_name: 'p' } }, 'resolved'],
    ['New Relic', { condition_name: 'c', policy_name: 'p', current_state: 'acknowledged' }, 'silenced'],
    [
      'Graylog',
      { check_result: { triggered: true, result_description: 'd', matching_messages: [{ message: 'm' }] }, stream: { id: 's' } },
      'firing',
    ],
    [
      'an envelope',
      { _meta: {}, alert: { commonLabels: { alertname: 'A' } }, evidence: { datadog_logs: [{ message: 'x' }] } },
      'firing',
    ],
  ])('reads %s', (_, body, kind) => {
    expect(kinds(body)).toEqual([kind]);
  });

  it('opens one incident per object with warnings, whichever of the four times is set', () => {
    const event = (name: string, type: string, times: object) => ({
      kind: 'Event',
      type,
      reason: 'Failed',
      message: 'm',
      involvedObject: { kind: 'Pod', name, namespace: 'n' },
      firstTimestamp: null,
      ...times,
    });
    const items = [
      event('a', 'Warning', { eventTime: '2026-03-01T09:00:00.123456Z' }),
      event('a', 'Warning', { metadata: { creationTimestamp: '2026-03-01T08:00:00Z' } }),
      event('b', 'Warning', {}),
      event('c', 'Normal', {}),
    ];
    const signals = read({ kind: 'EventList', apiVersion: 'v1', items });
    expect(signals.map(({ title }) => title)).toEqual(['Failed: Pod n/a', 'Failed: Pod n/b']);
    expect(firstIncident({ kind: 'EventList', items }).startsAt).toBe('2026-03-01T08:00:00.000Z');
  });

  it('puts what an envelope brings into its dimensions', () => {
    const [signal] = read({
      _meta: {},
      alert: { commonLabels: { alertname: 'A' } },
      evidence: { datadog_logs: [1], datadog_monitors: [2] },
    });
    const filled = signal?.kind === 'firing' ? DIMENSIONS.filter((dimension) => signal.evidence[dimension].length > 0) : [];
    expect(filled).toEqual(['alerts', 'metrics', 'logs']);
  });

  it.each([
    [[], /list of 0/],
    [{}, /no body that we know/],
    [null, /null/],
    ['text', /a string/],
    [{ hello: 1 }, /hello/],
    [webhook([]), /no alert in it/],
    [[{ matchers: [] }], /silences/],
    [{ kind: 'PodList', apiVersion: 'v1', items: [] }, /evidence, not an incident/],
  ])('says what to do instead for %j', (body, reason) => {
    const intake = incidentsFrom('auto', body, receipt);
    expect(intake).toMatchObject({ readable: false, reason: expect.stringMatching(reason) as unknown });
  });
});

describe('JSON of the senders', () => {
  it('keeps numbers beyond 2^53 as text and leaves strings alone', () => {
    expect(parseJson('{"a":1420452224764002246,"b":"id 1420452224764002246","c":1.5,"d":[-9007199254740993]}')).toEqual({
      ok: true,
      value: { a: '1420452224764002246', b: 'id 1420452224764002246', c: 1.5, d: ['-9007199254740993'] },
    });
  });

  it.each(['{"password": hunter2}', '{"a":1}hunter2', `{"a":"${'x'.repeat(40)}", hunter2: "${'y'.repeat(40)}"}`, 'hunter2'])(
    'are not quoted when they are none, for a secret may stand there: %s',
    (text) => {
      expect(parseJson(text)).toMatchObject({ ok: false, fault: expect.stringMatching(/JSON/) as unknown });
      expect(JSON.stringify(parseJson(text))).not.toContain('hunter');
    },
  );

  it('says where a text stops being JSON', () => {
    expect(parseJson('{"a":')).toMatchObject({ ok: false });
  });
});

describe('a body with more alerts than can be looked at', () => {
  const alerts = Array.from({ length: 100_000 }, (_, index) => ({ labels: { alertname: `A${index}` } }));
  it.each([
    ['a webhook', { alerts }],
    ['a list', alerts],
    ['a list in an envelope', { status: 'success', data: alerts }],
    ['a list of groups', alerts.map((alert) => ({ labels: {}, alerts: [alert] }))],
    ['groups of blocks', [{ labels: {}, blocks: [{ alerts }] }]],
    ['messages', { messages: alerts.map(({ labels }) => ({ type: 'incident.trigger', data: { incident: labels } })) }],
    ['nothing in it but brackets', { alerts: alerts.map(() => ({})) }],
  ])('is read as far as they go, and it is said how many were left: %s', (_, body) => {
    const intake = incidentsFrom('auto', body, receipt);
    expect(intake.readable && intake.notes).toContainEqual(expect.stringMatching(/^98000 further/));
    expect(intake.readable && intake.signals.length).toBeLessThanOrEqual(2_000);
  });
});

it('leaves no half of a secret where a text is cut', () => {
  const secret = 'q7Zx9LmP2vKc4TnB8wRj6YhD';
  for (let before = 430; before <= 500; before += 1) {
    const summary = `${'x'.repeat(before)} postgres://app:${secret}@db-1/shop ${'y'.repeat(100)}`;
    expect(firstIncident(webhook([alert({ annotations: { summary } })])).title).not.toContain(secret.slice(0, 6));
  }
});
