import type { Published } from '@inquest/contracts';
import type { Command } from 'commander';
import pLimit from 'p-limit';
import { debateResult, type DebateFault, type DebateResult } from '../debate-result.js';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js';
import type { GatewayClient } from '../gateway-client.js';
import { renderDecision } from '../render/decision.js';
import { Timeline } from '../render/timeline.js';
import { duration } from '../render/units.js';
import type { CommandContext, ServerOptions } from '../server.js';
import { withServer } from '../temporary-server.js';
import { watchSession } from '../watch.js';
import { debate, readScenario } from './debate-file.js';
import { wholeNumberOption } from './options.js';
import type { Register } from './register.js';

interface DebateOptions extends ServerOptions {
  readonly json?: true;
  readonly watch?: true;
  readonly parallel: number;
  readonly timeout: number;
}

const HELP = `
A file holds {"incident": …, "evidence": …}, or an alert as a pager sends it; other keys are ignored.
Each file is a debate of its own, also when it was debated before. Without a running server one is
started for the debate and stopped after it.

Examples:
  $ npx inquest debate apps/standalone/incidents/payments-api-oom.json --watch
  $ npx inquest debate apps/standalone/incidents/*.json --json | jq -r '[.file, .outcome, .gate] | @tsv'
  $ curl -s https://example.com/incident.json | npx inquest debate - --json
`;

export const registerDebate: Register = (program, context) =>
  void program
    .command('debate')
    .summary('let the roles debate incidents from files')
    .description('Lets the roles debate the incident in each file and prints what they decide.')
    .argument('<file...>', 'JSON files; - is standard input')
    .option('--json', 'print one line of JSON per file, in the order given')
    .option('--watch', 'show every message as it is committed, one file after the other')
    .option('--parallel <n>', 'files under way at the same time', wholeNumberOption(1, 32), 4)
    .option('--timeout <seconds>', 'give a session up after this long', wholeNumberOption(1, 3_600), 120)
    .addHelpText('after', HELP)
    .action(async (files: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<DebateOptions>();
      const exitCode = await withServer(context, options, ({ gateway }) => debateAll(files, options, gateway, context));
      if (exitCode !== EXIT.ok) throw new CommandError('', exitCode); // Each file has said its own error.
    });

interface Debate {
  readonly result: DebateResult | DebateFault;
  readonly exitCode: ExitCode;
  readonly lines: readonly string[];
}

/** The debates run side by side; their results are printed in the order of the files. */
const debateAll = async (
  files: readonly string[],
  options: DebateOptions,
  gateway: GatewayClient,
  context: CommandContext,
): Promise<ExitCode> => {
  const limit = pLimit(options.watch ? 1 : options.parallel);
  const debates = files.map((file) => limit(() => debateOne(file, options, gateway, context)));
  let worst: ExitCode = EXIT.ok;
  for (const pending of debates) {
    const { result, exitCode, lines } = await pending;
    if (options.json) context.terminal.out(JSON.stringify(result));
    else for (const line of lines) context.terminal.out(line);
    worst = exitCode > worst ? exitCode : worst;
  }
  return worst;
};

const debateOne = async (
  file: string,
  { json, watch, timeout }: DebateOptions,
  gateway: GatewayClient,
  { terminal }: CommandContext,
): Promise<Debate> => {
  const signal = AbortSignal.any([terminal.interrupted, AbortSignal.timeout(timeout * 1_000)]);
  const follow =
    watch && !json
      ? (id: string) => watchSession(gateway, id, terminal, signal)
      : (id: string) => collect(gateway.events(id, signal));
  try {
    const { sessionId, messages, ms } = await debate(gateway, await readScenario(file, terminal), follow, signal);
    const result = debateResult(file, sessionId, messages, ms);
    const timeline = new Timeline(terminal.style);
    const lines = [
      ...(watch ? [''] : summary(result, messages, terminal.style)),
      ...timeline.whereNext({ url: gateway.address.url, sessionId }),
      '',
    ];
    return { result, exitCode: result.outcome === null ? EXIT.failed : EXIT.ok, lines };
  } catch (error) {
    if (terminal.interrupted.aborted) throw error;
    return fault(file, error, timeout, terminal.style);
  }
};

const collect = async (events: AsyncIterable<Published>): Promise<Published[]> => {
  const messages: Published[] = [];
  for await (const published of events) messages.push(published);
  return messages;
};

const summary = (
  { file, ms, events }: DebateResult,
  messages: readonly Published[],
  style: CommandContext['terminal']['style'],
): string[] => {
  const last = messages.at(-1)?.message;
  const title = `${style.colour.bold(file)}  ${style.colour.dim(`${events} messages in ${duration(ms)}`)}`;
  if (last?.type === 'decision.made') return [title, '', ...renderDecision(last.data, style)];
  return [title, '', `  ${style.colour.red('The session ended without a decision.')}`];
};

const fault = (file: string, error: unknown, timeout: number, { colour }: CommandContext['terminal']['style']): Debate => {
  const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
  const reason = timedOut
    ? `not decided within ${timeout} s; give it longer with --timeout, or see: npx inquest doctor`
    : error instanceof Error
      ? error.message
      : String(error);
  const exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
  const hint = error instanceof CommandError && error.hint ? [`  ${colour.dim(error.hint)}`] : [];
  return {
    result: { file, error: reason },
    exitCode,
    lines: [colour.bold(file), `  ${colour.red('error')}  ${reason}`, ...hint, ''],
  };
};
