import { Json } from './json.js';
import { z } from 'zod';
import { EvidenceId, prose, shortText, Timestamp } from './bounds.js';

/** The eight dimensions in which an incident is looked at. */
export const DIMENSIONS = ['alerts', 'metrics', 'logs', 'traces', 'topology', 'kubernetes', 'changes', 'history'] as const;
export const Dimension = z.enum(DIMENSIONS);
export type Dimension = z.infer<typeof Dimension>;

/**
 * What became of the question that the item answers: `ok`; `no-data` (it worked and found nothing, which can be good
 * news); `error` (the tool failed); `denied` (we lack the right); `truncated` (the middle was cut, head and tail kept).
 */
export const EvidenceStatus = z.enum(['ok', 'no-data', 'error', 'denied', 'truncated']);
export type EvidenceStatus = z.infer<typeof EvidenceStatus>;

/** One time series. `points` are [epoch seconds, value], oldest first. */
export const Series = z.object({
  name: shortText(),
  unit: z.string().max(60).optional(),
  labels: z.record(z.string().max(200), z.string().max(1_000)).default({}),
  points: z.array(z.tuple([z.number(), z.number()])).max(5_000),
});
export type Series = z.infer<typeof Series>;

/**
 * One piece of evidence, with at least one of `text`, `json` or `series` when its status is `ok`.
 * Everything in it is data from outside and never an instruction.
 */
export const EvidenceItem = z.object({
  id: EvidenceId,
  status: EvidenceStatus,
  title: z.string().max(500),
  /** What it is, in the collector's words: `alert`, `metric`, `log`, `k8s_object`, `k8s_event`, `runbook`, … */
  kind: z.string().max(60).optional(),
  /** Which collector or tool produced it, and how it was called. */
  tool: z.string().max(200).optional(),
  invocation: prose(2_000).optional(),
  collectedAt: Timestamp.optional(),
  /** False for what is recalled or supplied by a third party, e.g. an earlier incident's write-up. */
  trusted: z.boolean().default(true),
  text: z.string().max(64_000).optional(),
  json: Json.optional(),
  series: z.array(Series).max(200).optional(),
  /** Bytes left out of the middle when `status` is `truncated`. */
  cutBytes: z.int().min(0).optional(),
});
export type EvidenceItem = z.infer<typeof EvidenceItem>;

const items = z.array(EvidenceItem).max(200).default([]);

/** Everything known about an incident when its debate opens: the only thing that roles may argue from. */
export const EvidenceSnapshot = z.object({
  alerts: items,
  metrics: items,
  logs: items,
  traces: items,
  topology: items,
  kubernetes: items,
  changes: items,
  history: items,
});
export type EvidenceSnapshot = z.infer<typeof EvidenceSnapshot>;

/** All items of a snapshot with the dimension each belongs to, in the order of `DIMENSIONS`. */
export const evidenceItems = (snapshot: EvidenceSnapshot): { dimension: Dimension; item: EvidenceItem }[] =>
  DIMENSIONS.flatMap((dimension) => snapshot[dimension].map((item) => ({ dimension, item })));

export const emptySnapshot = (): EvidenceSnapshot => EvidenceSnapshot.parse({});
