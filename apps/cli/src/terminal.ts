import { once } from 'node:events';
import { linesOf } from './json-lines.js';
import { styleFor, type Style } from './render/style.js';
import { painted } from './render/text.js';

/** What a command may touch: tests bring their own. */
export interface Terminal {
  /** One line to standard output: results alone, so that they can be piped. */
  readonly out: (line: string) => void;
  /** One line to standard error: everything that is not the result. */
  readonly err: (line: string) => void;
  /** Draws over the current line of standard output; only with `style.live`. */
  readonly redraw: (line: string) => void;
  readonly style: Style;
  readonly environment: NodeJS.ProcessEnv;
  /** Everything on standard input. */
  readonly readInput: () => Promise<string>;
  /** The lines of standard input as they come; the next is read when the last answer was taken. */
  readonly readLines?: () => AsyncIterable<string>;
  /** Aborted by Ctrl-C: waiting ends, then the command. */
  readonly interrupted: AbortSignal;
}

/** The terminal of this process. */
export const processTerminal = (interrupted: AbortSignal, { stdout, stderr, stdin, env } = process): Terminal => ({
  out: (line) => void stdout.write(`${shown(line, stdout)}\n`),
  err: (line) => void stderr.write(`${shown(line, stderr)}\n`),
  redraw: (line) => void stdout.write(`\r\u001b[2K${painted(line)}`),
  style: styleFor(stdout, env),
  environment: env,
  readInput: async () => {
    stdin.setEncoding('utf8');
    let text = '';
    for await (const chunk of stdin) text += String(chunk);
    return text;
  },
  readLines: async function* () {
    stdin.setEncoding('utf8');
    for await (const line of linesOf(stdin)) {
      yield line;
      if (stdout.writableNeedDrain) await once(stdout, 'drain');
    }
  },
  interrupted,
});

/** Through a pipe goes what there is; a person's terminal is not steered by it. */
const shown = (line: string, { isTTY = false }: { readonly isTTY?: boolean }): string => (isTTY ? painted(line) : line);
