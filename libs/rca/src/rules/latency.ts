import type { SpanFact } from '../facts/fact.js';
import { quote, tidy } from '../facts/text.js';
import type { Scene } from '../scene.js';
import { found, fromSightings, timesSeen, type Draft, type Rule } from './rule.js';

const DATABASE = /query|select|insert|update|postgres|mysql|mongo|redis|\bsql\b|jdbc|database|db\./i;

interface Spent {
  span: SpanFact;
  selfMs: number;
  /** Share of the longest trace's time. */
  share: number;
  ids: string[];
}

/** Where the time of the slowest traces goes: own time, summed over equal operations. */
const mostSpent = (spans: readonly SpanFact[]): Spent | undefined => {
  const total = Math.max(1, ...spans.map(({ durationMs }) => durationMs));
  const slow = new Set(spans.filter(({ durationMs }) => durationMs >= total * 0.3).map(({ trace }) => trace));
  const sums = new Map<string, Spent>();
  for (const span of spans) {
    if (!slow.has(span.trace)) continue;
    const key = `${span.service}\u0000${span.operation}\u0000${span.statement}`;
    const known = sums.get(key);
    const selfMs = Math.max(0, span.selfMs);
    if (known === undefined) sums.set(key, { span, selfMs, share: 0, ids: [span.id] });
    else sums.set(key, { ...known, selfMs: known.selfMs + selfMs, ids: [...new Set([...known.ids, span.id])] });
  }
  const best = [...sums.values()].sort((a, b) => b.selfMs - a.selfMs)[0];
  const all = [...sums.values()].reduce((sum, { selfMs }) => sum + selfMs, 0);
  return best === undefined ? undefined : { ...best, share: best.selfMs / Math.max(1, all) };
};

/** One operation takes most of the time that callers wait. */
export const slowOperation: Rule = (scene) => {
  const best = mostSpent(scene.facts.spans);
  if (best === undefined || best.share < 0.3 || best.span.durationMs < 200) return [];
  const { span, share } = best;
  const database = DATABASE.test(`${span.operation} ${span.statement}`);
  const draft: Draft = {
    rule: 'slow-operation',
    category: 'dependency_failure',
    faultType: database ? 'slow_query' : 'slow_dependency',
    component: span.service,
    cause:
      `Requests are slow because ${span.service} spends ${tidy(span.durationMs)} ms in ${database ? 'a database query' : 'one operation'} (${span.operation}), ${Math.round(share * 100)} % of all the time in the slow traces.` +
      `${span.statement === '' ? '' : ` Query: “${quote(span.statement, 200)}”.`} Services above it only wait.`,
    base: 0.6 + Math.min(0.2, share * 0.25),
    support: [found('span_self_time', span.service, `${span.operation} takes ${tidy(span.durationMs)} ms itself`, best.ids)],
    refute: [],
    wouldRefute: ['traces of the same request that are slow without this operation', 'the query fast when run by hand'],
    explains: [
      'slow_dependency',
      'gateway_errors',
      'dependency_unreachable',
      'dns_failure',
      'log_errors',
      'anomaly',
      'cpu_throttling',
      'probe_failure',
    ],
    relevance: 1,
  };
  return [draft];
};

/** Logs that name slow statements. */
export const slowQueryLogged: Rule = (scene: Scene) =>
  fromSightings(
    scene,
    scene.seen('slow_query').filter(({ sources }) => !sources.every((source) => source === 'alert')),
    {
      rule: 'slow-query-logged',
      category: 'dependency_failure',
      faultType: 'slow_query',
      base: 0.58,
      wouldRefute: ['an execution plan that uses an index and ends quickly'],
      explains: ['slow_dependency', 'gateway_errors', 'log_errors'],
      cause: (first, all) =>
        `${first.subject || 'The service'} waits for slow database queries (${timesSeen(all)} times): “${quote(first.text, 240)}”.`,
    },
  );
