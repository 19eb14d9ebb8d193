import type { Pool } from 'pg';
import { z } from 'zod';

export const SPEND_PERIODS = ['hour', 'day', 'month'] as const;
export type SpendPeriod = (typeof SPEND_PERIODS)[number];

/** Beside the names of roles: what all of them spent together. */
export const ALL_ROLES = 'all';

export interface Spend {
  readonly usd: number;
  readonly tokens: number;
}

/** What was spent in one calendar hour, day or month (UTC), by one role or by all. */
export interface SpendWindow extends Spend {
  readonly period: SpendPeriod;
  /** RFC 3339. */
  readonly startsAt: string;
  readonly role: string;
}

const ADD = `ON CONFLICT (period, starts_at, role) DO UPDATE SET usd = s.usd + excluded.usd, tokens = s.tokens + excluded.tokens
  RETURNING period, starts_at AS "startsAt", role, usd, tokens`;

// Rows are locked in one order everywhere, lest two calls wait for each other. PostgreSQL's clock says which windows are current.
const CHARGE = `
  INSERT INTO model_spend AS s (period, starts_at, role, usd, tokens)
    SELECT period, date_trunc(period, clock_timestamp(), 'UTC'), role, $2::float8, $3::float8
      FROM unnest(ARRAY['hour', 'day', 'month']) AS period, unnest(ARRAY['${ALL_ROLES}', $1::text]) AS role
      ORDER BY period, role
    ${ADD}`;

const CORRECT = `
  INSERT INTO model_spend AS s (period, starts_at, role, usd, tokens)
    SELECT w.period, w.starts_at, w.role, $4::float8, $5::float8
      FROM unnest($1::text[], $2::timestamptz[], $3::text[]) AS w(period, starts_at, role)
      ORDER BY w.period, w.starts_at, w.role
    ${ADD}`;

const CURRENT = `
  SELECT period, starts_at AS "startsAt", role, usd, tokens FROM model_spend
    WHERE starts_at = date_trunc(period, clock_timestamp(), 'UTC')
    ORDER BY array_position(ARRAY['hour', 'day', 'month'], period), role`;

const Rows = z.array(
  z
    .object({
      period: z.enum(SPEND_PERIODS),
      startsAt: z.date(),
      role: z.string(),
      usd: z.number(),
      tokens: z.number(),
    })
    .transform((row): SpendWindow => ({ ...row, startsAt: row.startsAt.toISOString() })),
);

/** Counters that all replicas share. A projection: what each answer took is on record in agent_sessions too. */
export class ModelSpend {
  constructor(private readonly pool: Pool) {}

  /** Adds to the six current windows of a role and of all, in one statement; answers what stands in them afterwards. */
  async charge(role: string, { usd, tokens }: Spend): Promise<SpendWindow[]> {
    const { rows } = await this.pool.query({ name: 'inquest-charge', text: CHARGE, values: [role, usd, tokens] });
    return Rows.parse(rows);
  }

  /** Adds a difference, which may be negative, to the windows of a charge, current or not. */
  async correct(windows: readonly SpendWindow[], { usd, tokens }: Spend): Promise<void> {
    const keys = [windows.map(({ period }) => period), windows.map(({ startsAt }) => startsAt), windows.map(({ role }) => role)];
    await this.pool.query({ name: 'inquest-correct-charge', text: CORRECT, values: [...keys, usd, tokens] });
  }

  /** The windows of now in which anything was spent. */
  async current(): Promise<SpendWindow[]> {
    return Rows.parse((await this.pool.query({ name: 'inquest-spend', text: CURRENT })).rows);
  }
}
