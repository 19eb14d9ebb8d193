import { DIMENSIONS, EvidenceItem, EvidenceSnapshot, Incident, wellFormed } from '@inquest/contracts';
import type { Alarm, DimensionedItem } from './alarm.js';
import { collapse, type NamedAlarm } from './collapse.js';
import { componentOf, namespaceOf } from './component.js';
import { ALERTS_MAX, type Receipt, type Signal } from './intake.js';
import { severityOf } from './severity.js';
import { hourOf, momentOf } from './times.js';
import { cut } from './values.js';
import { isWatchdog } from './watchdog.js';

const SIBLINGS_MAX = 30;

/** The alarms of one body as signals, each once. `remarks` are shown to the roles beside every alert of the body. */
export const signalsFrom = (alarms: readonly Alarm[], receipt: Receipt, remarks: readonly DimensionedItem[] = []): Signal[] => {
  const named = collapse(alarms);
  return named.map((one, index) =>
    index < ALERTS_MAX
      ? signalOf(one, receipt, [...siblingsOf(one, named), ...remarks])
      : { ...about(one), kind: 'refused', reason: `more than ${ALERTS_MAX} alerts in one body; group them at the sender` },
  );
};

const about = ({ alarm, fingerprint }: NamedAlarm) => ({ title: titleOf(alarm), fingerprint });

const titleOf = ({ title, labels, annotations = {} }: Alarm): string =>
  cut(title ?? annotations['summary'] ?? labels['alertname'] ?? 'An alert without a name', 500);

const signalOf = (one: NamedAlarm, receipt: Receipt, context: readonly DimensionedItem[]): Signal => {
  const { alarm } = one;
  const known = about(one);
  if (alarm.state !== 'firing') return { ...known, kind: alarm.state, reason: alarm.reason ?? `the sender says ${alarm.state}` };
  if (isWatchdog(alarm.labels['alertname'] ?? alarm.title))
    return { ...known, kind: 'watchdog', reason: 'it fires as long as alerting works: hearing it is the healthy state' };
  const incident = incidentOf(one, receipt.startsAtIfUnknown ?? hourOf(receipt.receivedAt));
  return { ...known, kind: 'firing', incident, evidence: evidenceOf(one, [...(alarm.evidence ?? []), ...context]) };
};

/** An alarm in the one shape that we keep, within its bounds. */
export const incidentOf = ({ alarm, fingerprint }: NamedAlarm, startsAtIfUnknown: string): Incident => {
  const labels = { ...alarm.extraLabels, ...alarm.labels };
  const annotations = { ...alarm.annotations };
  const service = alarm.service ?? componentOf(labels, annotations);
  const namespace = alarm.namespace ?? namespaceOf(labels, annotations);
  const description = alarm.description ?? annotations['description'] ?? annotations['message'] ?? annotations['summary'] ?? '';
  return Incident.parse(
    wellFormed({
      source: alarm.source,
      fingerprint,
      title: titleOf(alarm),
      description: cut(description, 8_000),
      severity: severityOf(alarm.severity ?? labels['severity'] ?? labels['priority']),
      startsAt: momentOf(alarm.startsAt) ?? startsAtIfUnknown,
      ...(service === undefined ? {} : { service: cut(service, 300) }),
      ...(namespace === undefined ? {} : { namespace: cut(namespace, 300) }),
      labels,
      annotations,
      ...(alarm.url === undefined ? {} : { url: cut(alarm.url, 2_000) }),
    }),
  );
};

const alertItem = (id: string, { alarm, fingerprint }: NamedAlarm): DimensionedItem => ({
  dimension: 'alerts',
  item: {
    id,
    status: 'ok',
    kind: 'alert',
    title: cut(`${alarm.state}: ${titleOf(alarm)}`, 500),
    tool: alarm.source,
    json: {
      state: alarm.state,
      startsAt: momentOf(alarm.startsAt) ?? null,
      fingerprint,
      labels: { ...alarm.labels },
      annotations: { ...alarm.annotations },
      description: cut(alarm.description ?? '', 8_000),
    },
  },
});

/** The other alerts of the same body: the sender grouped them for a reason. */
const siblingsOf = (one: NamedAlarm, all: readonly NamedAlarm[]): DimensionedItem[] =>
  all
    .filter((other) => other !== one && other.alarm.state !== 'refused')
    .slice(0, SIBLINGS_MAX)
    .map((other, index) => alertItem(`alert-${index + 2}`, other));

export const evidenceOf = (one: NamedAlarm, context: readonly DimensionedItem[]): EvidenceSnapshot => {
  const all = [alertItem('alert-1', one), ...context];
  return EvidenceSnapshot.parse(
    wellFormed(
      Object.fromEntries(
        DIMENSIONS.map((dimension) => [
          dimension,
          all.filter((entry) => entry.dimension === dimension).map(({ item }) => EvidenceItem.parse(item)),
        ]),
      ),
    ),
  );
};
