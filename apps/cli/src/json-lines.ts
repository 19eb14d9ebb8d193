import type { Terminal } from './terminal.js';

/** The lines of standard input as they come; a terminal that cannot stream gives them at once. */
export async function* inputLines(terminal: Terminal): AsyncIterable<string> {
  if (terminal.readLines) yield* terminal.readLines();
  else yield* (await terminal.readInput()).split('\n');
}

/** Whole lines of a stream of chunks, without their line end; linear also when one line comes in thousands of chunks. */
export async function* linesOf(chunks: AsyncIterable<unknown>): AsyncIterable<string> {
  let pieces: string[] = [];
  for await (const chunk of chunks) {
    const parts = String(chunk).split('\n');
    for (const part of parts.slice(0, -1)) {
      yield [...pieces, part].join('');
      pieces = [];
    }
    pieces.push(parts.at(-1) ?? '');
  }
  const last = pieces.join('');
  if (last !== '') yield last;
}

/** Answers every line of standard input by one line of JSON, in order; blank lines are passed over. */
export const answerLines = async (terminal: Terminal, answer: (line: string) => unknown): Promise<void> => {
  for await (const line of inputLines(terminal)) {
    if (terminal.interrupted.aborted) return;
    if (line.trim() !== '') terminal.out(JSON.stringify(answer(line)));
  }
};
