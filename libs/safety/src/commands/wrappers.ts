import type { Arg } from './command-fact.js';

/** A program that runs the command given in its own words. Options listed take a value in the next word. */
interface Wrapper {
  readonly valued?: readonly string[];
  /** Words of its own before the command, e.g. the duration of `timeout`. */
  readonly operands?: number;
  /** Words `NAME=value` before the command. */
  readonly assigns?: boolean;
}

const WRAPPERS: Record<string, Wrapper> = {
  sudo: {
    valued: ['-u', '-g', '-h', '-p', '-C', '-r', '-t', '-U', '-D', '-R', '-T', '--user', '--group', '--host', '--chdir'],
    assigns: true,
  },
  pkexec: { valued: ['--user'] },
  runuser: { valued: ['-u', '-g', '-G', '--user'] },
  setarch: { operands: 1 },
  linux64: {},
  firejail: {},
  chpst: { valued: ['-u', '-U', '-e', '-m'] },
  setpriv: { valued: ['--reuid', '--regid', '--groups'] },
  unbuffer: {},
  doas: { valued: ['-u', '-C'] },
  env: { valued: ['-u', '-C', '--unset', '--chdir'], assigns: true },
  timeout: { valued: ['-k', '-s', '--signal', '--kill-after'], operands: 1 },
  nohup: {},
  nice: { valued: ['-n', '--adjustment'] },
  ionice: { valued: ['-c', '-n', '-p', '--class', '--classdata'] },
  stdbuf: { valued: ['-i', '-o', '-e'] },
  setsid: {},
  time: { valued: ['-f', '-o'] },
  command: {},
  builtin: {},
  exec: { valued: ['-a'] },
  chroot: { operands: 1 },
  taskset: { valued: ['-p'], operands: 1 },
  chrt: { operands: 1 },
  unshare: {},
  nsenter: { valued: ['-t', '--target', '-S', '-G'] },
  'systemd-run': { valued: ['-p', '--unit', '-u', '-M', '-H', '-E'] },
  strace: { valued: ['-e', '-o', '-p', '-s'] },
  ltrace: { valued: ['-e', '-o', '-p', '-s'] },
  flock: { valued: ['-w', '-E'], operands: 1 },
  busybox: {},
  toybox: {},
  proxychains: { valued: ['-f'] },
  torsocks: {},
  caffeinate: {},
  then: {},
  do: {},
};

/** `sudo -l` and the like look, and run nothing. */
const LOOKS_ONLY: Record<string, readonly string[]> = {
  runuser: ['-c', '-l', '-'],
  sudo: ['-l', '-v', '-K', '-V', '--version', '--list'],
  command: ['-v', '-V'],
};

export interface Unwrapped {
  readonly argv: readonly Arg[];
  readonly via: string[];
  readonly assigned: ReadonlyMap<string, Arg>;
}

export const isWrapper = (tool: string): boolean => Object.hasOwn(WRAPPERS, tool);

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();

/** Takes wrappers off the front until what runs is left; a wrapper without a command is itself what runs. */
export const unwrap = (argv: readonly Arg[]): Unwrapped => {
  const via: string[] = [];
  const assigned = new Map<string, Arg>();
  let rest = argv;
  for (;;) {
    const head = rest[0];
    const name = head?.known ? baseName(head.text) : '';
    const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
    if (!wrapper || LOOKS_ONLY[name]?.includes(rest[1]?.text ?? '')) return { argv: rest, via, assigned };
    if (name === 'strace' && rest.some(({ text }) => /^(-o\s*)?[|!]/.test(text))) return { argv: rest, via, assigned }; // It pipes to a program.
    const inner = innerOf(rest.slice(1), wrapper, assigned, name);
    if (inner.length === 0) return { argv: rest, via, assigned };
    via.push(name);
    rest = name === 'flock' && inner[0]?.text === '-c' ? [{ text: 'sh', known: true }, ...inner] : inner;
  }
};

const innerOf = (words: readonly Arg[], wrapper: Wrapper, assigned: Map<string, Arg>, name: string): readonly Arg[] => {
  let at = 0;
  for (; at < words.length; at += 1) {
    const text = words[at]?.text ?? '';
    if (text === '--') {
      at += 1;
      break;
    }
    const splits = name === 'env' ? /^(?:-[0iv]*S|--s[a-z-]*(?:=|$))(.*)$/s.exec(text) : null;
    if (splits) {
      // `env -S 'a b'` runs the words of its argument.
      const own = splits[1] ? { text: splits[1], known: words[at]?.known ?? false } : words[++at];
      const split = (own?.text ?? '')
        .trim()
        .split(/\s+/)
        .map((part) => ({ text: part, known: own?.known ?? false }));
      return innerOf([...split, ...words.slice(at + 1)], wrapper, assigned, name);
    }
    if (text.startsWith('-') && text !== '-') {
      if (wrapper.valued?.includes(text)) at += 1;
      continue;
    }
    const assignment = wrapper.assigns ? /^([A-Za-z_]\w*)=(.*)$/s.exec(text) : null;
    if (!assignment) break;
    assigned.set(assignment[1] ?? '', { text: assignment[2] ?? '', known: words[at]?.known ?? false });
  }
  return words.slice(at + (wrapper.operands ?? 0));
};
