import type { Arg, Invocation } from './command-fact.js';
import { awk, interpreter } from './interpreters.js';
import { SQL_CLIENTS } from './sql-clients.js';
import type { Carried, Carrier, CarrierReading } from './carried.js';
import { baseName } from './wrappers.js';
import { LAUNCHERS } from './launchers.js';
import { REMOTE_RUNNERS } from './remote-runners.js';
import { own } from '../own.js';

const SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh', 'fish', 'mksh', 'rbash']);
export const isShell = (tool: string): boolean => SHELLS.has(tool);

/** What an invocation runs beyond itself, as far as it tells. `unknown` names what it runs but does not tell. */
export const carriedBy = (invocation: Invocation): CarrierReading => {
  const tool = baseName(invocation.argv[0]?.text ?? '');
  if (isShell(tool)) return shell(tool, invocation);
  return (own(CARRIERS, tool) ?? nothing)(invocation);
};

const nothing: Carrier = () => ({ carried: [], unknown: [] });

const shell = (tool: string, { argv, stdin, pipedFrom }: Invocation): ReturnType<Carrier> => {
  const words = argv.slice(1);
  for (const [index, { text }] of words.entries()) {
    if (/^-[a-z]*c[a-z]*$/i.test(text) && !text.startsWith('--')) {
      const script = words[index + 1];
      if (!script) return { carried: [], unknown: [] };
      return {
        carried: [{ runs: 'script', script, by: `${tool} -c`, positional: words.slice(index + 3) }],
        unknown: workedOut(tool, script),
      };
    }
    if (/^--(version|help)$/.test(text)) return { carried: [], unknown: [] };
    if (text === '-n') return { carried: [], unknown: [] };
    if (text === '-s') break;
    if (text === '-o' || text === '--rcfile' || text === '--init-file') continue;
    if (!text.startsWith('-') && words[index - 1]?.text !== '-o') return scriptFile(tool, words, index, stdin);
  }
  if (stdin?.known) return { carried: [{ runs: 'script', script: stdin, by: tool }], unknown: workedOut(tool, stdin) };
  return { carried: [], unknown: stdin || pipedFrom.length > 0 ? [`${tool} runs what it reads`] : [`${tool} opens a shell`] };
};

/** What it would print can be read, but nobody who has nothing to hide writes a script so. */
const workedOut = (tool: string, { computed }: Arg): string[] =>
  computed ? [`${tool} runs a script that another command works out`] : [];

/** A script by its path: what a process substitution or standard input holds can be read, other files cannot. */
const scriptFile = (by: string, words: readonly Arg[], at: number, stdin: Arg | undefined): CarrierReading => {
  const file = words[at];
  const text = file?.holds ?? (/^\/dev\/(stdin|fd\/0)$/.test(file?.text ?? '') && stdin?.known ? stdin.text : undefined);
  return text === undefined
    ? { carried: [], unknown: [`${by} runs the file ${file?.text ?? ''}`] }
    : { carried: [{ runs: 'script', script: { text, known: true }, by, positional: words.slice(at + 1) }], unknown: [] };
};

/** Index of the first word that is neither an option nor the value of one. */
const firstOperand = (words: readonly Arg[], valued: readonly string[]): number => {
  for (let at = 0; at < words.length; at += 1) {
    const text = words[at]?.text ?? '';
    if (text === '--') return at + 1;
    if (!text.startsWith('-') || text === '-') return at;
    if (valued.includes(text)) at += 1;
  }
  return words.length;
};

const scriptOf = (words: readonly Arg[]): Arg => ({
  text: words.map(({ text }) => text).join(' '),
  known: words.every(({ known }) => known),
});

