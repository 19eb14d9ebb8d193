import type { Command } from 'commander';
import { CommandError, EXIT } from '../exit-codes.js';
import type { Style } from '../render/style.js';
import { renderTable, type Column } from '../render/table.js';
import { wrap } from '../render/text.js';
import type { CommandContext, ServerOptions } from '../server.js';
import { checks, type Finding } from './doctor-checks.js';
import { exitConditions, type Condition } from './doctor-exit-conditions.js';
import type { Register } from './register.js';

interface DoctorOptions extends ServerOptions {
  readonly json?: true;
  readonly exitConditions?: true;
}

const HELP = `
With --exit-conditions it measures instead what the design promises: from the record of the last 24 hours
(DATABASE_URL, else the running standalone server's) and by a drill of the circuit breaker on this machine.

Exit codes: 0 everything works, 5 something will not.

Examples:
  $ npx inquest doctor --json | jq -r 'select(.state != "ok") | .advice'
  $ npx inquest doctor --exit-conditions
`;

export const registerDoctor: Register = (program, context) =>
  void program
    .command('doctor')
    .summary('check that everything needed is there and works')
    .description('Checks this machine, the server, its Redis and its Postgres, and says what to do about what does not work.')
    .option('--exit-conditions', 'measure what the design promises')
    .option('--json', 'print one line of JSON per check')
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      const { json, exitConditions: measured, ...options } = command.optsWithGlobals<DoctorOptions>();
      if (measured) return measure(context, json);
      let failed = false;
      for await (const finding of checks(context, options)) {
        failed ||= finding.state === 'failed';
        if (json) context.terminal.out(JSON.stringify(finding));
        else for (const line of render(finding, context.terminal.style)) context.terminal.out(line);
      }
      if (failed) throw new CommandError('', EXIT.unhealthy);
    });

const measure = async (context: CommandContext, json?: true): Promise<void> => {
  const { out, style } = context.terminal;
  const conditions = await exitConditions(context);
  if (json) for (const condition of conditions) out(JSON.stringify(condition));
  else for (const line of renderTable(columns(style), conditions, style)) out(line);
  if (conditions.some(({ ok }) => !ok)) throw new CommandError('', EXIT.unhealthy);
};

const columns = ({ colour, glyph }: Style): Column<Condition>[] => [
  {
    title: '',
    of: ({ ok }) => (ok ? glyph.yes : glyph.no),
    paint: (text, { ok }) => (ok ? colour.green(text) : colour.red(text)),
  },
  { title: 'CONDITION', of: ({ condition }) => condition, elastic: true },
  { title: 'MEASURED', of: ({ measured }) => String(measured ?? 'nothing') },
  { title: 'LIMIT', of: ({ limit }) => limit },
];

const render = ({ check, state, detail, advice }: Finding, { colour, glyph, width }: Style): string[] => {
  const mark = { ok: colour.green(glyph.yes), warning: colour.yellow('!'), failed: colour.red(glyph.no) }[state];
  return [
    ...wrap(detail, width - 18).map((line, index) =>
      index === 0 ? `${mark} ${colour.bold(check.padEnd(14))}  ${line}` : ' '.repeat(18) + line,
    ),
    ...(advice ? wrap(advice, width - 18).map((line) => ' '.repeat(18) + colour.dim(line)) : []),
  ];
};
