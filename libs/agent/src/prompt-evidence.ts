import { DIMENSIONS, evidenceItems, type EvidenceItem, type EvidenceSnapshot, type Series } from '@inquest/contracts';
import { condenseLog, condenseRecords } from '@inquest/hygiene';

/** Characters of evidence that a model can read within a turn of five seconds; about 40 000 tokens. */
const BUDGET = 120_000;
const ITEM_MIN = 1_000;
const ITEM_MAX = 8_000;
/** Points that still show a series' shape. */
const POINTS_MAX = 60;

/**
 * The evidence as a model is given it: every item stays, with its id and status; long texts keep head and tail, long
 * series every n-th point and their last, logs a template for lines that repeat. An item that was cut says `truncated`, so nobody
 * argues from what is missing. For models alone: rules read the whole snapshot.
 */
export const promptEvidence = (snapshot: EvidenceSnapshot): EvidenceSnapshot => {
  const count = evidenceItems(snapshot).length;
  const itemMax = Math.max(ITEM_MIN, Math.min(ITEM_MAX, Math.floor(BUDGET / Math.max(1, count))));
  const condensed = DIMENSIONS.map(
    (dimension) =>
      [dimension, snapshot[dimension].map((item) => condense(dimension === 'logs' ? templated(item) : item, itemMax))] as const,
  );
  return { ...snapshot, ...Object.fromEntries(condensed) };
};

/** Free text of programs and of their users: what repeats is told once, and no line is long. */
const templated = (item: EvidenceItem): EvidenceItem => {
  const { text, json } = item;
  const lines = text === undefined ? undefined : condenseLog(text);
  const records = json === undefined ? undefined : condenseRecords(json);
  const cut = (lines?.cutCharacters ?? 0) + (records?.cutCharacters ?? 0);
  return {
    ...item,
    ...(lines && { text: lines.value }),
    ...(records && { json: records.value as EvidenceItem['json'] }),
    ...(cut > 0 && { status: item.status === 'ok' ? 'truncated' : item.status, cutBytes: (item.cutBytes ?? 0) + cut }),
  };
};

const condense = (item: EvidenceItem, max: number): EvidenceItem => {
  const { json, ...rest } = item;
  const series = item.series?.map(thinned);
  const thin = series ? { ...rest, series } : rest;
  const written = json === undefined ? undefined : JSON.stringify(json);
  // JSON cut in the middle is no JSON any more: it travels as text.
  const text = written !== undefined && written.length > max ? [item.text, written].filter(Boolean).join('\n') : item.text;
  const keepsJson = written !== undefined && written.length <= max;
  if (text === undefined || text.length <= max)
    return { ...thin, ...(keepsJson && { json }), ...(text !== undefined && { text }) };
  const half = Math.floor(max / 2);
  const cut = `${text.slice(0, half)}\n… ${text.length - 2 * half} characters left out …\n${text.slice(-half)}`.toWellFormed();
  return {
    ...thin,
    ...(keepsJson && { json }),
    text: cut,
    status: item.status === 'ok' ? 'truncated' : item.status,
    cutBytes: (item.cutBytes ?? 0) + text.length - 2 * half,
  };
};

const thinned = (series: Series): Series => {
  const step = Math.ceil(series.points.length / POINTS_MAX);
  if (step <= 1) return series;
  const last = series.points.length - 1;
  return { ...series, points: series.points.filter((_, index) => index % step === 0 || index === last) };
};
