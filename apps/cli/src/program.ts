import { Command, CommanderError } from 'commander';
import { registerAudit } from './commands/audit.js';
import { registerBudgets } from './commands/budgets.js';
import { registerDeadLetters } from './commands/dead-letters.js';
import { registerDebate } from './commands/debate.js';
import { registerDiagnose } from './commands/diagnose.js';
import { registerDoctor } from './commands/doctor.js';
import { registerExecution } from './commands/execution.js';
import { registerFlags } from './commands/flags.js';
import { registerGuard } from './commands/guard.js';
import { registerRca } from './commands/rca.js';
import { registerReplay } from './commands/replay.js';
import { registerSanitize } from './commands/sanitize.js';
import { registerSessions } from './commands/sessions.js';
import { CommandError, EXIT, type ExitCode } from './exit-codes.js';
import type { CommandContext } from './server.js';

const HELP = `
Environment:
  INQUEST_URL, INQUEST_TOKEN  a server and a token for it, when it is not
                              the one that "npm start" runs here
  INQUEST_DATA_DIR            where the standalone server keeps its data (standard: .inquest)
  DATABASE_URL                the record, for "audit verify" and "doctor --exit-conditions"
  NO_COLOR                    no colours, on a terminal either

Exit codes:
  0  done                                    3  no server, or it cannot be reached
  1  refused, not approved, not debated      4  the record differs from what was written
  2  the command line is wrong               5  doctor found something that does not work

Examples:
  $ npm start                                    a server with everything, and a first debate
  $ npx inquest debate incident.json --watch     let the roles debate an incident
  $ npx inquest sessions                         what was debated
  $ npx inquest audit verify                     prove that the record is what was written
`;

/** The whole command line. Nothing is run before `parseAsync`. */
const createProgram = (context: CommandContext): Command => {
  const { terminal } = context;
  const program = new Command('inquest')
    .description('Roles debate an incident; every message is on record before a decision leaves the building.')
    .version('0.1.0', '-V, --version')
    .option('--url <url>', 'server to talk to (standard: INQUEST_URL, else the one that "npm start" runs here)')
    .option('--token <token>', 'bearer token; better given as INQUEST_TOKEN, which "ps" does not show')
    .showHelpAfterError('Run it with --help to see how it is used.')
    .showSuggestionAfterError()
    .addHelpText('after', HELP)
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      getOutHelpWidth: () => terminal.style.width,
      outputError: (text, write) => write(terminal.style.colour.red(text.trimEnd())),
    })
    .configureHelp({ styleTitle: (title) => terminal.style.colour.bold(title) });
  program.exitOverride(); // Inherited by every command that is added after it.
  for (const register of [
    registerDebate,
    registerReplay,
    registerAudit,
    registerSessions,
    registerFlags,
    registerExecution,
    registerBudgets,
    registerDeadLetters,
    registerGuard,
    registerSanitize,
    registerRca,
    registerDiagnose,
    registerDoctor,
  ])
    register(program, context);
  return program;
};

/** Runs a command line (without `node` and script) and resolves to its exit code; whatever went wrong has been said. */
export const run = async (args: readonly string[], context: CommandContext): Promise<ExitCode | typeof INTERRUPTED> => {
  try {
    await createProgram(context).parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return failure(error, context);
  }
};

/** As a shell says it of a process that Ctrl-C ended. */
export const INTERRUPTED = 130;

const failure = (error: unknown, { terminal }: CommandContext): ExitCode | typeof INTERRUPTED => {
  const { colour } = terminal.style;
  if (terminal.interrupted.aborted) return INTERRUPTED;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CommandError) {
    if (error.message) terminal.err(`${colour.red('error:')} ${error.message}`);
    if (error.hint) terminal.err(colour.dim(error.hint));
    return error.exitCode;
  }
  terminal.err(`${colour.red('error:')} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  terminal.err(colour.dim('This is a fault of inquest itself; please report it with the lines above.'));
  return EXIT.failed;
};
