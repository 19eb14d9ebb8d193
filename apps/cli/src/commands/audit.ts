import { Option, type Command } from 'commander';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { AuditPage, type AuditEntry } from '../gateway-answers.js';
import { CommandError } from '../exit-codes.js';
import type { GatewayClient } from '../gateway-client.js';
import { roleColour, type Style } from '../render/style.js';
import { renderTable, type Column } from '../render/table.js';
import { duration } from '../render/units.js';
import { requireServer, type ServerOptions } from '../server.js';
import { registerControls } from './audit-controls.js';
import { registerVerify } from './audit-verify.js';
import { momentOption, sessionIdArgument, wholeNumberOption } from './options.js';
import { query } from './query.js';
import type { Register } from './register.js';
import { OUTCOMES } from './sessions.js';

interface Filters extends ServerOptions {
  readonly json?: true;
  readonly session?: string;
  readonly incident?: string;
  readonly role?: string;
  readonly outcome?: string;
  readonly cause?: string;
  readonly from?: string;
  readonly to?: string;
  readonly degraded?: true;
}

const ROLES = ['gateway', 'diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'single', 'recorder'];
const PAGE = 200;

const LIST_HELP = `
Examples:
  $ npx inquest audit list --role critic --from 24h
  $ npx inquest audit list --cause 'payments-api oom'
  $ npx inquest audit list --degraded --json | jq -r .message.role
`;
const EXPORT_HELP = `
Each line is one row of agent_sessions: its place and the message exactly as it was published.

Examples:
  $ npx inquest audit export --from 7d > week.jsonl
  $ npx inquest audit export --session 0193f0a2-7c1e-7b52-9d4e-0242ac120002 --out session.jsonl
`;

export const registerAudit: Register = (program, context) => {
  const audit = program
    .command('audit')
    .summary('read and verify the record')
    .description('Reads the record of every message, and verifies that nobody changed it.');

  filtered(audit.command('list'))
    .description('Lists recorded messages, newest first.')
    .option('--limit <n>', 'at most this many', wholeNumberOption(1, 10_000), 50)
    .option('--json', 'print one line of JSON per message')
    .addHelpText('after', LIST_HELP)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Filters & { limit: number }>();
      const { gateway } = await requireServer(context, options);
      const entries: AuditEntry[] = [];
      for await (const entry of entriesOf(gateway, options, options.limit)) entries.push(entry);
      print(entries, options, context.terminal);
    });

  audit
    .command('show')
    .description('Shows what is on record of one session, in the order of the debate, with hashes.')
    .argument('<session>', 'session id', sessionIdArgument)
    .option('--json', 'print one line of JSON per message')
    .action(async (session: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Filters>();
      const { gateway } = await requireServer(context, options);
      const entries: AuditEntry[] = [];
      for await (const entry of entriesOf(gateway, { session }, Infinity)) entries.push(entry);
      if (entries.length === 0)
        throw new CommandError(
          `Nothing is on record of session ${session}.`,
          undefined,
          'List what there is: npx inquest sessions',
        );
      print(
        entries.sort((left, right) => left.seq - right.seq),
        options,
        context.terminal,
      );
    });

  filtered(audit.command('export'))
    .description('Writes recorded messages, whole, as lines of JSON.')
    .option('--out <file>', 'write to a file instead of standard output')
    .addHelpText('after', EXPORT_HELP)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Filters & { out?: string }>();
      const { gateway } = await requireServer(context, options);
      const written = await exportTo(options.out, entriesOf(gateway, options, Infinity), (line) => context.terminal.out(line));
      if (options.out) context.terminal.err(`${written} messages written to ${options.out}.`);
    });

  registerControls(audit, context);
  registerVerify(audit, context);
};

const filtered = (command: Command): Command =>
  command
    .option('--session <id>', 'only of this session', sessionIdArgument)
    .option('--incident <id>', 'only of this incident')
    .addOption(new Option('--role <role>', 'only of this role').choices(ROLES))
    .addOption(new Option('--outcome <outcome>', 'only decisions with this outcome').choices(OUTCOMES))
    .option('--cause <words>', 'only decisions whose cause has these words, as in a web search')
    .option('--from <time>', 'recorded at or after: RFC 3339, or 30m, 24h, 7d ago', momentOption)
    .option('--to <time>', 'recorded before', momentOption)
    .option('--degraded', 'only degraded answers');

async function* entriesOf(gateway: GatewayClient, filters: Filters, limit: number): AsyncGenerator<AuditEntry> {
  const { session: sessionId, incident: incidentId, role, outcome, cause, from, to, degraded } = filters;
  let cursor: string | undefined;
  for (let left = limit; left > 0; left -= PAGE) {
    const page = query({ sessionId, incidentId, role, outcome, cause, from, to, degraded, cursor, limit: Math.min(PAGE, left) });
    const { entries, next } = await gateway.json(`/v1/audit/sessions${page}`, AuditPage);
    yield* entries;
    if (next === null) return;
    cursor = next;
  }
}

const exportTo = async (
  file: string | undefined,
  entries: AsyncIterable<AuditEntry>,
  out: (line: string) => void,
): Promise<number> => {
  const stream = file ? createWriteStream(file, { mode: 0o600 }) : undefined;
  if (stream) await once(stream, 'open');
  let written = 0;
  for await (const entry of entries) {
    written += 1;
    const line = JSON.stringify(entry);
    if (!stream) out(line);
    else if (!stream.write(`${line}\n`)) await once(stream, 'drain');
  }
  stream?.end();
  if (stream) await once(stream, 'close');
  return written;
};

const print = (
  entries: readonly AuditEntry[],
  { json }: Filters,
  { out, err, style }: Parameters<Register>[1]['terminal'],
): void => {
  if (json) for (const entry of entries) out(JSON.stringify(entry));
  else if (entries.length === 0) err('Nothing on record fits.');
  else
    for (const line of renderTable(
      columns(style, new Set(entries.map(({ message }) => message.sessionId)).size > 1),
      entries,
      style,
    ))
      out(line);
};

const columns = (style: Style, withSession: boolean): Column<AuditEntry>[] => [
  { title: 'RECORDED', of: ({ createdAt }) => createdAt.slice(0, 19).replace('T', ' '), paint: style.colour.dim },
  ...(withSession ? [{ title: 'SESSION', of: ({ message }: AuditEntry) => message.sessionId }] : []),
  { title: '#', of: ({ seq }) => String(seq) },
  { title: 'ROLE', of: ({ message }) => message.role, paint: (text, { message }) => roleColour(style, message.role)(text) },
  {
    title: 'SAID',
    of: ({ message, outcome, gate }) => (outcome ? `${message.type}: ${outcome}${gate ? ` at gate ${gate}` : ''}` : message.type),
    elastic: true,
  },
  { title: 'VOTE', of: ({ message }) => message.vote?.toLowerCase().replaceAll('_', ' ') ?? '' },
  {
    title: 'MIND',
    of: ({ message }) => (message.onBehalfOf ? 'answered for' : message.degraded ? `${message.mind}, degraded` : message.mind),
  },
  { title: 'TOOK', of: ({ message }) => duration(message.latencyMs) },
  ...(withSession
    ? []
    : [{ title: 'HASH', of: ({ message }: AuditEntry) => message.eventHash.slice(0, 12), paint: style.colour.dim }]),
];
