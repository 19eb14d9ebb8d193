import { shapeOf } from '../facts/shape.js';
import { tidy } from '../facts/text.js';
import { found, type Draft, type Rule } from './rule.js';

const Z_MIN = 8;
const RATIO_MIN = 2;

/** Metrics whose level means nothing by itself: identifiers, capacities, counters that only grow. */
const NEUTRAL = /transactionids|allocated|capacity|_total$|uptime|timestamp|created|info$/i;

/**
 * No rule has a name for it, but something moved: the component whose series left its level furthest. Confidence stays
 * near the line of abstention, since an anomaly is where to look and not why.
 */
export const anomalousComponent: Rule = (scene) => {
  const moved = scene.series
    .filter(({ values, name }) => values.length >= 8 && !NEUTRAL.test(name))
    .map((series) => ({ series, shape: shapeOf(series) }))
    .filter(
      ({ shape }) =>
        Math.abs(shape.z) >= Z_MIN &&
        Math.max(Math.abs(shape.tail), Math.abs(shape.head)) >=
          RATIO_MIN * Math.max(Math.min(Math.abs(shape.tail), Math.abs(shape.head)), 1e-9),
    )
    .sort((a, b) => Math.abs(b.shape.z) - Math.abs(a.shape.z));
  const best = moved[0];
  if (best === undefined) return [];
  const component = best.series.subject || best.series.name;
  const own = moved.filter(({ series }) => series.subject === best.series.subject);
  const draft: Draft = {
    rule: 'anomaly',
    category: 'unknown',
    faultType: 'anomaly',
    component,
    cause: `${component} behaves unlike before: ${own
      .slice(0, 4)
      .map(({ series, shape }) => `${series.name} ${tidy(shape.head)} → ${tidy(shape.tail)}`)
      .join(', ')}. No known failure explains it.`,
    base: own.length >= 2 ? 0.44 : 0.38,
    support: own
      .slice(0, 6)
      .map(({ series, shape }) =>
        found('level_shift', component, `${series.name} ${tidy(shape.head)} → ${tidy(shape.tail)} (robust z ${tidy(shape.z)})`, [
          series.id,
        ]),
      ),
    refute: [],
    wouldRefute: ['the same shift at the same hour on other days'],
    explains: [],
    relevance: scene.relevance(best.series.subject),
  };
  return [draft];
};
