import { Argument, type Command } from 'commander';
import { Phases, type PhaseState } from '../gateway-answers.js';
import { renderTable, type Column } from '../render/table.js';
import type { Style } from '../render/style.js';
import { requireServer, type ServerOptions } from '../server.js';
import type { Register } from './register.js';

interface FlagsOptions extends ServerOptions {
  readonly json?: true;
  readonly reason?: string;
}

const HELP = `
A phase is on when the environment (AIOPS_P1_ENABLED, AIOPS_P2_ENABLED) and the last override both say so,
and every phase before it is on too. Phase 1: incidents are answered at all. Phase 2: by the debate;
without it by one role alone. Sessions under way end on the path they began on. Overrides are audited.

Examples:
  $ npx inquest flags get
  $ npx inquest flags set 2 off --reason "INC-2412: debates too slow"
`;

export const registerFlags: Register = (program, context) => {
  const flags = program
    .command('flags')
    .summary('read or switch the phases')
    .description('Reads or switches the phases.')
    .addHelpText('after', HELP);

  flags
    .command('get')
    .description('Shows each phase, and what decides it.')
    .option('--json', 'print one line of JSON')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<FlagsOptions>();
      const { gateway } = await requireServer(context, options);
      print(await gateway.json('/v1/phases', Phases), options, context.terminal);
    });

  flags
    .command('set')
    .description('Overrides a phase; needs a token of the role operator.')
    .addArgument(new Argument('<phase>').choices(['1', '2']))
    .addArgument(new Argument('<state>').choices(['on', 'off']))
    .requiredOption('--reason <text>', 'why; it is kept on record')
    .option('--json', 'print one line of JSON')
    .action(async (phase: string, state: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<FlagsOptions>();
      const { gateway } = await requireServer(context, options);
      const body = { phase: Number(phase), enabled: state === 'on', reason: options.reason };
      print(await gateway.json('/v1/phases', Phases, { method: 'PUT', body }), options, context.terminal);
    });
};

const print = ({ phases }: Phases, { json }: FlagsOptions, { out, style }: Parameters<Register>[1]['terminal']): void => {
  if (json) return out(JSON.stringify({ phases, path: pathOf(phases) }));
  for (const line of renderTable(columns(style), phases, style)) out(line);
  out('');
  out(`New sessions take the path ${style.colour.bold(pathOf(phases))}.`);
};

/** What the phases make of a new incident. */
export const pathOf = (phases: readonly PhaseState[]): string => {
  const isOn = (wanted: number): boolean => phases.some(({ phase, enabled }) => phase === wanted && enabled);
  if (isOn(2)) return 'debate';
  return isOn(1) ? 'single' : 'escalate';
};

const onOff = (enabled: boolean): string => (enabled ? 'on' : 'off');

const columns = ({ colour }: Style): Column<PhaseState>[] => [
  { title: 'PHASE', of: ({ phase }) => String(phase) },
  {
    title: 'EFFECTIVE',
    of: ({ enabled }) => onOff(enabled),
    paint: (text, { enabled }) => (enabled ? colour.green(text) : colour.yellow(text)),
  },
  { title: 'ENVIRONMENT', of: ({ environment }) => onOff(environment) },
  { title: 'OVERRIDE', of: ({ override }) => (override ? onOff(override.enabled) : 'none') },
  { title: 'BY', of: ({ override }) => override?.actor ?? '' },
  { title: 'SINCE', of: ({ override }) => override?.createdAt.slice(0, 16).replace('T', ' ') ?? '', paint: colour.dim },
  { title: 'WHY', of: ({ override }) => override?.reason ?? '', elastic: true },
];
