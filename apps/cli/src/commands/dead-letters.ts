import type { Command } from 'commander';
import { DeadLettersPage, type DeadLetter } from '../gateway-answers.js';
import type { Style } from '../render/style.js';
import { renderTable, type Column } from '../render/table.js';
import { count } from '../render/units.js';
import { requireServer, type ServerOptions } from '../server.js';
import { wholeNumberOption } from './options.js';
import type { Register } from './register.js';

interface DeadLettersOptions extends ServerOptions {
  readonly json?: true;
  readonly limit?: number;
}

const HELP = `
A dead letter is a message that no service could handle after several tries. Its session ended all the
same: the coordinator answered for the role that was silent. Fix the reason first, then retry or drop.

Examples:
  $ npx inquest dead-letters list
  $ npx inquest dead-letters retry 1763726700000-0
  $ npx inquest dead-letters drop 1763726700000-0
`;

export const registerDeadLetters: Register = (program, context) => {
  const letters = program
    .command('dead-letters')
    .summary('see, retry or drop what nobody could handle')
    .description('Shows the messages that nobody could handle, and why.')
    .addHelpText('after', HELP);

  letters
    .command('list')
    .description('Lists them, oldest first.')
    .option('--limit <n>', 'at most this many', wholeNumberOption(1, 500), 100)
    .option('--json', 'print one line of JSON each')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<DeadLettersOptions>();
      const { gateway } = await requireServer(context, options);
      const { letters: found } = await gateway.json(`/v1/dead-letters?limit=${options.limit}`, DeadLettersPage);
      const { out, err, style } = context.terminal;
      if (options.json) for (const letter of found) out(JSON.stringify(letter));
      else if (found.length === 0) err('There are no dead letters.');
      else for (const line of renderTable(columns(style), found, style)) out(line);
    });

  for (const [name, method, done] of [
    ['retry', 'POST', 'put back into the inbox'],
    ['drop', 'DELETE', 'dropped'],
  ] as const)
    letters
      .command(name)
      .description(name === 'retry' ? 'Puts them back into the inboxes they came from.' : 'Removes them for good.')
      .argument('<id...>', 'ids as listed')
      .action(async (ids: string[], _options: unknown, command: Command) => {
        const { gateway } = await requireServer(context, command.optsWithGlobals<DeadLettersOptions>());
        for (const id of ids)
          await gateway.text(`/v1/dead-letters/${encodeURIComponent(id)}${name === 'retry' ? '/retry' : ''}`, { method });
        context.terminal.err(`${count(ids.length, 'dead letter')} ${done}.`);
      });
};

const columns = ({ colour }: Style): Column<DeadLetter>[] => [
  { title: 'ID', of: ({ id }) => id },
  { title: 'INBOX', of: ({ inbox }) => inbox },
  { title: 'SESSION', of: ({ fields }) => fields.session ?? '' },
  { title: 'TYPE', of: ({ fields }) => fields.type ?? '' },
  { title: 'REASON', of: ({ reason }) => reason, paint: colour.yellow },
  { title: 'ERROR', of: ({ errorClass }) => errorClass },
  { title: 'DETAIL', of: ({ detail }) => detail, elastic: true },
];
