import { readFileSync } from 'node:fs';
import { EnvironmentError, readEnvironment } from '@inquest/config';
import { SPEND_PERIODS, type SpendPeriod } from '@inquest/record';
import { z } from 'zod';

/** What may be spent in one calendar hour, day or month (UTC). What is not given is not limited; 0 lets nothing be spent. */
const Ceiling = z.strictObject({
  /** US dollars, by the price list of libs/model. */
  usd: z.number().min(0).max(1_000_000_000).optional(),
  /** Of all kinds together. */
  tokens: z.int().min(0).optional(),
});
type Ceiling = z.infer<typeof Ceiling>;

const Ceilings = z.strictObject({ hour: Ceiling.optional(), day: Ceiling.optional(), month: Ceiling.optional() });

/** Roles that have a model. */
const Asker = z.enum(['diagnostician', 'solver', 'reviewer', 'critic', 'single']);

export const Budgets = z.strictObject({
  /** Of all roles together. */
  overall: Ceilings.default({}),
  roles: z.partialRecord(Asker, Ceilings).default({}),
});
export type Budgets = z.infer<typeof Budgets>;

export const BudgetEnvironment = z.object({
  /** JSON, e.g. `{"overall": {"day": {"usd": 20}}, "roles": {"critic": {"hour": {"tokens": 500000}}}}`. */
  INQUEST_BUDGETS: z.string().optional(),
  /** The same in a file. */
  INQUEST_BUDGETS_FILE: z.string().optional(),
});

/** One limit, named as it is told to people. */
export interface Limit {
  readonly role: string;
  readonly period: SpendPeriod;
  readonly unit: 'usd' | 'tokens';
  readonly max: number;
}

/** @throws {EnvironmentError} when they cannot be read: a budget that is misread would be none. */
export const readBudgets = (environment: NodeJS.ProcessEnv = process.env): Budgets => {
  const { INQUEST_BUDGETS: inline, INQUEST_BUDGETS_FILE: path } = readEnvironment(BudgetEnvironment, environment);
  if (inline !== undefined && path !== undefined)
    throw new EnvironmentError(['INQUEST_BUDGETS: INQUEST_BUDGETS_FILE is set too; set one of them']);
  const name = path === undefined ? 'INQUEST_BUDGETS' : 'INQUEST_BUDGETS_FILE';
  const text = path === undefined ? inline : contentOf(path);
  const parsed = Budgets.safeParse(text === undefined ? {} : jsonIn(text, name));
  if (parsed.success) return parsed.data;
  throw new EnvironmentError(parsed.error.issues.map(({ path: place, message }) => `${name}: ${place.join('.')}: ${message}`));
};

const contentOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new EnvironmentError([
      `INQUEST_BUDGETS_FILE: cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
};

const jsonIn = (text: string, name: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new EnvironmentError([`${name}: is not JSON; give e.g. {"overall": {"day": {"usd": 20}}}`]);
  }
};

/** Every limit that is set, one by one; the overall ones are of the role `all`. */
export const limitsOf = ({ overall, roles }: Budgets): Limit[] =>
  Object.entries({ all: overall, ...roles }).flatMap(([role, ceilings]) =>
    SPEND_PERIODS.flatMap((period) => {
      const ceiling: Ceiling = ceilings?.[period] ?? {};
      return (['usd', 'tokens'] as const).flatMap((unit) => {
        const max = ceiling[unit];
        return max === undefined ? [] : [{ role, period, unit, max }];
      });
    }),
  );
