import type { Pool } from 'pg';
import { z } from 'zod';

/** What the last hours of the record say of how the debates go. Null where nothing was recorded to take it from. */
export interface Figures {
  readonly rows: number;
  /** Debates that ended in a decision. */
  readonly debates: number;
  /** Answers per debate, the decision included: the median. */
  readonly turnsPerDebate: number | null;
  readonly challenges: number;
  /** Milliseconds from the acceptance of an incident to the commit of its decision. */
  readonly debateP95Ms: number | null;
  /** Milliseconds of the slowest role's turns. */
  readonly turnP95Ms: number | null;
  readonly slowestRole: string | null;
}

const FIGURES = `
  WITH recent AS (
    SELECT session_id, agent_role, slot, type, latency_ms, created_at, on_behalf_of,
           CASE WHEN type = 'critique.raised' THEN jsonb_array_length(output_json -> 'challenges') END AS challenges
      FROM agent_sessions WHERE created_at > clock_timestamp() - $1 * interval '1 hour'
  ), debates AS (
    SELECT r.session_id, max(extract(epoch FROM r.created_at - i.created_at) * 1000) FILTER (WHERE r.type = 'decision.made') AS ms,
           count(*) FILTER (WHERE r.type <> 'session.opened') AS turns
      FROM recent r JOIN incidents i ON i.session_id = r.session_id AND i.path = 'debate'
      GROUP BY r.session_id HAVING bool_or(r.type = 'decision.made') AND bool_or(r.type = 'session.opened')
  ), roles AS (
    SELECT agent_role AS role, percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS ms
      FROM recent WHERE slot = 'answer' AND on_behalf_of IS NULL GROUP BY agent_role ORDER BY 2 DESC LIMIT 1
  )
  SELECT (SELECT count(*) FROM recent)::float8 AS rows,
         count(*)::float8 AS debates,
         (percentile_cont(0.5) WITHIN GROUP (ORDER BY turns))::float8 AS "turnsPerDebate",
         (SELECT coalesce(sum(challenges), 0) FROM recent)::float8 AS challenges,
         (percentile_cont(0.95) WITHIN GROUP (ORDER BY ms))::float8 AS "debateP95Ms",
         (SELECT ms FROM roles)::float8 AS "turnP95Ms",
         (SELECT role FROM roles) AS "slowestRole"
    FROM debates`;

const Row = z.object({
  rows: z.number(),
  debates: z.number(),
  turnsPerDebate: z.number().nullable(),
  challenges: z.number(),
  debateP95Ms: z.number().nullable(),
  turnP95Ms: z.number().nullable(),
  slowestRole: z.string().nullable(),
});

/** @param pool whose statements may take as long as they need: a day can have millions of rows. */
export const figuresOf = async (pool: Pool, hours: number): Promise<Figures> => {
  const { rows } = await pool.query({ name: 'inquest-figures', text: FIGURES, values: [hours] });
  return z.tuple([Row]).parse(rows)[0];
};
