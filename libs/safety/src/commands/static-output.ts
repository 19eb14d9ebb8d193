import { own } from '../own.js';

/** What a program that only transforms text would print, given its words and standard input; undefined when unknown. */
export const staticOutput = (argv: readonly string[], stdin: string | undefined): string | undefined => {
  const [path = '', ...args] = argv;
  const program = path.slice(path.lastIndexOf('/') + 1);
  if (args[0] === 'completion' && COMPLETES.has(program)) return ':\n'; // A script of definitions that nobody has called yet.
  return own(TRANSFORMS, program)?.(args, stdin);
};

const COMPLETES = new Set(['kubectl', 'oc', 'helm', 'argocd', 'flux', 'velero', 'istioctl', 'cilium', 'gh', 'docker', 'doctl']);

type Transform = (args: readonly string[], stdin: string | undefined) => string | undefined;

const OUTPUT_MAX = 100_000;

const escapes: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
};

/** Backslash sequences as `echo -e` and `printf` read them. */
const unescape = (text: string): string =>
  text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|0?([0-7]{1,3})|u([0-9a-fA-F]{1,4})|(.))/gs,
    (whole, hex?: string, octal?: string, unicode?: string, char?: string) => {
      if (hex ?? unicode) return String.fromCharCode(parseInt(hex ?? unicode ?? '', 16));
      if (octal) return String.fromCharCode(parseInt(octal, 8));
      return own(escapes, char ?? '') ?? whole;
    },
  );

const echo: Transform = (args) => {
  let start = 0;
  let options = '';
  while (/^-[neE]+$/.test(args[start] ?? '')) options += args[start++];
  const text = args.slice(start).join(' ');
  return (options.includes('e') ? unescape(text) : text) + (options.includes('n') ? '' : '\n');
};

const printf: Transform = (args) => {
  const [format, ...values] = args[0] === '--' ? args.slice(1) : args;
  if (format === undefined || format.startsWith('-')) return undefined;
  const unescaped = unescape(format);
  const slots = unescaped.match(/%[sbq]/g)?.length ?? 0;
  if (/%[^sbq%]/.test(unescaped)) return undefined;
  let output = '';
  let used = 0;
  do {
    output += unescaped.replace(/%([sbq%])/g, (_whole, kind: string) => {
      if (kind === '%') return '%';
      const value = values[used++] ?? '';
      return kind === 'b' ? unescape(value) : value;
    });
  } while (slots > 0 && used < values.length && output.length < OUTPUT_MAX);
  return output;
};

const decodes = (args: readonly string[]): boolean => args.some((arg) => /^(-d|-D|--decode|-di|-id)$/.test(arg));

const base: (encoding: 'base64' | 'base64url') => Transform = (encoding) => (args, stdin) => {
  if (stdin === undefined || args.some((arg) => !arg.startsWith('-'))) return undefined;
  return decodes(args) ? Buffer.from(stdin, encoding).toString('latin1') : Buffer.from(stdin, 'utf8').toString(encoding);
};

const tr: Transform = (args, stdin) => {
  if (stdin === undefined) return undefined;
  const set = (text: string): string[] => [
    ...unescape(text).replace(/(.)-(.)/gs, (_whole, from: string, to: string) => range(from, to)),
  ];
  if (args[0] === '-d' && args[1] !== undefined) return [...stdin].filter((char) => !set(args[1] ?? '').includes(char)).join('');
  if (args.length !== 2 || args[0]?.startsWith('-')) return undefined;
  const [from, to] = [set(args[0] ?? ''), set(args[1] ?? '')];
  return [...stdin]
    .map((char) => (from.includes(char) ? (to[Math.min(from.lastIndexOf(char), to.length - 1)] ?? '') : char))
    .join('');
};

const range = (from: string, to: string): string => {
  const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)];
  if (last < first || last - first > 255) return `${from}-${to}`;
  return String.fromCharCode(...Array.from({ length: last - first + 1 }, (_value, index) => first + index));
};

const hex: Transform = (args, stdin) =>
  stdin !== undefined && args.some((arg) => arg.includes('r')) && args.some((arg) => arg.includes('p'))
    ? Buffer.from(stdin.replace(/\s/g, ''), 'hex').toString('latin1')
    : undefined;

/** Where a program lies is not known, its name is. */
const which: Transform = (args) => (args.length === 1 && !args[0]?.startsWith('-') ? `${args[0]}\n` : undefined);

const TRANSFORMS: Record<string, Transform> = {
  which,
  command: (args, stdin) => (args[0] === '-v' ? which(args.slice(1), stdin) : undefined),
  type: (args, stdin) => (/^-[pP]$/.test(args[0] ?? '') ? which(args.slice(1), stdin) : undefined),
  // What it prints is meant to be evaluated; only the numbers in it are not known.
  'ssh-agent': (args) => (args.every((arg) => arg === '-s') ? 'export SSH_AUTH_SOCK=agent SSH_AGENT_PID=1\n' : undefined),
  '{': () => '',
  ':': () => '',
  true: () => '',
  echo,
  printf,
  base64: base('base64'),
  xxd: hex,
  tr,
  rev: (args, stdin) =>
    args.length > 0
      ? undefined
      : stdin
          ?.split('\n')
          .map((line) => [...line].reverse().join(''))
          .join('\n'),
  cat: (args, stdin) => (args.every((arg) => arg === '-') ? stdin : undefined),
};
