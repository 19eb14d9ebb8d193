import type { Arg, CommandFact, Invocation } from '../command-fact.js';

/** What a tool's reader says about one invocation; everything left out has its harmless default, but `effect`. */
export type Description = Partial<
  Pick<
    CommandFact,
    'verb' | 'kinds' | 'targets' | 'namespace' | 'flags' | 'recursive' | 'force' | 'scopeAll' | 'dryRun' | 'marks' | 'unresolved'
  >
> &
  Pick<CommandFact, 'effect'>;

export type ToolReader = (words: readonly Arg[], invocation: Invocation, tool: string) => Description;
