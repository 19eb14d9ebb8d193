import type { Alarm } from './alarm.js';
import { fingerprintOf, givenFingerprint } from './fingerprint.js';
import { momentOf } from './times.js';

/** An alarm with the one name by which its repeats are recognised. */
export interface NamedAlarm {
  readonly alarm: Alarm;
  readonly fingerprint: string;
}

/** How much an alarm asks for; of two copies the one that asks for more is kept. */
const WEIGHT: Record<Alarm['state'], number> = { firing: 4, resolved: 3, silenced: 2, ignored: 1, refused: 0 };

/**
 * Each alert once: the same one comes once per receiver in lists, and some senders repeat it. A later start replaces an
 * earlier one; at equal starts the copy that asks for more stays. Alerts with different labels never collapse, even when
 * the sender gives them one fingerprint: theirs is then made distinct by their labels.
 */
export const collapse = (alarms: readonly Alarm[]): NamedAlarm[] => {
  const kept = new Map<string, Alarm>();
  for (const [index, alarm] of alarms.entries()) {
    const identity = alarm.state === 'refused' ? `refused/${index}` : identityOf(alarm);
    const other = kept.get(identity);
    if (!other || replaces(alarm, other)) kept.set(identity, alarm);
  }
  const named = [...kept.values()];
  const sharers = new Map<string, number>();
  for (const alarm of named) sharers.set(alarm.fingerprint ?? '', (sharers.get(alarm.fingerprint ?? '') ?? 0) + 1);
  return named.map((alarm) => ({ alarm, fingerprint: nameOf(alarm, (sharers.get(alarm.fingerprint ?? '') ?? 0) > 1) }));
};

const identityOf = (alarm: Alarm): string => {
  const byLabels = Object.keys(alarm.labels).length > 0 ? fingerprintOf(alarm.labels) : '';
  return byLabels === '' ? (givenFingerprint(alarm.fingerprint) ?? alarm.title ?? '') : byLabels;
};

const nameOf = (alarm: Alarm, shared: boolean): string => {
  const given = givenFingerprint(alarm.fingerprint);
  const derived = fingerprintOf(alarm.labels, ...(Object.keys(alarm.labels).length > 0 ? [] : [alarm.title ?? '']));
  if (given === undefined) return derived;
  return shared ? `${given}:${derived.slice(0, 16)}` : given;
};

const replaces = (alarm: Alarm, other: Alarm): boolean => {
  const [mine, theirs] = [momentOf(alarm.startsAt) ?? '', momentOf(other.startsAt) ?? ''];
  return mine === theirs ? WEIGHT[alarm.state] > WEIGHT[other.state] : mine > theirs;
};
