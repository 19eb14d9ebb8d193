import type { Alarm } from './alarm.js';
import { parseJson } from './lossless-json.js';
import { cut } from './cut.js';
import { fieldsOf, isFields, listOf, textMap, textOf, type Fields } from './values.js';

const STATES: ReadonlyMap<string, Pick<Alarm, 'state' | 'reason'>> = new Map([
  ['ALARM', { state: 'firing' }],
  ['OK', { state: 'resolved', reason: 'the alarm is OK again' }],
  [
    'INSUFFICIENT_DATA',
    { state: 'ignored', reason: 'INSUFFICIENT_DATA says that nothing was measured, not that something is wrong' },
  ],
]);

const nothing = (state: 'ignored' | 'refused', reason: string, body: Fields): Alarm[] => [
  { source: 'cloudwatch', state, reason, title: textOf(body['Subject']), labels: textMap({ topic: body['TopicArn'] }) },
];

/** An alarm as SNS delivers it, JSON inside JSON, or as it is. */
export const cloudwatch = (body: Fields): Alarm[] => {
  const type = textOf(body['Type']);
  if (type === 'SubscriptionConfirmation')
    return nothing(
      'refused',
      'this asks to confirm an SNS subscription: open its SubscribeURL yourself if you trust the topic',
      body,
    );
  if (type === 'UnsubscribeConfirmation') return nothing('ignored', 'the SNS subscription has ended', body);
  const message = type === undefined ? body : embedded(body['Message']);
  if (!message) return nothing('refused', 'the SNS message holds no JSON of a CloudWatch alarm', body);
  const state = STATES.get(textOf(message['NewStateValue']) ?? '');
  if (!state) return nothing('refused', 'the SNS message holds no CloudWatch alarm: NewStateValue is missing', body);
  return [alarmOf(message, state)];
};

const embedded = (message: unknown): Fields | undefined => {
  const parsed = typeof message === 'string' ? parseJson(message) : undefined;
  return parsed?.ok && isFields(parsed.value) ? parsed.value : undefined;
};

/** A dimension that names something (`DBInstanceIdentifier`, `BucketName`) tells more than one that classifies. */
const watched = (dimensions: Fields): string | undefined => {
  const names = Object.keys(dimensions);
  return textOf(dimensions[names.find((name) => /(Identifier|Name|Id)$/.test(name)) ?? names[0] ?? '']);
};

const alarmOf = (message: Fields, state: Pick<Alarm, 'state' | 'reason'>): Alarm => {
  const trigger = fieldsOf(message['Trigger']);
  const dimensions = Object.fromEntries(
    listOf(trigger['Dimensions']).map((one) => [textOf(fieldsOf(one)['name']) ?? 'dimension', fieldsOf(one)['value']]),
  );
  return {
    source: 'cloudwatch',
    ...state,
    title: textOf(message['AlarmName']),
    description: [textOf(message['AlarmDescription']), textOf(message['NewStateReason'])].filter(Boolean).join('\n'),
    startsAt: message['StateChangeTime'],
    labels: textMap({ alarm: message['AlarmName'], account: message['AWSAccountId'], region: message['Region'] }),
    extraLabels: textMap({ ...dimensions, metric: trigger['MetricName'], metricNamespace: trigger['Namespace'] }),
    service: watched(dimensions),
    evidence: [
      {
        dimension: 'metrics',
        item: {
          id: 'alarm-trigger',
          status: 'ok',
          kind: 'metric',
          title: 'What the alarm watches and why it went off',
          tool: 'cloudwatch',
          text: cut(`${JSON.stringify(trigger)}\n${textOf(message['NewStateReason']) ?? ''}`, 60_000),
        },
      },
    ],
  };
};
