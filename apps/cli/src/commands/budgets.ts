import type { Command } from 'commander';
import { BudgetsAnswer } from '../gateway-answers.js';
import type { Style } from '../render/style.js';
import { renderTable, type Column } from '../render/table.js';
import { requireServer, type ServerOptions } from '../server.js';
import type { Register } from './register.js';

const HELP = `
Budgets are set by INQUEST_BUDGETS, for calendar hours, days and months (UTC). At 80 % of one there is a
warning; at 100 % models are not asked any more, and the roles answer by rules until the window is over.

Examples:
  $ npx inquest budgets
  $ npx inquest budgets --json | jq '.spend[] | select(.role == "all")'
`;

interface Line {
  readonly role: string;
  readonly period: string;
  readonly unit: 'usd' | 'tokens';
  readonly spent: number;
  readonly max: number | undefined;
}

export const registerBudgets: Register = (program, context) =>
  void program
    .command('budgets')
    .summary('what the models have cost, and what they may')
    .description('Shows what the models have taken in this hour, day and month, beside the budgets.')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ServerOptions & { json?: true }>();
      const { gateway } = await requireServer(context, options);
      const budgets = await gateway.json('/v1/budgets', BudgetsAnswer);
      const { out, err, style } = context.terminal;
      if (options.json) return out(JSON.stringify(budgets));
      const lines = linesOf(budgets);
      if (lines.length === 0) err('No model was asked this month, and no budget is set.');
      else for (const line of renderTable(columns(style), lines, style)) out(line);
    });

/** One line per role, period and unit in which something was spent or may be. */
const linesOf = ({ limits, spend }: BudgetsAnswer): Line[] => {
  const spent = spend.flatMap(({ role, period, usd, tokens }) => [
    { role, period, unit: 'usd' as const, spent: usd },
    { role, period, unit: 'tokens' as const, spent: tokens },
  ]);
  const keyOf = ({ role, period, unit }: Pick<Line, 'role' | 'period' | 'unit'>): string => `${role} ${period} ${unit}`;
  const known = new Set(spent.map(keyOf));
  const maxima = new Map(limits.map((limit) => [keyOf(limit), limit.max]));
  return [...spent, ...limits.filter((limit) => !known.has(keyOf(limit))).map((limit) => ({ ...limit, spent: 0 }))].map(
    (line) => ({
      ...line,
      max: maxima.get(keyOf(line)),
    }),
  );
};

const amount = (value: number, unit: Line['unit']): string =>
  unit === 'usd' ? `$${value.toFixed(4)}` : String(Math.round(value));

const shareOf = ({ spent, max }: Line): number => (max === undefined ? 0 : max === 0 ? 1 : spent / max);

const columns = ({ colour }: Style): Column<Line>[] => [
  { title: 'ROLE', of: ({ role }) => role },
  { title: 'THIS', of: ({ period }) => period },
  { title: 'TAKEN', of: ({ spent, unit }) => `${amount(spent, unit)}${unit === 'tokens' ? ' tokens' : ''}` },
  { title: 'BUDGET', of: ({ max, unit }) => (max === undefined ? '' : amount(max, unit)) },
  {
    title: 'USED',
    of: (line) => (line.max === undefined ? '' : `${Math.floor(100 * shareOf(line))} %`),
    paint: (text, line) => (shareOf(line) >= 1 ? colour.red(text) : shareOf(line) >= 0.8 ? colour.yellow(text) : text),
  },
];
