import type { Incident } from '@inquest/contracts';

const MINUTE_MS = 60_000;
/** What is usual must be seen beside what is wrong. */
const BEFORE_MS = 60 * MINUTE_MS;
const AFTER_MS = 60 * MINUTE_MS;

/** Whom and when an incident is about, as far as its sender has said. Names are as sent: untrusted, and of any form. */
export interface Subject {
  readonly incident: Incident;
  readonly namespace: string | undefined;
  /** The workload or component. */
  readonly service: string | undefined;
  readonly pod: string | undefined;
  readonly onsetMs: number;
  /** The stretch of time that is looked at, in epoch milliseconds. */
  readonly window: { readonly fromMs: number; readonly toMs: number };
}

const POD_NAMES = ['pod', 'pod_name', 'kubernetes_pod_name'];

export const subjectOf = (incident: Incident, nowMs: number): Subject => {
  const onsetMs = Math.min(Date.parse(incident.startsAt), nowMs);
  const pod = POD_NAMES.map((name) => incident.labels[name]).find((value) => value !== undefined && value !== '');
  return {
    incident,
    namespace: incident.namespace,
    service: incident.service,
    pod,
    onsetMs,
    window: { fromMs: onsetMs - BEFORE_MS, toMs: Math.min(nowMs, onsetMs + AFTER_MS) },
  };
};

/** A name of a Kubernetes object (RFC 1123 subdomain); no other is asked for. */
export const isObjectName = (name: string | undefined): name is string =>
  name !== undefined && name.length <= 253 && /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(name);

/** As a literal in RE2 and in JavaScript alike. */
export const escapeRegExp = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A string literal of PromQL, LogQL and TraceQL. Control characters have no place in a name. */
export const quoted = (text: string): string =>
  `"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/\p{Cc}/gu, ' ')}"`;
