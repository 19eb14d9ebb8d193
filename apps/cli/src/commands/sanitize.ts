import type { CleanedText } from '@inquest/hygiene';
import type { Command } from 'commander';
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import { CommandError, EXIT } from '../exit-codes.js';
import { answerLines } from '../json-lines.js';
import type { Register } from './register.js';

const HELP = `
Works without a server. Secrets become [REDACTED:kind:hash]; equal secrets have equal hashes within a run. Characters that
nobody sees are taken out. Text that reads like an instruction to a model is flagged, never changed.
Every line of standard input is {"id": …, "text": …}, and every line of output {"id", "flagged", "output", "redactions",
"ms"}, in the same order, where "flagged" is true or false; a line that cannot be read gets {"id", "error"} with nothing
of its text.

Examples:
  $ npx inquest sanitize --jsonl < evidence.jsonl
  $ npx inquest sanitize --jsonl < evidence.jsonl | jq -r 'select(.flagged) | .id'
`;

interface Options {
  readonly jsonl?: true;
}

export const registerSanitize: Register = (program, { terminal }) =>
  void program
    .command('sanitize')
    .summary('take secrets out of texts and flag instructions')
    .description('Shows what is left of a text when it enters as evidence, and whether it reads like an instruction.')
    .option('--jsonl', 'clean one JSON object per line of standard input')
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      if (!command.optsWithGlobals<Options>().jsonl)
        throw new CommandError('Give --jsonl, and texts as standard input.', EXIT.usage, 'See: npx inquest sanitize --help');
      const { cleanText } = await import('@inquest/hygiene');
      await answerLines(terminal, (line) => answerLine(line, (text) => cleanText(text, { charsMax: Infinity })));
    });

const Line = z.object({ id: z.union([z.string(), z.number()]), text: z.string() });
const Named = z.object({ id: z.union([z.string(), z.number()]) });

/** The answer to a line, which must not repeat what may be a secret when the line cannot be read. */
const answerLine = (line: string, clean: (text: string) => CleanedText): unknown => {
  const startedMs = performance.now();
  const input = parsed(line);
  const read = Line.safeParse(input);
  if (!read.success) {
    const id = Named.safeParse(input).data?.id ?? null;
    return { id, error: input === undefined ? 'not JSON' : 'not an object with an id and a text' };
  }
  const { id, text } = read.data;
  const { text: output, redactions, suspicions } = clean(text);
  const ms = Math.round((performance.now() - startedMs) * 1_000) / 1_000;
  return { id, flagged: suspicions.length > 0, output, redactions, suspicions, ms };
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
