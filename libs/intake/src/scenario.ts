import { EvidenceSnapshot, Incident, safely, wellFormed } from '@inquest/contracts';
import type { Alarm } from './alarm.js';
import { collapse } from './collapse.js';
import { detectFormat } from './detect.js';
import { fingerprintOf } from './fingerprint.js';
import { incidentsFrom } from './incidents-from.js';
import type { Receipt, Signal } from './intake.js';
import { parseJson } from './lossless-json.js';
import { evidenceOf, incidentOf, unfit } from './signals.js';
import { snapshotOf } from './snapshot.js';
import { cut } from './cut.js';
import { fieldsOf, firstText, isFields, LABELS_MAX, textMap, textOf, type Fields } from './values.js';

/** What a session is opened with. */
export interface Scenario {
  readonly incident: Incident;
  readonly evidence: EvidenceSnapshot;
}

export type ScenarioReading =
  { readonly readable: true; readonly scenario: Scenario } | { readonly readable: false; readonly reason: string };

/**
 * Reads a file that a person wants debated: `{incident, evidence}` in our own shape, or with the incident as
 * `{format, body | prompt, alert?, title?, workload?}` and the evidence as a flat list, or a raw body of any known
 * format. Other keys are ignored. Unlike a webhook it is debated whatever its state: the person has asked.
 */
export const scenarioOf = (file: unknown, { receivedAt, startsAtIfUnknown = receivedAt }: Receipt): ScenarioReading => {
  const receipt = { receivedAt, startsAtIfUnknown };
  const { incident, evidence } = fieldsOf(file);
  if (!isFields(incident) || detectFormat(file) === 'stackdriver') return fromRaw(file, receipt);
  const about = 'body' in incident || 'prompt' in incident ? described(incident, receipt) : ownIncident(incident, receipt);
  if (!about.ok) return { readable: false, reason: about.reason };
  const snapshot = evidenceFrom(evidence);
  if (!snapshot.ok) return { readable: false, reason: snapshot.reason };
  return { readable: true, scenario: wellFormed({ incident: about.incident, evidence: snapshot.evidence ?? about.evidence }) };
};

type About = { ok: true; incident: Incident; evidence: EvidenceSnapshot } | { ok: false; reason: string };

const bare = (alarm: Alarm, { receivedAt }: Receipt): About => {
  const [one] = collapse([alarm]);
  if (!one) return { ok: false, reason: 'There is no incident in it.' };
  const { success, data: incident, error } = incidentOf(one, receivedAt);
  return success ? { ok: true, incident, evidence: evidenceOf(one, []) } : { ok: false, reason: `incident: ${unfit(error)}` };
};

/** Our own shape; what a person may leave out is filled in: source, fingerprint, start. */
const ownIncident = (given: Fields, { receivedAt }: Receipt): About => {
  const crowded = ['labels', 'annotations'].find((name) => Object.keys(fieldsOf(given[name])).length > LABELS_MAX);
  if (crowded !== undefined) return { ok: false, reason: `incident: ${crowded}: give ${LABELS_MAX} at most` };
  const filled = { source: 'api', startsAt: receivedAt, ...given };
  const fingerprint = fingerprintOf(textMap(given['labels']), textOf(given['title']) ?? '', textOf(given['service']) ?? '');
  const parsed = safely(Incident, wellFormed({ fingerprint, ...filled }));
  if (!parsed.success) return { ok: false, reason: `incident: ${unfit(parsed.error)}` };
  return { ok: true, incident: parsed.data, evidence: EvidenceSnapshot.parse({}) };
};

const described = (given: Fields, receipt: Receipt): About => {
  const alert = isFields(given['alert']) ? given['alert'] : undefined;
  if (!('body' in given)) return bare(questioned(given), receipt);
  const intake = incidentsFrom('auto', given['body'], receipt);
  const body = fieldsOf(given['body']);
  const read = alert ? mergedWith(alert, body) : intake.readable ? unjudged(intake.signals) : undefined;
  if (read && 'incident' in read) return { ok: true, incident: titled(read.incident, given), evidence: read.evidence };
  return bare(read ?? plain(body, given), receipt);
};

