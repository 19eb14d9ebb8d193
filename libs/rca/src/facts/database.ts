import type { QueryFact, SeriesFact, UserFact, WaitFact } from './fact.js';
import { isObject, numberAt, objectsAt, objectsIn, textAt, type JsonObject } from './json.js';

export interface DatabaseLoad {
  queries: QueryFact[];
  waits: WaitFact[];
  users: UserFact[];
  series: SeriesFact[];
}

const waitsOf = (value: JsonObject, key: string): { name: string; load: number }[] =>
  objectsAt(value, key).map((wait) => ({
    name: textAt(wait, 'name', 'wait_event') ?? '',
    load: numberAt(wait, 'db_load_avg', 'load') ?? 0,
  }));

/** Performance-insight reports: load over time, top statements and what they wait for. */
export const databaseLoadOf = (id: string, document: unknown): DatabaseLoad => {
  const load: DatabaseLoad = { queries: [], waits: [], users: [], series: [] };
  for (const value of objectsIn(document)) {
    if (!Array.isArray(value['top_sql']) && !isObject(value['db_load'])) continue;
    const instance = textAt(value, 'db_instance_identifier', 'instance') ?? '';
    for (const entry of objectsAt(value, 'top_sql')) {
      load.queries.push({
        statement: textAt(entry, 'statement', 'sql', 'query') ?? '',
        load: numberAt(entry, 'db_load_avg', 'load') ?? 0,
        waits: waitsOf(entry, 'wait_events'),
        callsPerSecond: numberAt(entry, 'calls_per_sec'),
        instance,
        id,
      });
    }
    load.waits.push(...waitsOf(value, 'top_wait_events').map((wait) => ({ ...wait, instance, id })));
    load.users.push(...waitsOf(value, 'top_users').map((user) => ({ ...user, instance, id })));
    const over = isObject(value['db_load']) ? value['db_load'] : {};
    const values = Array.isArray(over['values'])
      ? over['values'].filter((entry): entry is number => typeof entry === 'number')
      : [];
    if (values.length > 0)
      load.series.push({
        metric: 'dbload',
        name: 'DBLoad',
        subject: instance,
        unit: 'sessions',
        labels: {},
        times: [],
        values,
        id,
      });
  }
  return load;
};
