/** How a command ended, for scripts. Documented in `inquest --help` and the README. */
export const EXIT = {
  ok: 0,
  /** The server refused, or a file could not be debated. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** No server is running, or it cannot be reached. */
  unreachable: 3,
  /** `audit verify` or `replay --recompute` found that the record does not match itself. */
  different: 4,
  /** `doctor` found something that will not work. */
  unhealthy: 5,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure that the user can do something about: said in one message, without a stack, and turned into an exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.failed,
    readonly hint?: string,
  ) {
    super(message);
  }
}
