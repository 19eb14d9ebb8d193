import {
  emptySnapshot,
  EvidenceItem,
  safely,
  Series,
  wellFormed,
  type Dimension,
  type EvidenceSnapshot,
  type EvidenceStatus,
} from '@inquest/contracts';
import { z } from 'zod';
import { cut, headOf, tailOf } from './cut.js';
import { fieldsOf, firstText, textOf, type Fields } from './values.js';

const ITEMS_MAX = 200;
const TEXT_MAX = 64_000;

const BY_KIND: ReadonlyMap<string, Dimension> = new Map([
  ['alert', 'alerts'],
  ['metric', 'metrics'],
  ['log', 'logs'],
  ['trace', 'traces'],
  ['topology', 'topology'],
  ['k8s_object', 'kubernetes'],
  ['k8s_event', 'kubernetes'],
  ['change', 'changes'],
  ['runbook', 'history'],
]);
const Plotted = z.array(Series).max(200);

// The first that fits: `kubernetes/logs/fetch_pod_logs` is about logs, whoever fetched them.
const BY_TOOL: readonly (readonly [RegExp, Dimension])[] = [
  [/trace|tempo|jaeger|zipkin|span/i, 'traces'],
  [/log|loki|elastic|opensearch|splunk/i, 'logs'],
  [/prometheus|promql|metric|mimir|thanos|cloudwatch|datadog|grafana|consumer_group|network_drops/i, 'metrics'],
  [/kubectl|kubernetes|helm|docker|aks|eks|gke/i, 'kubernetes'],
  [/change|deploy|commit|git/i, 'changes'],
  [/runbook|recall|wiki|incident_history/i, 'history'],
  [/topology|lineage|dependenc/i, 'topology'],
];

const dimensionOf = (kind: string, tool: string): Dimension =>
  BY_KIND.get(kind) ?? BY_TOOL.find(([pattern]) => pattern.test(tool))?.[1] ?? 'kubernetes';

const DENIED = /forbidden|permission denied|access ?denied|unauthori[sz]ed|not authori[sz]ed|insufficient privilege/i;

const statusOf = (given: Fields): EvidenceStatus => {
  const word = (textOf(given['status']) ?? '').toLowerCase().replaceAll('_', '-');
  if (word === 'error')
    return DENIED.test(`${textOf(given['text']) ?? ''} ${JSON.stringify(given['json'] ?? '')}`) ? 'denied' : 'error';
  if (word === 'no-data' || word === 'denied' || word === 'truncated') return word;
  return textOf(given['text']) === undefined && given['json'] === undefined && given['series'] === undefined ? 'no-data' : 'ok';
};

/**
 * A flat list of evidence, `{id, kind, title, tool?, invocation?, status, cut_bytes?, trusted?, text | json}`, sorted
 * into the eight dimensions. Ids are kept and made unique; long texts lose their middle and say so.
 */
export const snapshotOf = (evidence: readonly unknown[]): EvidenceSnapshot => {
  const snapshot = emptySnapshot();
  const taken = new Set<string>();
  for (const [index, entry] of evidence.entries()) {
    const given = fieldsOf(wellFormed(entry));
    const dimension = snapshot[dimensionOf(textOf(given['kind']) ?? '', textOf(given['tool']) ?? '')];
    if (dimension.length < ITEMS_MAX) dimension.push(itemOf(given, unique(textOf(given['id']) ?? `e${index + 1}`, taken)));
  }
  return snapshot;
};

const unique = (id: string, taken: Set<string>): string => {
  const short = headOf(id, 120);
  let name = short;
  for (let copy = 2; taken.has(name); copy += 1) name = `${short}-${copy}`;
  taken.add(name);
  return name;
};

const itemOf = (given: Fields, id: string): EvidenceItem => {
  const text = typeof given['text'] === 'string' ? shortened(given['text']) : undefined;
  const [kind, tool, invocation] = [textOf(given['kind']), textOf(given['tool']), textOf(given['invocation'])];
  const cutBefore = Number(textOf(given['cut_bytes'] ?? given['cutBytes']) ?? 0);
  const cutBytes = (Number.isInteger(cutBefore) && cutBefore > 0 ? cutBefore : 0) + (text?.cutBytes ?? 0);
  return EvidenceItem.parse({
    id,
    status: cutBytes > 0 && statusOf(given) === 'ok' ? 'truncated' : statusOf(given),
    title: cut(firstText(given, 'title', 'tool', 'kind') ?? id, 500),
    ...(kind === undefined ? {} : { kind: cut(kind, 60) }),
    ...(tool === undefined ? {} : { tool: cut(tool, 200) }),
    ...(invocation === undefined ? {} : { invocation: cut(invocation, 2_000) }),
    trusted: given['trusted'] !== false,
    ...(text === undefined ? {} : { text: text.kept }),
    ...seriesOf(given),
    ...(cutBytes > 0 ? { cutBytes } : {}),
  });
};

/** Series that are none are still data: they stay, as the JSON that they came as. */
const seriesOf = ({ series, json }: Fields): { series?: unknown; json?: unknown } => {
  const plotted = series === undefined ? undefined : safely(Plotted, series);
  return {
    ...(plotted?.success ? { series: plotted.data } : {}),
    ...(json === undefined && plotted?.success !== false ? {} : { json: json ?? series }),
  };
};

/** Head and tail are kept: beginnings say what was asked, ends say how it went. */
const shortened = (text: string): { kept: string; cutBytes: number } => {
  if (text.length <= TEXT_MAX) return { kept: text, cutBytes: 0 };
  const half = TEXT_MAX / 2 - 20;
  const [head, tail] = [headOf(text, half), tailOf(text, half)];
  return { kept: `${head}\n[…]\n${tail}`, cutBytes: Buffer.byteLength(text) - Buffer.byteLength(head) - Buffer.byteLength(tail) };
};
