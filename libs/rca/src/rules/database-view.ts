import type { QueryFact, SeriesFact } from '../facts/fact.js';
import { connectionLimitIn } from '../facts/series.js';
import { shapeOf, type Shape } from '../facts/shape.js';
import { quote } from '../facts/text.js';
import type { Scene } from '../scene.js';

export interface Measured {
  series: SeriesFact;
  shape: Shape;
}

/** The series of a metric by any of its names (compared without punctuation, at the end): the incident's own, then what moved most. */
export const measured = (scene: Scene, ...names: string[]): Measured | undefined => {
  const matching = scene.series.filter(
    ({ metric, values }) => values.length >= 3 && names.some((name) => metric === name || metric.endsWith(name)),
  );
  const [best] = matching
    .map((series) => ({ series, shape: shapeOf(series) }))
    .sort(
      (a, b) =>
        scene.relevance(b.series.subject) - scene.relevance(a.series.subject) ||
        Math.abs(b.shape.z) - Math.abs(a.shape.z) ||
        (a.series.subject < b.series.subject ? -1 : 1),
    );
  return best;
};

/** Share of the database's load that waits for events with such a name, and the load itself. */
export const waitShare = (scene: Scene, pattern: RegExp): { share: number; load: number; names: string[]; ids: string[] } => {
  const waits = scene.facts.waits.filter(({ instance }) => scene.relevance(instance) >= 0);
  const total = waits.reduce((sum, { load }) => sum + load, 0);
  const matching = waits.filter(({ name }) => pattern.test(name));
  const load = matching.reduce((sum, wait) => sum + wait.load, 0);
  return {
    share: total > 0 ? load / total : 0,
    load,
    names: [...new Set(matching.map(({ name }) => name))],
    ids: [...new Set(matching.map(({ id }) => id))],
  };
};

/** The statement that puts most load on the database, or most of the load that waits in such a way. */
export const topStatement = (scene: Scene, waits?: RegExp): QueryFact | undefined => {
  const weight = (query: QueryFact): number =>
    waits === undefined
      ? query.load
      : query.waits.filter(({ name }) => waits.test(name)).reduce((sum, { load }) => sum + load, 0);
  return scene.facts.queries
    .filter(({ instance }) => scene.relevance(instance) >= 0)
    .sort((a, b) => weight(b) - weight(a))
    .find((query) => weight(query) > 0);
};

export const said = (query: QueryFact | undefined): string =>
  query === undefined ? '' : `“${quote(query.statement, 180)}” (load ${query.load})`;

/** Who runs the most load, e.g. an ETL account. */
export const topUser = (scene: Scene): string => {
  const user = scene.facts.users.filter(({ instance }) => scene.relevance(instance) >= 0).sort((a, b) => b.load - a.load)[0];
  return user === undefined ? '' : /etl/i.test(user.name) ? `${user.name} (an ETL job)` : user.name;
};

/** The database that the incident is about, as its metrics name it; a replica only where nothing else is named. */
export const databaseOf = (scene: Scene): string => {
  const named = scene.series.map(({ subject }) => subject).filter((subject) => subject !== '');
  const relevant = named.filter((subject) => scene.relevance(subject) === 1);
  const candidates = relevant.length > 0 ? relevant : named;
  return (
    candidates.find((subject) => !/replica|read/i.test(subject)) ??
    candidates[0] ??
    scene.facts.queries[0]?.instance ??
    scene.incident.service ??
    'the database'
  );
};

/** Largest number of connections that events, logs or the incident name as the limit. */
export const connectionLimit = (scene: Scene): number | undefined => {
  const limits = scene.facts.lines
    .filter(({ text }) => /connection/i.test(text))
    .map(({ text }) => connectionLimitIn(text))
    .filter((limit) => limit !== undefined);
  return limits.length > 0 ? Math.max(...limits) : undefined;
};
