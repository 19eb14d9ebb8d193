import { DIMENSIONS, wellFormed, type EvidenceItem, type EvidenceSnapshot } from '@inquest/contracts';
import { cleanIdentity } from './clean-identity.js';
import { cleanRecord } from './clean-record.js';
import { cleanText } from './clean-text.js';
import { isPlain } from './invisible.js';
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
const TOOL_MAX = 200;
const INVOCATION_MAX = 2_000;
const TEXT_MAX = 64_000;
const JSON_MAX = 256_000;

export interface CleanedItem {
  readonly item: EvidenceItem;
  /** How many secrets were taken out of its texts. */
  readonly redactions: number;
  /** Ids of the patterns that it reads like instructions by. */
  readonly patterns: string[];
  readonly cut: boolean;
}

/** Every text of the snapshot cleaned; items that had to be cut say so in `status` and `cutBytes`. */
export const cleanSnapshot = (snapshot: EvidenceSnapshot, options: RedactOptions = {}): CleanedSnapshot => {
  const cleaned = DIMENSIONS.map(
    (dimension) => [dimension, snapshot[dimension].map((item) => cleanEvidenceItem(item, options))] as const,
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

/** As `cleanSnapshot` cleans each. */
export const cleanEvidenceItem = (item: EvidenceItem, { salt }: RedactOptions = {}): CleanedItem => {
  const options = salt === undefined ? {} : { salt };
  const title = cleanText(item.title, { salt, charsMax: TITLE_MAX });
  const invocation = item.invocation === undefined ? undefined : cleanText(item.invocation, { salt, charsMax: INVOCATION_MAX });
  const text = item.text === undefined ? undefined : cleanText(item.text, { salt, charsMax: TEXT_MAX });
  const json = cleanJson(item.json, options);
  const cutBytes = (text?.cutBytes ?? 0) + json.cutBytes;
  const body = text?.text ?? json.text;
  const kept: EvidenceItem = { ...item, id: cleanIdentity(item.id, options), title: title.text };
  if (item.kind !== undefined) kept.kind = cleanText(item.kind, { salt, charsMax: KIND_MAX }).text;
  if (item.tool !== undefined) kept.tool = cleanText(item.tool, { salt, charsMax: TOOL_MAX }).text;
  if (invocation !== undefined) kept.invocation = invocation.text;
  if (body !== undefined) kept.text = body;
  if (item.series !== undefined) kept.series = item.series.map((series) => cleanSeries(series, options));
  if (cutBytes > 0) {
    kept.status = item.status === 'ok' ? 'truncated' : item.status;
    kept.cutBytes = (item.cutBytes ?? 0) + cutBytes;
  }
  if (json.value !== undefined) kept.json = json.value;
  let redactions = 0;
  const patterns = new Set(json.patterns);
  for (const part of [title, invocation, text]) {
    redactions += part?.redactions.length ?? 0;
    for (const id of part?.suspicions ?? []) patterns.add(id);
  }
  return { item: json.value === undefined ? withoutJson(kept) : kept, redactions, patterns: [...patterns], cut: cutBytes > 0 };
};

const withoutJson = (item: EvidenceItem): EvidenceItem => {
  if (!('json' in item)) return item;
  const { json: _cut, ...rest } = item;
  return rest;
};

type Json = EvidenceItem['json'];

/** A JSON too large to keep becomes text, head and tail, so that nobody takes half a tree for the whole. */
const cleanJson = (json: Json, options: RedactOptions): { value?: Json; text?: string; cutBytes: number; patterns: string[] } => {
  if (json === undefined) return { cutBytes: 0, patterns: [] };
  const serialised = JSON.stringify(json);
  const redacted = redactValue(json, options) as Json;
  // Only what is written as an escape, or beyond ASCII, can be ill-formed; most objects need no second walk.
  const value = isPlain(serialised) && !serialised.includes('\\u') ? redacted : wellFormed(redacted);
  const patterns = suspicionsIn(serialised.includes('\\n') ? serialised.replaceAll('\\n', '\n') : serialised);
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
  name: cleanText(series.name, { salt: options.salt, charsMax: 300 }).text || 'unnamed',
  ...(series.unit === undefined ? {} : { unit: cleanText(series.unit, { salt: options.salt, charsMax: 60 }).text }),
  labels: cleanRecord(series.labels, options, 200, 1_000),
});
