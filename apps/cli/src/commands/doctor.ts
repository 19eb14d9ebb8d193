import type { Command } from 'commander';
import { CommandError, EXIT } from '../exit-codes.js';
import type { Style } from '../render/style.js';
import { wrap } from '../render/text.js';
import type { ServerOptions } from '../server.js';
import { checks, type Finding } from './doctor-checks.js';
import type { Register } from './register.js';

const HELP = `
Exit codes: 0 everything works, 5 something will not.

Example:
  $ npx inquest doctor --json | jq -r 'select(.state != "ok") | .advice'
`;

export const registerDoctor: Register = (program, context) =>
  void program
    .command('doctor')
    .summary('check that everything needed is there and works')
    .description('Checks this machine, the server, its Redis and its Postgres, and says what to do about what does not work.')
    .option('--json', 'print one line of JSON per check')
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<ServerOptions & { json?: true }>();
      let failed = false;
      for await (const finding of checks(context, options)) {
        failed ||= finding.state === 'failed';
        if (json) context.terminal.out(JSON.stringify(finding));
        else for (const line of render(finding, context.terminal.style)) context.terminal.out(line);
      }
      if (failed) throw new CommandError('', EXIT.unhealthy);
    });

const render = ({ check, state, detail, advice }: Finding, { colour, glyph, width }: Style): string[] => {
  const mark = { ok: colour.green(glyph.yes), warning: colour.yellow('!'), failed: colour.red(glyph.no) }[state];
  return [
    ...wrap(detail, width - 18).map((line, index) =>
      index === 0 ? `${mark} ${colour.bold(check.padEnd(14))}  ${line}` : ' '.repeat(18) + line,
    ),
    ...(advice ? wrap(advice, width - 18).map((line) => ' '.repeat(18) + colour.dim(line)) : []),
  ];
};
