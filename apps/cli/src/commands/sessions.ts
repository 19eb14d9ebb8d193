import type { Command } from 'commander';
import { Option } from 'commander';
import { SessionsPage, type SessionLine } from '../gateway-answers.js';
import { outcomeColour, type Style } from '../render/style.js';
import { renderTable } from '../render/table.js';
import { age } from '../render/units.js';
import { requireServer, type ServerOptions } from '../server.js';
import { wholeNumberOption } from './options.js';
import { query } from './query.js';
import type { Register } from './register.js';

interface SessionsOptions extends ServerOptions {
  readonly json?: true;
  readonly limit: number;
  readonly outcome?: string;
  readonly status?: string;
}

const HELP = `
Examples:
  $ npx inquest sessions --status open
  $ npx inquest sessions --outcome human-approval --json | jq -r .sessionId
`;

export const OUTCOMES = ['reject', 'no-action', 'escalate', 'human-approval', 'auto-execute', 'failed'];

export const registerSessions: Register = (program, context) =>
  void program
    .command('sessions')
    .summary('list sessions, newest first')
    .description('Lists sessions, newest first: what they are about and how they ended.')
    .option('--limit <n>', 'at most this many', wholeNumberOption(1, 200), 20)
    .addOption(new Option('--outcome <outcome>', 'only those that ended so').choices(OUTCOMES))
    .addOption(new Option('--status <status>', 'only those').choices(['open', 'ended']))
    .option('--json', 'print one line of JSON per session')
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      const { terminal } = context;
      const { json, limit, outcome, status, ...server } = command.optsWithGlobals<SessionsOptions>();
      const { gateway } = await requireServer(context, server);
      const { sessions } = await gateway.json(`/v1/sessions${query({ limit, outcome, status })}`, SessionsPage);
      if (json) for (const session of sessions) terminal.out(JSON.stringify(session));
      else if (sessions.length === 0)
        terminal.err('No session fits. Open one with: npx inquest debate apps/standalone/incidents/payments-api-oom.json');
      else for (const line of renderTable(columns(terminal.style), sessions, terminal.style)) terminal.out(line);
    });

const columns = (style: Style) => [
  { title: 'SESSION', of: ({ sessionId }: SessionLine) => sessionId },
  { title: 'OUTCOME', of: outcomeOf, paint: (text: string, { outcome }: SessionLine) => paintOutcome(text, outcome, style) },
  { title: 'GATE', of: ({ gate }: SessionLine) => (gate === null ? '' : String(gate)) },
  { title: 'AGE', of: ({ acceptedAt }: SessionLine) => age(Date.now() - Date.parse(acceptedAt)), paint: style.colour.dim },
  { title: 'TITLE', of: ({ title }: SessionLine) => title, elastic: true as const },
];

const outcomeOf = ({ outcome, status, degraded }: SessionLine): string => `${outcome ?? status}${degraded ? ' *' : ''}`;

const paintOutcome = (text: string, outcome: SessionLine['outcome'], style: Style): string => {
  if (outcome === null) return style.colour.cyan(text);
  return outcome === 'failed' ? style.colour.red(text) : outcomeColour(style, outcome)(text);
};
