import type { DecidingSeries } from '../diagnosis.js';
import type { Weighed } from '../verdict/explaining-away.js';
import type { NamedSeries } from './series.js';

const SERIES_MAX = 8;
const CANDIDATES_MAX = 3;

/** The series that the findings of the first candidates rest on: the very one where a finding says which, else those of its items. */
export const decidingSeries = (weighed: readonly Weighed[], series: readonly NamedSeries[]): DecidingSeries[] => {
  const findings = weighed.slice(0, CANDIDATES_MAX).flatMap(({ draft }) => [...draft.support, ...draft.refute]);
  const named = findings.flatMap(({ pointer, subject }) =>
    series.filter(({ service, metric }) => service === subject && metric === pointer),
  );
  const cited = findings.flatMap(({ evidenceIds }) => series.filter(({ evidenceId }) => evidenceIds.includes(evidenceId)));
  const swings = [...new Set(cited)].map((one) => ({ one, swing: swingOf(one) })).sort((a, b) => b.swing - a.swing);
  return [...new Set([...named, ...swings.map(({ one }) => one)])]
    .slice(0, SERIES_MAX)
    .map(({ service, metric, unit, points, evidenceId }) => ({ service, metric, unit, points, evidenceId }));
};

/** How far a series goes up and down, in terms of its usual value: of many pods' series, that of the sick one is worth a look. */
const swingOf = ({ points }: NamedSeries): number => {
  const values = points.map(([, value]) => value).sort((a, b) => a - b);
  const [least = 0, usual = 0, most = 0] = [values[0], values[Math.floor(values.length / 2)], values.at(-1)];
  return (most - least) / Math.max(Math.abs(usual), 1e-9);
};
