import { Outcome, Role } from '@inquest/contracts';
import type { Client } from 'pg';
import { z } from 'zod';

/** Recorded before, RFC 3339. */
interface Before<T> {
  readonly of: T;
  readonly to: string;
}

/** What is on record, drawn at random: as likely from its beginning as from its end. */
export interface Draws {
  readonly sessions: readonly string[];
  readonly incidents: readonly string[];
  readonly roles: readonly Before<Role>[];
  readonly outcomes: readonly Before<Outcome | 'failed'>[];
  /** Words of decided causes, each once. */
  readonly words: readonly string[];
}

const Row = z.object({
  session_id: z.string(),
  incident_id: z.string(),
  role: Role,
  outcome: z.union([Outcome, z.literal('failed')]).nullable(),
  at: z.date().transform((date) => date.toISOString()),
  cause: z.string().nullable(),
});

/** By way of the ledger: its entries are numbered without gaps. */
const SESSIONS = `
  WITH drawn AS MATERIALIZED (
    SELECT (1 + floor(random() * (SELECT max(n) FROM session_ledger)))::bigint AS n FROM generate_series(1, $1::int)
  )
  SELECT DISTINCT l.session_ids[1 + floor(random() * cardinality(l.session_ids))::int] AS id FROM drawn JOIN session_ledger l USING (n)`;

const ROWS = `
  SELECT session_id, incident_id, agent_role AS role, outcome, created_at AS at, output_json #>> '{hypothesis,cause}' AS cause
    FROM agent_sessions WHERE session_id = ANY ($1)`;

/** @param amount of sessions; fewer when the record has fewer. */
export const draw = async (client: Client, amount: number): Promise<Draws> => {
  const sessions = z.array(z.object({ id: z.string() })).parse((await client.query(SESSIONS, [amount * 2])).rows);
  const ids = sessions.slice(0, amount).map(({ id }) => id);
  const rows = z.array(Row).parse((await client.query(ROWS, [ids])).rows);
  if (rows.length === 0) throw new Error('Nothing is on record to measure with; load rows first: --rows 1000000');
  const words = rows.flatMap(({ cause }) => cause?.toLowerCase().match(/[a-z]{4,}/g) ?? []);
  return {
    sessions: ids,
    incidents: [...new Set(rows.map((row) => row.incident_id))],
    roles: rows.map(({ role, at }) => ({ of: role, to: at })),
    outcomes: rows.flatMap(({ outcome, at }) => (outcome === null ? [] : [{ of: outcome, to: at }])),
    words: [...new Set(words)],
  };
};

export const anyOf = <T>(values: readonly T[]): T => {
  const value = values[Math.floor(Math.random() * values.length)];
  if (value === undefined) throw new Error('The record has nothing of this kind to draw from.');
  return value;
};
