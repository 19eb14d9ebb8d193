/** The index `agent_sessions_by_cause` holds exactly this, for decisions. */
const WORDS = 'decided_cause_words_v1(output_json, created_at)';

/** SQL condition on a row of `agent_sessions`: it is a decision whose words are as a query says. */
const decidedWith = (query: string): string => `type = 'decision.made' AND ${WORDS} @@ ${query}`;

/**
 * SQL of a tsquery, for words as in a web search. What stands in quotes or is one word to a person (`oom_killed`) may stand apart: the
 * index knows no positions, and looking them up takes 0.1 ms a row.
 */
export const wordsOf = (words: string): string =>
  `regexp_replace(websearch_to_tsquery('pg_catalog.english', ${words})::text, '<(-|\\d+)>', '&', 'g')::tsquery`;

/** SQL condition on a row of `agent_sessions`: it is a decision whose cause has the words. */
export const speaksOf = (words: string): string => decidedWith(wordsOf(words));

/** SQL of a tsquery: decisions of an outcome. Without it every decision with the words would have to be looked up. */
export const decidedAs = (outcome: string): string => `quote_literal('@' || ${outcome})::tsquery`;

/** SQL expressions of type timestamptz; none where there is no bound. */
export interface Span {
  readonly notBefore: readonly string[];
  readonly notAfter: readonly string[];
}

/** SQL expressions of type tsquery. */
export interface Search {
  readonly words: string;
  readonly also: readonly string[];
}

/**
 * SQL of the rows of `newest` by period, newest first: each hour of the last day and of the one before it, then each day back to where
 * the record begins. PostgreSQL asks for one period after the other and stops as soon as it has enough rows, so that a
 * frequent word costs an hour's rows, and a rare one a look into the index per day. Period and words are one query: of two, one that
 * only excludes (`-java`) would be a look at every other decision, once per period.
 * @param newest SQL of the newest rows that fit the given condition too.
 */
export const periodByPeriod = (
  { words, also }: Search,
  { notBefore, notAfter }: Span,
  limit: string,
  newest: (condition: string) => string,
): string => `
  SELECT found.*
    FROM (
      WITH span AS (
        SELECT ${hourOf(`greatest(${['first.created_at', ...notBefore].join(', ')})`)} AS first,
               ${hourOf(`least(${['last.created_at', ...notAfter].join(', ')})`)} AS last
          FROM (SELECT created_at FROM session_ledger ORDER BY n LIMIT 1) AS first,
               (SELECT created_at FROM session_ledger ORDER BY n DESC LIMIT 1) AS last
      ), period AS (
        SELECT hour AS starts, quote_literal('@h' || hour)::tsquery AS query
          FROM span, generate_series(span.last, greatest(span.first, (span.last / 24 - 1) * 24), -1) AS hour
        UNION ALL
        SELECT day * 24, quote_literal('@d' || day)::tsquery
          FROM span, generate_series(span.last / 24 - 2, span.first / 24, -1) AS day
      )
      SELECT starts, ${['period.query', 'words.query', ...also].join(' && ')} AS query
        FROM (SELECT ${words} AS query) AS words, period
       -- Words that say nothing (\`the of a\`) find nothing; beside a period they would find all of it.
       WHERE numnode(words.query) > 0
       ORDER BY starts DESC
    ) AS period
    CROSS JOIN LATERAL (${newest(decidedWith('period.query'))}) AS found
    ORDER BY period.starts DESC
    LIMIT ${limit}`;

/** Hours since 1970, as the index counts them. */
const hourOf = (moment: string): string => `floor(extract(epoch FROM ${moment}) / 3600)::bigint`;
