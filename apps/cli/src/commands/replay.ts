import { Option, type Command } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import { publishedAtMs } from '@inquest/debate';
import { CommandError } from '../exit-codes.js';
import type { RecordedEvent } from '../gateway-answers.js';
import { Timeline } from '../render/timeline.js';
import { requireServer, type ServerOptions } from '../server.js';
import type { Terminal } from '../terminal.js';
import { sessionIdArgument } from './options.js';
import type { Register } from './register.js';
import { compareWithRecord } from './replay-recompute.js';
import { republish, REPUBLISH_ROLES } from './replay-republish.js';
import { InvalidArgumentError } from 'commander';

interface ReplayOptions extends ServerOptions {
  readonly json?: true;
  readonly speed?: number;
  readonly recompute?: true;
  readonly republish?: true;
  readonly role?: string;
  readonly redis?: string;
}

/** A pause longer than this teaches nothing; the clock beside each message still tells the truth. */
const PAUSE_MAX_MS = 5_000;

const HELP = `
--recompute takes all hashes again and lets the gates decide again; exit code 4 when anything differs.
--republish puts the recorded messages, up to the question that --role answers, on a fresh stream: in a
database of its own (number 1) of the running server's Redis, or where --redis says, so that nobody but
the role that you start there, under a debugger, hears them. The command to start it is printed.

Examples:
  $ npx inquest replay 0193f0a2-7c1e-7b52-9d4e-0242ac120002 --speed 4
  $ npx inquest replay 0193f0a2-7c1e-7b52-9d4e-0242ac120002 --recompute
  $ npx inquest replay 0193f0a2-7c1e-7b52-9d4e-0242ac120002 --republish --role solver
`;

export const registerReplay: Register = (program, context) =>
  void program
    .command('replay')
    .summary('show a session again, check it, or hand it to a debugger')
    .description('Shows a recorded session as it happened; an open one is followed to its end.')
    .argument('<session>', 'session id', sessionIdArgument)
    .option(
      '--speed <factor>',
      '1 as it happened, 10 ten times as fast, 0 at once (standard: 1 on a terminal, else 0)',
      speedOption,
    )
    .option('--recompute', 'compare hashes and decision with what the record gives today')
    .option('--republish', 'put the messages on a fresh stream for one role')
    .addOption(new Option('--role <role>', 'who shall answer, with --republish').choices(REPUBLISH_ROLES))
    .option('--redis <url>', 'where to republish')
    .option('--json', 'print one line of JSON per message')
    .addHelpText('after', HELP)
    .action(async (session: string, _options: unknown, command: Command) => {
      const { terminal } = context;
      const options = command.optsWithGlobals<ReplayOptions>();
      if (options.republish && !options.role)
        command.error("error: option '--republish' needs '--role <role>': who shall answer?");
      const { gateway, state } = await requireServer(context, options);
      const events = gateway.recordedEvents(session, terminal.interrupted);
      if (options.recompute) return compareWithRecord(session, await all(events, session), terminal, options.json === true);
      if (options.republish)
        return republish(await all(events, session), { role: options.role ?? '', redisUrl: options.redis, state }, terminal);
      if (options.json) return printJson(events, terminal);
      await play(events, options.speed ?? (terminal.style.live ? 1 : 0), terminal);
      for (const line of ['', ...new Timeline(terminal.style).whereNext({ url: gateway.address.url, sessionId: session }), ''])
        terminal.out(line);
    });

const speedOption = (text: string): number => {
  const speed = Number(text);
  if (Number.isFinite(speed) && speed >= 0) return speed;
  throw new InvalidArgumentError('It must be a number from 0.');
};

const all = async (events: AsyncIterable<RecordedEvent>, session: string): Promise<RecordedEvent[]> => {
  const recorded: RecordedEvent[] = [];
  for await (const event of events) recorded.push(event);
  if (recorded.length > 0) return recorded;
  throw new CommandError(`Nothing is on record of session ${session}.`, undefined, 'List what there is: npx inquest sessions');
};

const printJson = async (events: AsyncIterable<RecordedEvent>, { out }: Terminal): Promise<void> => {
  for await (const { published, raw } of events)
    out(JSON.stringify({ seq: published.seq, streamId: published.streamId, message: raw }));
};

const play = async (events: AsyncIterable<RecordedEvent>, speed: number, terminal: Terminal): Promise<void> => {
  const timeline = new Timeline(terminal.style);
  let saidAtMs: number | undefined;
  for await (const { published } of events) {
    const atMs = publishedAtMs(published.streamId);
    if (speed > 0 && saidAtMs !== undefined)
      await pause(Math.min(PAUSE_MAX_MS, Math.max(0, atMs - saidAtMs) / speed), undefined, { signal: terminal.interrupted });
    saidAtMs = atMs;
    for (const line of timeline.lines(published)) terminal.out(line);
  }
};
