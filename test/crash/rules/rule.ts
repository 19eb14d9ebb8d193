import type { Expectations } from '../expectations.js';
import type { SessionFacts, WorldFacts } from '../facts.js';

export type Kind = 'lost' | 'doubled' | 'stuck' | 'unsafe';

/** What a rule knows beside the session: the world around it and what the drill asks for. */
export type Surroundings = WorldFacts & { readonly expected: Expectations };

/** Looks at one session; each sentence is one violation. */
export interface SessionRule {
  readonly name: string;
  readonly kind: Kind;
  readonly find: (session: SessionFacts, world: Surroundings) => string[];
}

export interface WorldViolation {
  readonly sessionId: string | null;
  readonly text: string;
}

/** Looks at what is not one session's. */
export interface WorldRule {
  readonly name: string;
  readonly kind: Kind;
  readonly find: (world: Surroundings) => WorldViolation[];
}

/** Every value that comes more than once, with how often. */
export const repeated = (values: readonly string[]): [value: string, times: number][] => {
  const times = new Map<string, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  return [...times].filter(([, count]) => count > 1);
};
