import { tmpdir } from 'node:os';
import { run } from '../program.js';
import { styleFor } from '../render/style.js';
import type { Terminal } from '../terminal.js';

export interface Ran {
  readonly code: number;
  /** Both streams, in the order of the lines. */
  readonly lines: readonly string[];
  readonly out: string;
  readonly err: string;
}

export interface InMemory extends Partial<Terminal> {
  readonly input?: string;
  readonly rootDir?: string;
}

/** Runs a command line in this process, on a terminal without colours that remembers what it was shown. */
export const runInMemory = async (args: readonly string[], options: InMemory = {}): Promise<Ran> => {
  const { input = '', rootDir = tmpdir(), ...overrides } = options;
  const [lines, out, err]: [string[], string[], string[]] = [[], [], []];
  const terminal: Terminal = {
    out: (line) => void (lines.push(line), out.push(line)),
    err: (line) => void (lines.push(line), err.push(line)),
    redraw: () => undefined,
    style: styleFor({ columns: 100 }, {}),
    environment: {},
    readInput: async () => input,
    interrupted: new AbortController().signal,
    ...overrides,
  };
  const code = await run([...args], { terminal, rootDir });
  return { code, lines, out: out.join('\n'), err: err.join('\n') };
};