const ssh: Carrier = ({ argv, stdin, pipedFrom }) => {
  const words = argv.slice(1);
  const valued = [
    '-p',
    '-i',
    '-l',
    '-o',
    '-F',
    '-J',
    '-L',
    '-R',
    '-D',
    '-b',
    '-c',
    '-e',
    '-m',
    '-O',
    '-Q',
    '-S',
    '-w',
    '-W',
    '-B',
    '-E',
    '-I',
  ];
  const host = firstOperand(words, valued);
  const remote = words.slice(host + 1);
  const start = firstOperand(remote, valued);
  const local: Carried[] = words.flatMap(({ text, known }, index) => {
    const setting = words[index - 1]?.text === '-o' ? text : text.startsWith('-o') ? text.slice(2) : '';
    const [, command] = /^(?:ProxyCommand|LocalCommand|KnownHostsCommand)[= ](.*)$/is.exec(setting) ?? [];
    return command === undefined ? [] : [{ runs: 'script', script: { text: command, known }, by: 'ssh' }];
  });
  const unknown = words.some(({ text }) => text === '-F') ? ['ssh reads its settings from a file'] : [];
  const marks = pipedFrom.length > 0 && !stdin?.known ? ['sends-data'] : [];
  if (start < remote.length)
    return { carried: [...local, { runs: 'script', script: scriptOf(remote.slice(start)), by: 'ssh' }], unknown, marks };
  if (stdin?.known) return { carried: [...local, { runs: 'script', script: stdin, by: 'ssh' }], unknown };
  return { carried: local, unknown: [...unknown, 'ssh opens a remote shell'] };
};

const afterDashes = (words: readonly Arg[]): readonly Arg[] => {
  const dashes = words.findIndex(({ text }) => text === '--');
  return dashes < 0 ? [] : words.slice(dashes + 1);
};

const kubectl: Carrier = ({ argv, stdin }) => {
  const words = argv.slice(1);
  const at = words.findIndex(({ text }) => text === 'exec' || text === 'run' || text === 'debug');
  const verb = words[at]?.text;
  const before = words.slice(0, Math.max(at, 0));
  if (verb === undefined || before.some(({ text }, index) => !text.startsWith('-') && !before[index - 1]?.text.startsWith('-')))
    return nothing({ argv } as Invocation);
  let command = afterDashes(words.slice(at + 1));
  if (command.length === 0 && verb === 'exec') {
    // The old form without `--`: the words after the pod.
    const rest = words.slice(at + 1);
    const pod = firstOperand(rest, ['-n', '-c', '--namespace', '--container', '--context', '-f']);
    command = rest.slice(pod + 1);
  }
  if (command.length === 0) return { carried: [], unknown: [] };
  return { carried: [{ runs: 'words', argv: command, by: `kubectl ${verb}`, ...(stdin ? { stdin } : {}) }], unknown: [] };
};

const container: Carrier = ({ argv, stdin }) => {
  const words = argv.slice(1);
  const at = words.findIndex(({ text }) => text === 'exec' || text === 'run');
  if (at < 0 || at > 4) return { carried: [], unknown: [] };
  const rest = words.slice(at + 1);
  const valued = [
    '-e',
    '-u',
    '-w',
    '-v',
    '-p',
    '--env',
    '--user',
    '--workdir',
    '--name',
    '--network',
    '--volume',
    '--entrypoint',
    '--publish',
    '-l',
    '--env-file',
    '--mount',
  ];
  const name = firstOperand(rest, valued);
  const command = rest.slice(name + 1);
  return command.length === 0
    ? { carried: [], unknown: [] }
    : {
        carried: [
          {
            runs: 'words',
            argv: command,
            by: `${baseName(argv[0]?.text ?? '')} ${words[at]?.text}`,
            ...(stdin ? { stdin } : {}),
          },
        ],
        unknown: [],
      };
};

/** The text that xargs fills in, given by `-I R`, `-IR`, `-i`, `-iR`, `--replace` or `--replace=R`. */
const placeholderOf = (options: readonly Arg[]): string | undefined => {
  for (const [index, { text }] of options.entries()) {
    if (text.startsWith('-I')) return text.slice(2) || options[index + 1]?.text;
    const optional = /^(?:-i|--replace(?:=|$))(.*)$/s.exec(text);
    if (optional) return optional[1] || '{}';
  }
  return undefined;
};

const xargs: Carrier = ({ argv, stdin }) => {
  const words = argv.slice(1);
  const start = firstOperand(words, [
    '-I',
    '-n',
    '-P',
    '-L',
    '-d',
    '-a',
    '-s',
    '-E',
    '--max-args',
    '--max-procs',
    '--max-chars',
    '--delimiter',
    '--arg-file',
    '--process-slot-var',
  ]);
  const command = words.slice(start);
  if (command.length === 0) return { carried: [], unknown: [] };
  const given: Arg[] = stdin?.known
    ? stdin.text
        .split(/\s+/)
        .filter(Boolean)
        .map((text) => ({ text, known: true }))
    : [{ text: '$(xargs)', known: false }];
  const placeholder = placeholderOf(words.slice(0, start));
  if (placeholder === undefined) return { carried: [{ runs: 'words', argv: [...command, ...given], by: 'xargs' }], unknown: [] };
  const filled = command.map((word) => ({
    text: word.text.replaceAll(placeholder, given.map(({ text }) => text).join(' ')),
    known: word.known && (!word.text.includes(placeholder) || given.every(({ known }) => known)),
  }));
  return { carried: [{ runs: 'words', argv: filled, by: 'xargs' }], unknown: [] };
};

