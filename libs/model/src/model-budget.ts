import type { Role } from '@inquest/contracts';

/** What one call takes, or may take at most. */
export interface Cost {
  readonly usd: number;
  /** Of all kinds: read, written, and read from or written to the cache. */
  readonly tokens: number;
}

export interface Expense {
  readonly role: Role;
  readonly model: string;
  /** More than a call of this size usually takes. */
  readonly atMost: Cost;
}

export interface Reservation {
  /** Puts what was really taken in the place of the estimate. Never throws, and need not be waited for. */
  settle(taken: Cost): void;
}

/** Who is asked before each call of a model. An abstract class, not an interface: Nest injects by it. */
export abstract class ModelBudget {
  /**
   * Sets the expense aside, in all replicas at once, so that calls side by side cannot spend the same money.
   * @throws {ModelBudgetError} when it would exceed a limit; nothing is set aside then.
   */
  abstract reserve(expense: Expense): Promise<Reservation>;
}
