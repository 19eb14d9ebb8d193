import type { Alarm } from './alarm.js';
import { momentOf } from './times.js';
import { cut } from './cut.js';
import { fieldsOf, listOf, textMap, textOf, type Fields } from './values.js';

const OBJECTS_MAX = 50;

/** Warning events, one alarm per object that they are about; normal ones open nothing. */
export const kubernetesEvents = (body: Fields): Alarm[] => {
  const events = (textOf(body['kind']) === 'Event' ? [body] : listOf(body['items'])).map(fieldsOf);
  const warnings = events.filter((event) => textOf(event['type']) === 'Warning');
  if (warnings.length === 0)
    return [
      {
        source: 'kubernetes',
        state: 'ignored',
        reason: `none of the ${events.length} events is a warning`,
        labels: { kind: 'EventList' },
      },
    ];
  const byObject = new Map<string, Fields[]>();
  for (const event of warnings) {
    const object = JSON.stringify(Object.values(objectOf(event)));
    byObject.set(object, [...(byObject.get(object) ?? []), event]);
  }
  return [...byObject.values()].slice(0, OBJECTS_MAX).map((about) => alarmOf(about, events));
};

const objectOf = (event: Fields): Record<string, string> => {
  const { kind, namespace, name } = fieldsOf(event['involvedObject'] ?? event['regarding']);
  return textMap({ kind, namespace, name });
};

/** Any of the four times may be null, depending on which client wrote the event. */
const timeOf = (event: Fields): string | undefined =>
  momentOf(event['firstTimestamp']) ??
  momentOf(event['eventTime']) ??
  momentOf(event['lastTimestamp']) ??
  momentOf(fieldsOf(event['metadata'])['creationTimestamp']);

const alarmOf = (warnings: readonly Fields[], all: readonly Fields[]): Alarm => {
  const [first = {}] = [...warnings].sort((a, b) => (timeOf(a) ?? '').localeCompare(timeOf(b) ?? ''));
  const { kind = 'object', namespace = '', name = '' } = objectOf(first);
  const reasons = [...new Set(warnings.map((event) => textOf(event['reason']) ?? 'Warning'))];
  return {
    source: 'kubernetes',
    state: 'firing',
    title: `${reasons.slice(0, 3).join(', ')}: ${kind} ${namespace === '' ? name : `${namespace}/${name}`}`,
    description: cut([...new Set(warnings.map((event) => textOf(event['message'] ?? event['note']) ?? ''))].join('\n'), 8_000),
    severity: 'warning',
    startsAt: timeOf(first),
    labels: textMap({ kind, namespace, name }),
    service: name === '' ? undefined : name,
    namespace: namespace === '' ? undefined : namespace,
    evidence: [
      {
        dimension: 'kubernetes',
        item: {
          id: 'events',
          status: 'ok',
          kind: 'k8s_event',
          title: `Events of ${kind} ${name} and its neighbours`,
          tool: 'kubernetes',
          text: cut(all.slice(0, 200).map(line).join('\n'), 60_000),
        },
      },
    ],
  };
};

const line = (event: Fields): string => {
  const { kind = '', namespace = '', name = '' } = objectOf(event);
  const [type, reason, message] = [event['type'], event['reason'], event['message'] ?? event['note']].map(
    (part) => textOf(part) ?? '-',
  );
  return `${timeOf(event) ?? '-'} ${type} ${reason} ${kind} ${namespace}/${name} x${textOf(event['count']) ?? '1'}: ${message}`;
};
