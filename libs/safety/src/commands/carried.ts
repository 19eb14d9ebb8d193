import type { Arg, Invocation } from './command-fact.js';

/** Something that a command will in turn run: words, a script for a shell, or SQL. */
export type Carried =
  | { readonly runs: 'words'; readonly argv: readonly Arg[]; readonly by: string; readonly stdin?: Arg }
  | { readonly runs: 'script'; readonly script: Arg; readonly by: string; readonly positional?: readonly Arg[] }
  | { readonly runs: 'sql'; readonly sql: Arg; readonly dialect: 'postgres' | 'other'; readonly by: string };

/** Reads what one program runs beyond itself. */
export type Carrier = (invocation: Invocation) => CarrierReading;

export interface CarrierReading {
  readonly carried: Carried[];
  /** What it runs but does not tell. */
  readonly unknown: string[];
  /** Findings in a program that it was given. */
  readonly marks?: readonly string[];
  /** True when the program it was given only prints. */
  readonly inert?: true;
}
