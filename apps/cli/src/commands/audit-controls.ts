import type { Command } from 'commander';
import type { GatewayClient } from '../gateway-client.js';
import { ControlsPage, type ControlEvent } from '../gateway-answers.js';
import type { Style } from '../render/style.js';
import { renderTable, type Column } from '../render/table.js';
import { requireServer, type ServerOptions } from '../server.js';
import { wholeNumberOption } from './options.js';
import { query } from './query.js';
import type { Register } from './register.js';

const PAGE = 200;

const HELP = `
Beside the debates these are put on record: who stopped or resumed execution, budgets that ran low or out,
incidents that were too mild to be debated, and each verification of the ledger.

Example:
  $ npx inquest audit controls --json | jq -r 'select(.kind == "budget-spent") | .reason'
`;

export const registerControls: Register = (audit, context) =>
  void audit
    .command('controls')
    .description('Lists what operators and limits have done to the system, newest first.')
    .option('--limit <n>', 'at most this many', wholeNumberOption(1, 500), 50)
    .option('--json', 'print one line of JSON per event')
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      const { json, limit, ...server } = command.optsWithGlobals<ServerOptions & { json?: true; limit: number }>();
      const { gateway } = await requireServer(context, server);
      const events = await latest(gateway, limit);
      const { out, err, style } = context.terminal;
      if (json) for (const event of events) out(JSON.stringify(event));
      else if (events.length === 0) err('Nothing was switched, filtered, warned of or verified yet.');
      else for (const line of renderTable(columns(style), events, style)) out(line);
    });

const latest = async (gateway: GatewayClient, limit: number): Promise<ControlEvent[]> => {
  const events: ControlEvent[] = [];
  let cursor: string | undefined;
  while (events.length < limit) {
    const page = query({ limit: Math.min(PAGE, limit - events.length), cursor });
    const { events: more, next } = await gateway.json(`/v1/controls${page}`, ControlsPage);
    events.push(...more);
    if (next === null) break;
    cursor = next;
  }
  return events;
};

const columns = ({ colour }: Style): Column<ControlEvent>[] => [
  { title: 'AT', of: ({ createdAt }) => createdAt.slice(0, 19).replace('T', ' '), paint: colour.dim },
  { title: 'KIND', of: ({ kind }) => kind },
  { title: 'BY', of: ({ actor }) => actor },
  { title: 'WHY', of: whyOf, elastic: true },
];

/** A filtered incident's reason fits any of them; its title tells which. */
const whyOf = ({ kind, reason, data: { title } }: ControlEvent): string =>
  kind === 'incident-filtered' && title !== undefined ? `${title}: ${reason}` : reason;
