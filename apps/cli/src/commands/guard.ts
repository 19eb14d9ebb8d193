import type { GuardVerdict } from '@inquest/safety';
import type { Command } from 'commander';
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import { CommandError, EXIT } from '../exit-codes.js';
import { answerLines } from '../json-lines.js';
import { renderGuard } from '../render/guard.js';
import type { Register } from './register.js';

const HELP = `
Judges without a server, by the hard rules and the blast radius alone; nothing is run. What cannot be read is never approved.
With --jsonl every line of standard input is {"id": …, "kind": "command" or "sql", "text": …}, and every line of
output {"id", "decision", "rules", "blastRadius", "terms", "ms"}, in the same order; a line that cannot be read gets
{"id", "error"} with the decision REQUEST_REVISION.

Exit codes: 0 approved, 1 not approved; with --jsonl always 0.

Examples:
  $ npx inquest guard 'kubectl -n shop rollout restart deployment/web'
  $ npx inquest guard --sql 'DELETE FROM orders WHERE 1 = 1'
  $ npx inquest guard --jsonl < actions.jsonl | jq -r 'select(.decision != "APPROVE") | .id'
`;

interface Options {
  readonly jsonl?: true;
  readonly json?: true;
  readonly sql?: true;
}

export const registerGuard: Register = (program, { terminal }) =>
  void program
    .command('guard')
    .argument('[command...]', 'what would be run, in quotes')
    .summary('say whether a command may run, and why')
    .description('Says what a command or SQL text would really run, how far it could reach, and whether the rules let it.')
    .option('--sql', 'it is SQL, not a command line')
    .option('--json', 'print the verdict as one line of JSON')
    .option('--jsonl', 'judge one JSON object per line of standard input')
    .addHelpText('after', HELP)
    .action(async (words: readonly string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const text = words.join(' ');
      if (options.jsonl ? words.length > 0 : text.trim() === '')
        throw new CommandError('Give one command in quotes, or --jsonl and standard input.', EXIT.usage);
      const { guard, ready } = await import('@inquest/safety'); // With its SQL parser: only who asks pays for it.
      await ready();
      if (options.jsonl) return await answerLines(terminal, (line) => answerLine(line, guard));
      const verdict = guard(options.sql ? 'sql' : 'command', text);
      if (options.json) terminal.out(JSON.stringify(answered(verdict)));
      else for (const line of renderGuard(verdict, terminal.style)) terminal.out(line);
      if (verdict.decision !== 'APPROVE') throw new CommandError('', EXIT.failed);
    });

const Line = z.object({ id: z.union([z.string(), z.number()]), kind: z.enum(['command', 'sql']), text: z.string() });
const Named = z.object({ id: z.union([z.string(), z.number()]) });

type Guard = (kind: 'command' | 'sql', text: string) => GuardVerdict;

const answerLine = (line: string, guard: Guard): unknown => {
  const startedMs = performance.now();
  const input = parsed(line);
  const read = Line.safeParse(input);
  if (!read.success) {
    const id = Named.safeParse(input).data?.id ?? null;
    return {
      id,
      decision: 'REQUEST_REVISION',
      error: input === undefined ? 'not JSON' : z.prettifyError(read.error).slice(0, 300),
    };
  }
  const { id, kind, text } = read.data;
  const verdict = answered(guard(kind, text));
  return { id, ...verdict, ms: Math.round((performance.now() - startedMs) * 1_000) / 1_000 };
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const answered = ({ decision, hits, radius }: GuardVerdict): object => ({
  decision,
  rules: hits.map(({ ruleId }) => ruleId),
  blastRadius: radius.points,
  terms: radius.terms,
});
