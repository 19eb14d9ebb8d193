import { DIMENSIONS, EvidenceItem, EvidenceSnapshot, Incident, safely, wellFormed } from '@inquest/contracts';
import type { z } from 'zod';
import type { Alarm, DimensionedItem } from './alarm.js';
import { collapse, type NamedAlarm } from './collapse.js';
import { componentOf, namespaceOf } from './component.js';
import { ALERTS_MAX, type Receipt, type Signal } from './intake.js';
import { severityOf } from './severity.js';
import { hourOf, momentOf } from './times.js';
import { cut } from './cut.js';
import { textOf } from './values.js';
import { isWatchdog } from './watchdog.js';

const SIBLINGS_MAX = 30;
/** Of one dimension. */
const ITEMS_MAX = 200;

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

const titleOf = ({ title, labels, annotations = {} }: Alarm): string => {
  const named = [title, annotations['summary'], labels['alertname']].map(textOf).find((text) => text !== undefined);
  return cut(named ?? 'An alert without a name', 500);
};

const signalOf = (one: NamedAlarm, receipt: Receipt, context: readonly DimensionedItem[]): Signal => {
  const { alarm } = one;
  const known = about(one);
  if (alarm.state !== 'firing') return { ...known, kind: alarm.state, reason: alarm.reason ?? `the sender says ${alarm.state}` };
  if (isWatchdog(alarm.labels['alertname'] ?? alarm.title))
    return { ...known, kind: 'watchdog', reason: 'it fires as long as alerting works: hearing it is the healthy state' };
  const { success, data: incident, error } = incidentOf(one, receipt.startsAtIfUnknown ?? hourOf(receipt.receivedAt));
  if (!success) return { ...known, kind: 'refused', reason: unfit(error) };
  return { ...known, kind: 'firing', incident, evidence: evidenceOf(one, [...(alarm.evidence ?? []), ...context]) };
};

/** Why something does not fit its contract, in one line. */
export const unfit = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');

/** An alarm in the one shape that we keep, within its bounds. */
export const incidentOf = ({ alarm, fingerprint }: NamedAlarm, startsAtIfUnknown: string): z.ZodSafeParseResult<Incident> => {
  const labels = { ...alarm.extraLabels, ...alarm.labels };
  const annotations = { ...alarm.annotations };
  const service = alarm.service ?? componentOf(labels, annotations);
  const namespace = alarm.namespace ?? namespaceOf(labels, annotations);
  const description = alarm.description ?? annotations['description'] ?? annotations['message'] ?? annotations['summary'] ?? '';
  return safely(
    Incident,
    wellFormed({
      source: cut(alarm.source, 60),
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
          all
            .filter((entry) => entry.dimension === dimension)
            .slice(0, ITEMS_MAX)
            .map(({ item }) => EvidenceItem.parse(bounded(item))),
        ]),
      ),
    ),
  );
};

type Item = DimensionedItem['item'];

/** Senders' words have no bounds; the contract's have. */
const bounded = (item: Item): Item => ({
  ...item,
  title: cut(item.title, 500),
  ...(item.tool === undefined ? {} : { tool: cut(item.tool, 200) }),
  ...(item.text === undefined ? {} : { text: cut(item.text, 64_000) }),
});
