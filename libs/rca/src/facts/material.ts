import { evidenceItems, type Dimension, type EvidenceItem, type EvidenceSnapshot, type Series } from '@inquest/contracts';
import { parseJson, type Json } from './json.js';
import { headAndTail } from './text.js';

/** An evidence item, bounded and sorted into what may be argued from and what may not. */
export interface Material {
  id: string;
  dimension: Dimension;
  kind: string;
  tool: string;
  title: string;
  invocation: string;
  /** `gap`: nothing usable came back. `recalled`: documentation and memories, which explain terms but prove nothing. */
  standing: 'usable' | 'gap' | 'recalled';
  /** Why it is a gap, in the item's words. */
  gap: string;
  truncated: boolean;
  /** Epoch ms at which it was looked at; NaN when nobody says, which no comparison with it is true of. */
  collectedAt: number;
  text: string;
  /** True when `json` was read out of `text`, so that the text holds nothing more. */
  isJsonText: boolean;
  json: Json;
  series: readonly Series[];
}

const CHARACTERS_MAX = 600_000;
const ITEM_MAX = 48_000;

const FAILED_CALL =
  /failed with return code [1-9]|^\s*error from server|^\s*error: (?:the server|unable|failed|you must|resource)|Metrics API not available|data access layer is not enabled|^Failed to load /im;
const NOTHING_FOUND =
  /^\s*(?:\(?no (?:resources|events|logs?|log lines|data|results?|changes|dropped flows|gitops object|fields)\b|could not find|no matching|nothing (?:found|matched))/i;
const NO_LOGS = /No logs found for this pod/;
const RECALLED_TOOL = /webpage|runbook|recall|knowledge|wiki|(?:^|[/_-])memor(?:y|ies)$/i;

const stripStreams = (text: string): string => text.replace(/^(?:stdout|stderr):[ \t]*$/gm, '');

/** A tool may fail and still report success: short output that is nothing but an error or "none found". */
const gapOf = (item: EvidenceItem, text: string): string => {
  if (item.status === 'error' || item.status === 'denied') return `${item.status}: ${text.slice(0, 160)}`;
  if (item.status === 'no-data') return 'no data';
  const body = stripStreams(text).trim();
  const empty = body === '' && item.json === undefined && (item.series ?? []).length === 0;
  if (empty) return 'empty';
  if (item.json !== undefined) return '';
  if (body.length < 700 && FAILED_CALL.test(body)) return `error: ${body.slice(0, 160)}`;
  if ((body.length < 400 && NOTHING_FOUND.test(body)) || NO_LOGS.test(body.slice(0, 2_000))) return 'no data';
  return '';
};

/** A tool that gives its JSON twice, once as text, has said it once. */
const sameJson = (json: Json, text: string): boolean => {
  const parsed = parseJson(text);
  return parsed !== undefined && JSON.stringify(parsed) === JSON.stringify(json);
};

const materialOf = (dimension: Dimension, item: EvidenceItem, max: number): Material => {
  const whole = item.text ?? '';
  const text = headAndTail(stripStreams(whole), max);
  const gap = gapOf(item, whole);
  const recalled =
    !item.trusted ||
    dimension === 'history' ||
    item.kind === 'runbook' ||
    RECALLED_TOOL.test(item.tool ?? '') ||
    RECALLED_TOOL.test(item.kind ?? '');
  return {
    id: item.id,
    dimension,
    kind: item.kind ?? '',
    tool: item.tool ?? '',
    title: item.title,
    invocation: item.invocation ?? '',
    standing: recalled ? 'recalled' : gap === '' ? 'usable' : 'gap',
    gap,
    truncated: item.status === 'truncated',
    collectedAt: Date.parse(item.collectedAt ?? ''),
    text,
    isJsonText: item.json === undefined || sameJson(item.json, text),
    json: item.json ?? (whole.length <= max ? parseJson(text) : undefined),
    series: item.series ?? [],
  };
};

/** All items of the snapshot, each given an equal share of what is read at most in one diagnosis. */
export const materialsOf = (snapshot: EvidenceSnapshot): Material[] => {
  const items = evidenceItems(snapshot);
  const share = Math.max(2_000, Math.min(ITEM_MAX, Math.floor(CHARACTERS_MAX / Math.max(1, items.length))));
  return items.map(({ dimension, item }) => materialOf(dimension, item, share));
};