/** A firing signal is complete; one that opens nothing by itself is still what the person wants debated. */
const unjudged = (signals: readonly Signal[]): Extract<Signal, { kind: 'firing' }> | undefined =>
  signals.find((signal) => signal.kind === 'firing');

const titled = (incident: Incident, given: Fields): Incident => ({
  ...incident,
  title: cut(textOf(given['title']) ?? incident.title, 500),
});

/** A question in words. `<< {"type", "name", "namespace"} >>` is how chat front ends name the object that they mean. */
const questioned = (given: Fields): Alarm => {
  const prompt = textOf(given['prompt']) ?? '';
  const reference = /<<\s*(\{.*?\})\s*>>/s.exec(prompt)?.[1];
  const parsed = reference === undefined ? undefined : parseJson(reference);
  const object = fieldsOf(parsed?.ok ? parsed.value : given['workload']);
  const workload = textOf(given['workload']);
  return {
    source: 'question',
    state: 'firing',
    title: cut(textOf(given['title']) ?? prompt.split('\n')[0] ?? 'A question', 300),
    description: prompt,
    labels: textMap({
      question: cut(prompt, 500),
      kind: object['type'] ?? object['kind'],
      name: object['name'],
      namespace: object['namespace'],
    }),
    service: textOf(object['name']) ?? workload?.split('/').at(-1),
    namespace: textOf(object['namespace']) ?? (workload?.includes('/') ? workload.split('/')[0] : undefined),
  };
};

/** The request names the subject, the alert carries the labels. */
const mergedWith = (alert: Fields, body: Fields): Alarm => {
  const subject = fieldsOf(body['subject']);
  const annotations = textMap(alert['annotations']);
  return {
    source: 'alertmanager',
    state: 'firing',
    title: firstText(body, 'title') ?? annotations['summary'] ?? textOf(alert['name']),
    description: [textOf(body['description']), annotations['description']].filter(Boolean).join('\n'),
    startsAt: alert['startsAt'],
    fingerprint: textOf(alert['fingerprint']),
    labels: textMap(alert['labels']),
    extraLabels: textMap({ name: subject['name'], kind: subject['subject_type'], ...textMap(subject['labels']) }),
    annotations,
    service: textOf(subject['name']),
    namespace: textOf(subject['namespace']),
  };
};

/** A body that opens nothing by itself, or whose shape nobody knows: its words are taken as they are. */
const plain = (body: Fields, given: Fields): Alarm => {
  const labels = textMap(body['commonLabels'] ?? body['labels']);
  const annotations = textMap(body['commonAnnotations'] ?? body['annotations']);
  const title = textOf(given['title']) ?? firstText(body, 'title', 'alert_name', 'name', 'summary', 'message');
  return {
    source: textOf(body['alert_source']) ?? textOf(body['source']) ?? 'api',
    state: 'firing',
    title,
    description: [firstText(body, 'description', 'message', 'text'), annotations['description']].filter(Boolean).join('\n'),
    startsAt: body['startsAt'],
    labels: { ...labels, ...(title === undefined ? {} : { title: cut(title, 500) }) },
    annotations,
  };
};

const fromRaw = (file: unknown, receipt: Receipt): ScenarioReading => {
  const intake = incidentsFrom('auto', file, receipt);
  if (!intake.readable) return { readable: false, reason: intake.reason };
  const first = unjudged(intake.signals);
  if (first) return { readable: true, scenario: { incident: first.incident, evidence: first.evidence } };
  const [{ title, kind, ...rest } = { title: 'the body', kind: 'refused' as const }] = intake.signals;
  return {
    readable: false,
    reason: `Nothing in it is firing: ${title} is ${kind}${'reason' in rest ? ` (${rest.reason})` : ''}.`,
  };
};

type Evidence = { ok: true; evidence: EvidenceSnapshot | undefined } | { ok: false; reason: string };

const evidenceFrom = (given: unknown): Evidence => {
  if (given === undefined || given === null) return { ok: true, evidence: undefined };
  if (Array.isArray(given)) return { ok: true, evidence: snapshotOf(given) };
  const parsed = safely(EvidenceSnapshot, given);
  if (parsed.success) return { ok: true, evidence: parsed.data };
  return { ok: false, reason: `evidence: ${unfit(parsed.error)}` };
};
