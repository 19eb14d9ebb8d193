import type { Command } from 'commander';
import { ExecutionState } from '../gateway-answers.js';
import { requireServer, type ServerOptions } from '../server.js';
import type { Register } from './register.js';

interface ExecutionOptions extends ServerOptions {
  readonly json?: true;
  readonly reason?: string;
}

const HELP = `
While execution is stopped, sessions that are opened cannot end in automatic execution, and what was decided
before is refused at the door of whoever executes. Debates go on. Who, when and why is put on record.

Examples:
  $ npx inquest execution stop --reason "INC-2412: rollbacks misbehave"
  $ npx inquest execution get
  $ npx inquest execution resume --reason "INC-2412 is mended"
`;

export const registerExecution: Register = (program, context) => {
  const execution = program
    .command('execution')
    .summary('stop all execution at once, or allow it again')
    .description('The kill switch: stops all execution at once, or allows it again.')
    .addHelpText('after', HELP);

  execution
    .command('get')
    .description('Shows whether anything may be executed, and who said so last.')
    .option('--json', 'print one line of JSON')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ExecutionOptions>();
      const { gateway } = await requireServer(context, options);
      print(await gateway.json('/v1/execution', ExecutionState), options, context.terminal);
    });

  for (const [name, stopped, does] of [
    ['stop', true, 'Stops all execution at once'],
    ['resume', false, 'Allows execution again'],
  ] as const)
    execution
      .command(name)
      .description(`${does}; needs a token of the role operator.`)
      .requiredOption('--reason <text>', 'why; it is kept on record')
      .option('--json', 'print one line of JSON')
      .action(async (_options: unknown, command: Command) => {
        const options = command.optsWithGlobals<ExecutionOptions>();
        const { gateway } = await requireServer(context, options);
        const body = { stopped, reason: options.reason };
        print(await gateway.json('/v1/execution', ExecutionState, { method: 'PUT', body }), options, context.terminal);
      });
};

const print = (state: ExecutionState, { json }: ExecutionOptions, { out, style }: Parameters<Register>[1]['terminal']): void => {
  if (json) return out(JSON.stringify(state));
  const { stopped, last } = state;
  const { red, green, bold, dim } = style.colour;
  out(
    stopped ? bold(red('All execution is stopped.')) : bold(green('Execution is allowed, where plans may be executed at all.')),
  );
  out(last ? dim(`${last.actor} said so at ${last.createdAt}: ${last.reason}`) : dim('Nobody has ever stopped it.'));
};
