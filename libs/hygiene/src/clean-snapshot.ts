import { DIMENSIONS, wellFormed, type EvidenceItem, type EvidenceSnapshot } from '@inquest/contracts';
import { cleanIdentity } from './clean-identity.js';
import { cleanRecord } from './clean-record.js';
import { cleanText } from './clean-text.js';
import { redactValue } from './redact-value.js';
import type { RedactOptions } from './redact.js';
import { suspicionsIn } from './suspicions.js';

export interface CleanedSnapshot {
  readonly snapshot: EvidenceSnapshot;
  /** How many secrets were taken out of texts. */
  readonly redactions: number;
  /** Evidence items that read like instructions, with the ids of the patterns. */
  readonly suspicions: { readonly evidenceId: string; readonly patterns: string[] }[];
  /** Ids of the items that had to be cut. */
  readonly cutItems: string[];
}

const TITLE_MAX = 500;
const KIND_MAX = 60;
const INVOCATION_MAX = 2_000;
const TEXT_MAX = 64_000;
const JSON_MAX = 256_000;

interface CleanedItem {
  readonly item: EvidenceItem;
  readonly redactions: number;
  readonly patterns: string[];
  readonly cut: boolean;
}

/** Every text of the snapshot cleaned; items that had to be cut say so in `status` and `cutBytes`. */
export const cleanSnapshot = (snapshot: EvidenceSnapshot, options: RedactOptions = {}): CleanedSnapshot => {
  const cleaned = DIMENSIONS.map(
    (dimension) => [dimension, snapshot[dimension].map((item) => cleanItem(item, options))] as const,
  );
  const all = cleaned.flatMap(([, items]) => items);
  return {
    snapshot: Object.fromEntries(
      cleaned.map(([dimension, items]) => [dimension, items.map(({ item }) => item)]),
    ) as EvidenceSnapshot,
    redactions: all.reduce((sum, { redactions }) => sum + redactions, 0),
    suspicions: all.flatMap(({ item, patterns }) => (patterns.length > 0 ? [{ evidenceId: item.id, patterns }] : [])),
    cutItems: all.flatMap(({ item, cut }) => (cut ? [item.id] : [])),
  };
};

const cleanItem = (item: EvidenceItem, options: RedactOptions): CleanedItem => {
  const title = cleanText(item.title, { ...options, charsMax: TITLE_MAX });
  const invocation =
    item.invocation === undefined ? undefined : cleanText(item.invocation, { ...options, charsMax: INVOCATION_MAX });
  const text = item.text === undefined ? undefined : cleanText(item.text, { ...options, charsMax: TEXT_MAX });
  const json = cleanJson(item.json, options);
  const cutBytes = (text?.cutBytes ?? 0) + json.cutBytes;
  const body = text?.text ?? json.text;
  const tool = item.tool === undefined ? undefined : cleanText(item.tool, { ...options, charsMax: 200 }).text;
  const kept: EvidenceItem = {
    ...item,
    id: cleanIdentity(item.id, options),
    title: title.text,
    ...(item.kind === undefined ? {} : { kind: cleanText(item.kind, { ...options, charsMax: KIND_MAX }).text }),
    ...(tool === undefined ? {} : { tool }),
    ...(invocation === undefined ? {} : { invocation: invocation.text }),
    ...(body === undefined ? {} : { text: body }),
    ...(item.series === undefined ? {} : { series: item.series.map((series) => cleanSeries(series, options)) }),
    ...(cutBytes > 0
      ? { status: item.status === 'ok' ? ('truncated' as const) : item.status, cutBytes: (item.cutBytes ?? 0) + cutBytes }
      : {}),
  };
  if (json.value === undefined) delete kept.json;
  else kept.json = json.value;
  const redactions = [title, invocation, text].reduce((sum, part) => sum + (part?.redactions.length ?? 0), 0);
  const patterns = [...new Set([title, invocation, text].flatMap((part) => part?.suspicions ?? []).concat(json.patterns))];
  return { item: kept, redactions, patterns, cut: cutBytes > 0 };
};

type Json = EvidenceItem['json'];

/** A JSON too large to keep becomes text, head and tail, so that nobody takes half a tree for the whole. */
const cleanJson = (json: Json, options: RedactOptions): { value?: Json; text?: string; cutBytes: number; patterns: string[] } => {
  if (json === undefined) return { cutBytes: 0, patterns: [] };
  const value = wellFormed(redactValue(json, options)) as Json;
  const serialised = JSON.stringify(json);
  const patterns = suspicionsIn(serialised.replaceAll('\\n', '\n'));
  if (serialised.length <= JSON_MAX) return { value, cutBytes: 0, patterns };
  const { text, cutBytes } = cleanText(JSON.stringify(inKeyOrder(value)), { ...options, charsMax: TEXT_MAX });
  return { text, cutBytes, patterns };
};

/** A database may hand an object back with its members in another order; what is cut of its text must be the same. */
const inKeyOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inKeyOrder);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, inKeyOrder(member)]));
};

type Series = NonNullable<EvidenceItem['series']>[number];

const cleanSeries = (series: Series, options: RedactOptions): Series => ({
  ...series,
  name: cleanText(series.name, { ...options, charsMax: 300 }).text || 'unnamed',
  ...(series.unit === undefined ? {} : { unit: cleanText(series.unit, { ...options, charsMax: 60 }).text }),
  labels: cleanRecord(series.labels, options, 200, 1_000),
});
