import type { Arg } from './command-fact.js';
import type { Function as ShellFunction } from 'unbash';

/** What the shell would know at a point of a script. Copied for subshells, shared within a list. */
export interface Scope {
  readonly variables: Map<string, Arg>;
  readonly functions: Map<string, ShellFunction>;
  readonly aliases: Map<string, string>;
  positional: Arg[];
  readonly budget: Budget;
}

/** Shared by a whole reading, so that nesting cannot multiply the work. */
export interface Budget {
  nodesLeft: number;
  readonly problems: Set<string>;
}

export const DEPTH_MAX = 12;
const NODES_MAX = 4_000;

export const newScope = (): Scope => ({
  variables: new Map([['IFS', { text: ' \t\n', known: true }]]),
  functions: new Map(),
  aliases: new Map(),
  positional: [],
  budget: { nodesLeft: NODES_MAX, problems: new Set() },
});

export const childOf = (scope: Scope): Scope => ({
  variables: new Map(scope.variables),
  functions: new Map(scope.functions),
  aliases: new Map(scope.aliases),
  positional: [...scope.positional],
  budget: scope.budget,
});

/** Another shell: knows the budget, nothing else. */
export const strangerOf = (scope: Scope): Scope => ({ ...newScope(), budget: scope.budget });

/** Takes one unit of work; false when the command is too large to be followed. */
export const spend = (scope: Scope): boolean => {
  scope.budget.nodesLeft -= 1;
  if (scope.budget.nodesLeft > 0) return true;
  scope.budget.problems.add('too large to follow');
  return false;
};
