import type { GuardVerdict } from '@inquest/safety';
import type { Command } from 'commander';
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import { CommandError, EXIT } from '../exit-codes.js';
import { answerLines } from '../json-lines.js';
import { renderGuard } from '../render/guard.js';
import type { CommandContext } from '../server.js';
import { renderRules, rulesFrom } from './guard-rules.js';
import type { Register } from './register.js';

const HELP = `
Judges without a server, by the hard rules and the blast radius alone; nothing is run. What cannot be read is never approved.
With --jsonl every line of standard input is {"id": …, "kind": "command" or "sql", "text": …}, and every line of
output {"id", "decision", "rules", "blastRadius", "terms", "ms"}, in the same order; a line that cannot be read gets
{"id", "error"} with the decision REQUEST_REVISION.

--rules adds the rules and tiers of a file to the built-in ones, as INQUEST_SAFETY_RULES_FILE does for the services; they can
only make judgement stricter. --check-rules says whether such a file can be used, and what it adds.

Exit codes: 0 approved, 1 not approved or a rules file that cannot be used; with --jsonl always 0.

Examples:
  $ npx inquest guard 'kubectl -n shop rollout restart deployment/web'
  $ npx inquest guard --sql 'DELETE FROM orders WHERE 1 = 1'
  $ npx inquest guard --rules safety.yaml 'kubectl -n payments rollout restart deployment/ledger'
  $ npx inquest guard --check-rules safety.yaml
  $ npx inquest guard --jsonl < actions.jsonl | jq -r 'select(.decision != "APPROVE") | .id'
`;

interface Options {
  readonly jsonl?: true;
  readonly json?: true;
  readonly sql?: true;
  readonly rules?: string;
  readonly checkRules?: string;
}

export const registerGuard: Register = (program, { terminal }) =>
  void program
    .command('guard')
    .argument('[command...]', 'what would be run, in quotes')
    .summary('say whether a command may run, and why')
    .description('Says what a command or SQL text would really run, how far it could reach, and whether the rules let it.')
    .option('--sql', 'it is SQL, not a command line')
    .option('--json', 'print the verdict as one line of JSON')
    .option('--rules <file>', 'judge by the rules of this file too')
    .option('--check-rules <file>', 'say whether a rules file can be used, and what it adds')
    .option('--jsonl', 'judge one JSON object per line of standard input')
    .addHelpText('after', HELP)
    .action(async (words: readonly string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const text = words.join(' ');
      if (options.checkRules !== undefined) return await checkRules(options.checkRules, words, terminal);
      if (options.jsonl ? words.length > 0 : text.trim() === '')
        throw new CommandError('Give one command in quotes, or --jsonl and standard input.', EXIT.usage);
      const { guard: judge, readSafetyRules, ready } = await import('@inquest/safety'); // With its SQL parser: only who asks pays for it.
      const rules = options.rules === undefined ? undefined : rulesFrom(options.rules, readSafetyRules).rules;
      const guard: Guard = (kind, given) => judge(kind, given, rules);
      await ready();
      if (options.jsonl) return await answerLines(terminal, (line) => answerLine(line, guard));
      const verdict = guard(options.sql ? 'sql' : 'command', text);
      if (options.json) terminal.out(JSON.stringify(answered(verdict)));
      else for (const line of renderGuard(verdict, terminal.style)) terminal.out(line);
      if (verdict.decision !== 'APPROVE') throw new CommandError('', EXIT.failed);
    });

const checkRules = async (path: string, words: readonly string[], terminal: CommandContext['terminal']): Promise<void> => {
  if (words.length > 0) throw new CommandError('Give --check-rules alone; with a command, give --rules.', EXIT.usage);
  const { readSafetyRules } = await import('@inquest/safety');
  for (const line of renderRules(rulesFrom(path, readSafetyRules), terminal.style)) terminal.out(line);
};

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
