import type { Draft } from '../rules/rule.js';
import type { Scene } from '../scene.js';

const logit = (p: number): number => Math.log(p / (1 - p));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** What an argument is worth in log-odds. Few and round on purpose: they are judgements, not a fit. */
const WEIGHT = {
  /** Each further dimension of evidence (metrics beside events, …) up to three. */
  furtherDimension: 0.4,
  /** Each further item of the same dimension, up to two. */
  furtherItem: 0.15,
  /** The incident complains of just this. */
  namedByIncident: 0.25,
  refuted: -0.7,
  /** About something that the incident does not concern. */
  elsewhere: -2.2,
  /** Each tool that failed or was denied, up to four. */
  gap: -0.06,
  restsOnTruncated: -0.1,
};

const MAX = 0.97;
/** A candidate with no evidence item behind it is a guess from the alert's own words. */
const MAX_UNCITED = 0.3;

const citedIds = (draft: Draft): string[] => [...new Set(draft.support.flatMap(({ evidenceIds }) => evidenceIds))];

/** How sure the evidence makes us of a draft, 0–1. Missing or failed evidence can only lower it. */
export const confidenceOf = (draft: Draft, scene: Scene): number => {
  const ids = citedIds(draft);
  if (ids.length === 0) return Math.min(MAX_UNCITED, draft.base * 0.4);
  const dimensions = new Set(ids.map((id) => scene.dimensionOf(id)));
  const failed = scene.facts.gaps.filter(({ why }) => why.startsWith('error') || why.startsWith('denied')).length;
  const odds =
    logit(Math.min(0.95, Math.max(0.05, draft.base))) +
    WEIGHT.furtherDimension * Math.min(3, dimensions.size - 1) +
    WEIGHT.furtherItem * Math.min(2, ids.length - 1) +
    (draft.relevance === 1 ? WEIGHT.namedByIncident : draft.relevance === -1 ? WEIGHT.elsewhere : 0) +
    WEIGHT.refuted * Math.min(2, draft.refute.length) +
    WEIGHT.gap * Math.min(4, failed) +
    (ids.every((id) => scene.facts.truncated.includes(id)) ? WEIGHT.restsOnTruncated : 0);
  return Math.round(Math.min(MAX, sigmoid(odds)) * 100) / 100;
};
