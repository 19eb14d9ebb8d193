/**
 * What a command does to the world: `read` looks; `remedy` is an ordinary, bounded remediation step; `change` alters
 * something in a way a person should see; `destroy` removes or stops; `unknown` could be anything.
 */
export type Effect = 'read' | 'remedy' | 'change' | 'destroy' | 'unknown';

/** What one simple command, as it would really run, does. Hard rules and blast radius both read only this. */
export interface CommandFact {
  /** Base name of the program, lower case, wrappers such as `sudo` taken off. */
  readonly tool: string;
  /** `delete`, `rollout restart`, `s3 rm`, …; the tool itself when it has no verbs. */
  readonly verb: string;
  readonly effect: Effect;
  /** Kinds of the things touched: Kubernetes kinds in the singular, or `file`, `device`, `service`, `branch`, … */
  readonly kinds: readonly string[];
  /** Its words after the program, as far as they are known. */
  readonly args: readonly string[];
  /** Names or paths of the things touched. */
  readonly targets: readonly string[];
  readonly namespace?: string;
  /** Long and short options without dashes; short ones unbundled. */
  readonly flags: ReadonlyMap<string, string>;
  readonly recursive: boolean;
  readonly force: boolean;
  /** True when it names no single thing: `--all`, a wildcard, a root directory. */
  readonly scopeAll: boolean;
  readonly dryRun: boolean;
  /** Named findings of the tool's reader, e.g. `privileged-pod`, `download-to-shell`. */
  readonly marks: readonly string[];
  /** Wrappers and carriers passed on the way here, outermost first: `sudo`, `ssh`, `kubectl exec`, … */
  readonly via: readonly string[];
  /** Why parts of it cannot be known before it runs. Never empty means: never approved by rules. */
  readonly unresolved: readonly string[];
  /** As it would be typed, shortened; for messages only, never matched against. */
  readonly text: string;
}

/** `kubectl delete`; the tool alone when it has no verb of its own. For messages only. */
export const labelOf = ({ tool, verb }: Pick<CommandFact, 'tool' | 'verb'>): string =>
  verb === '' || verb === tool ? tool : `${tool} ${verb}`;

/** A word after expansion. `known` is false when it holds something that only the shell will know. */
export interface Arg {
  readonly text: string;
  readonly known: boolean;
  /** True when a command substitution worked any of it out, even where its output is known. */
  readonly computed?: true;
  /** For the name of a process substitution: the text that reading it would give, when that can be known. */
  readonly holds?: string;
}

export interface Redirection {
  readonly operator: string;
  readonly target: Arg;
}

/** One simple command with its words resolved as far as they can be. */
export interface Invocation {
  readonly argv: readonly Arg[];
  readonly environment: ReadonlyMap<string, Arg>;
  readonly redirections: readonly Redirection[];
  /** What it reads from standard input: a literal, `unknown` text from elsewhere, or undefined when nothing is connected. */
  readonly stdin: Arg | undefined;
  /** The program whose output is piped in, if any. */
  readonly pipedFrom: readonly string[];
  readonly via: readonly string[];
}