const find: Carrier = ({ argv }) => {
  const carried: Carried[] = [];
  argv.forEach(({ text }, index) => {
    if (!/^-(exec|execdir|ok|okdir)$/.test(text)) return;
    const rest = argv.slice(index + 1);
    const end = rest.findIndex((word) => word.text === ';' || word.text === '+');
    const command = rest.slice(0, end < 0 ? undefined : end);
    const start = argv[1];
    const found = start && !start.text.startsWith('-') ? `${start.text}/*` : './*';
    carried.push({
      runs: 'words',
      by: 'find',
      argv: command.map((word) => ({ text: word.text.replaceAll('{}', found), known: word.known })),
    });
  });
  return { carried, unknown: [] };
};

const evaluate: Carrier = ({ argv }) => ({
  carried: argv.length > 1 ? [{ runs: 'script', script: scriptOf(argv.slice(1)), by: 'eval' }] : [],
  unknown: [], // `eval "$(ssh-agent)"` is how it is meant to be used.
});

const trap: Carrier = ({ argv }) => ({
  carried: argv[1] && argv.length > 2 ? [{ runs: 'script', script: argv[1], by: 'trap' }] : [],
  unknown: [],
});

const su: Carrier = ({ argv, stdin }) => {
  const at = argv.findIndex(({ text }) => text === '-c' || text === '--command');
  const script = at < 0 ? stdin : argv[at + 1];
  return script
    ? { carried: [{ runs: 'script', script, by: 'su' }], unknown: [] }
    : { carried: [], unknown: ['su opens a shell'] };
};

const source: Carrier = ({ argv, stdin }) => scriptFile('source', argv, 1, stdin);

const parallel: Carrier = ({ argv, stdin }) => {
  const words = argv.slice(1);
  const end = words.findIndex(({ text }) => /^:::/.test(text));
  const command = words.slice(firstOperand(words, ['-j', '--jobs', '-n', '-a', '-I', '-N', '-S']), end < 0 ? undefined : end);
  const lines = stdin?.known ? stdin.text.split('\n').filter(Boolean) : undefined;
  const given =
    end < 0 ? lines?.map((text) => ({ text, known: true })) : words.slice(end + 1).filter(({ text }) => !/^:::/.test(text));
  const script = (filling: readonly Arg[]): Carried => {
    const text = scriptOf(command).text;
    const whole = text.includes('{}')
      ? text.replaceAll('{}', () => scriptOf(filling).text)
      : scriptOf([...command, ...filling]).text;
    return {
      runs: 'script',
      script: { text: whole, known: [...command, ...filling].every(({ known }) => known) },
      by: 'parallel',
    };
  };
  if (!given || (given.length === 0 && command.length === 0)) {
    const unknown = ['parallel runs what it reads'];
    return command.length > 0
      ? { carried: [script([{ text: '$(parallel)', known: false }])], unknown: [] }
      : { carried: [], unknown };
  }
  // Without a command of its own, what it is given are the commands.
  return command.length > 0
    ? { carried: [script(given)], unknown: [] }
    : { carried: given.slice(0, 20).map((one) => script([one])), unknown: [] };
};

const CARRIERS: Record<string, Carrier> = {
  ...LAUNCHERS,
  ...REMOTE_RUNNERS,
  ssh,
  kubectl,
  oc: kubectl,
  k: kubectl,
  docker: container,
  podman: container,
  nerdctl: container,
  crictl: container,
  xargs,
  find,
  parallel,
  eval: evaluate,
  trap,
  su,
  runuser: su,
  source,
  '.': source,
  awk,
  gawk: awk,
  mawk: awk,
  ...SQL_CLIENTS,
  ...Object.fromEntries(
    [
      'python',
      'python2',
      'python3',
      'perl',
      'ruby',
      'node',
      'nodejs',
      'php',
      'lua',
      'deno',
      'bun',
      'tclsh',
      'osascript',
      'pwsh',
      'powershell',
    ].map((name) => [name, interpreter]),
  ),
};
