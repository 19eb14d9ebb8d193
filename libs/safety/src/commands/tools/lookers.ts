import { completed } from '../abbreviations.js';
import { isSecretPath, isSystemPath } from './files.js';
import type { ToolReader } from './tool.js';

/** A program that looks, but for the words named here. */
interface Looker {
  /** Options and words with which it writes a file or a setting. */
  readonly writes?: RegExp;
  /** The same, for what is lost by it or hands control over. */
  readonly destroys?: RegExp;
  /** Long options among them that may be shortened. */
  readonly long?: readonly string[];
  /** True when any operand sets something: `hostname other`. */
  readonly operandWrites?: boolean;
}

const LOOKERS: Record<string, Looker> = {
  date: { writes: /^(-[uR]*s|--set(=.*)?|-s.+)$/, long: ['set'] },
  hostname: { writes: /^(-F|--file(=.*)?|-b)$/, long: ['file'], operandWrites: true },
  dmesg: {
    writes: /^(-[a-zA-Z]*[CcDEn][a-zA-Z]*|--clear|--read-clear|--console-(off|on|level.*))$/,
    long: ['clear', 'read-clear', 'console-off', 'console-on', 'console-level'],
  },
  sort: { writes: /^(-[a-zA-Z]*o.*|--output(=.*)?|--compress-program(=.*)?)$/, long: ['output', 'compress-program'] },
  yq: { writes: /^(-[a-zA-Z]*i[a-zA-Z]*|--in-?place|w|write|d|delete|-s|--split-exp.*)$/ },
  openssl: {
    writes:
      /^(-(?:sess_out|keylogfile|msgfile|writerand|provider\S*|rand)|-out|-keyout|s_server|enc|genrsa|genpkey|req|ca|pkcs12|-engine)$/,
  },
  tcpdump: { writes: /^(-[a-zA-Z]*w.*|-z.*|-G.*|--postrotate.*)$/, long: ['postrotate-command'] },
  route: { writes: /^(add|del|delete|flush)$/ },
  arp: { writes: /^(-d|-s|--delete|--set)$/, long: ['delete', 'set'] },
  ulimit: {},
  history: { writes: /^-[a-z]*[cdwar]/ },
  unset: { writes: /^(HISTFILE|HISTSIZE|HISTFILESIZE|PROMPT_COMMAND)$/ },
  nc: { writes: /^-[a-zA-Z]*[lec]/ },
  ncat: { writes: /^(-[a-zA-Z]*[lec]|--(listen|exec|sh-exec))/ },
  telnet: { operandWrites: true },
  ping: { writes: /^-[a-zA-Z]*f$/ },
  'nvidia-smi': { writes: /^(-r|--gpu-reset|-pm|-pl|-c|-mig|-lgc|-ac|-e)/ },
  perf: { writes: /^(record|script|trace|stat|bench|sched|kvm|lock|mem|c2c)$/ },
  numactl: { operandWrites: true },
  arch: { operandWrites: true },
  shuf: { writes: /^(-[a-zA-Z]*o|--output)/, long: ['output'] },
  tree: { writes: /^(-[a-zA-Z]*o|--output)/ },
  sar: { writes: /^-[a-zA-Z]*o/ },
  rg: { writes: /^--(pre|hostname-bin)(=|$)/ },
  ag: { writes: /^--pager/ },
  ack: { writes: /^--pager/ },
  enable: { writes: /^-[a-zA-Z]*[fn]/ },
  hash: { writes: /^-[a-zA-Z]*p/ },
  strace: { writes: /^(-o|--output)/, long: ['output'] },
  ss: { destroys: /^(-[a-zA-Z]*K[a-zA-Z]*|--kill)$/, long: ['kill'] },
  conntrack: { destroys: /^(-[DF]|--delete|--flush)/, long: ['delete', 'flush'] },
  lsof: {},
  ifconfig: { writes: /^(up|add|del|mtu|netmask|hw|broadcast|-?arp|-?promisc|inet6?|[\d.:/]+)$/, destroys: /^down$/ },
  fuser: { destroys: /^(-[a-zA-Z]*k[a-zA-Z]*|--kill)$/, writes: /^-[A-Z]{3,}$/ },
  set: {},
  gpg: { writes: /./ },
};

/** Nothing, or a word that a server answers with its state and does nothing about. */
const ASKS_STATE = /^\s*(Q|QUIT|ruok|srvr|stat|mntr|cons|stats( \w+)?|version|PING|INFO)?\s*$/;

const reader =
  ({ writes, destroys, operandWrites, long = [] }: Looker): ToolReader =>
  (words, { stdin, pipedFrom }, tool) => {
    const texts = words.map(({ text }) => completed(text, long));
    if (destroys && texts.some((text) => destroys.test(text))) return { effect: 'destroy', targets: texts };
    const operands = texts.filter((text) => !text.startsWith('-') && !text.startsWith('+'));
    const connects = /^(nc|ncat|telnet)$/.test(tool) || (tool === 'openssl' && texts[0] === 's_client');
    const asks = stdin?.known === true && ASKS_STATE.test(stdin.text);
    const sends = connects && (stdin !== undefined || pipedFrom.length > 0) && !asks;
    const writing = (writes && texts.some((text) => writes.test(text))) || (operandWrites && operands.length > 0);
    return { effect: writing || sends ? 'change' : 'read', marks: sends ? ['sends-data'] : [] };
  };

/** With a second operand they write to it. */
const intoSecond: ToolReader = (words) => {
  const operands = words.map(({ text }) => text).filter((text) => !/^-./.test(text));
  const [, target] = operands;
  return target === undefined ? { effect: 'read' } : { effect: 'change', kinds: ['file'], targets: [target] };
};

const TAR_LONG = [
  'to-command',
  'checkpoint-action',
  'use-compress-program',
  'rsh-command',
  'info-script',
  'new-volume-script',
  'remove-files',
];

const tar: ToolReader = (words) => {
  const [mode = '', ...rest] = words.map(({ text }) => completed(text, TAR_LONG));
  const texts = [mode, ...rest];
  if (
    texts.some((text) =>
      /^(--to-command|--checkpoint-action|--use-compress-program|-I|--rsh-command|-F|--info-script|--new-volume-script)/.test(
        text,
      ),
    )
  )
    return { effect: 'unknown', unresolved: ['tar runs a program'] };
  const letters = texts.filter((text, index) => index === 0 || /^-[a-zA-Z]+$/.test(text)).join('');
  if (/^--?(help|version)/.test(mode)) return { effect: 'read' };
  if (texts.includes('--remove-files')) return { effect: 'destroy', kinds: ['file'], marks: ['removes-sources'] };
  if (letters.includes('t') && !/[cxru]/.test(letters.replace(/^-*/, ''))) return { effect: 'read' };
  if (/[cru]/.test(letters) && rest.some((text) => isSecretPath(text) && text !== '/etc/passwd'))
    return { effect: 'change', kinds: ['file'], targets: rest.filter((text) => !text.startsWith('-')), marks: ['copies-secret'] };
  const archive = rest.find((text) => !text.startsWith('-')) ?? '';
  if ((letters.includes('c') || texts.includes('--create')) && !isSystemPath(archive))
    return { effect: 'remedy', kinds: ['file'], targets: [archive] };
  return { effect: 'change', kinds: ['file'], targets: rest.filter((text) => !text.startsWith('-')) };
};

/** Copies between hosts: towards here is a change, towards there also hands data over. */
const remoteCopy: ToolReader = (words) => {
  const operands = words.map(({ text }) => text).filter((text) => !text.startsWith('-'));
  const target = operands.at(-1) ?? '';
  const [, path = ''] = /^(?:[\w.-]+@)?[\w.-]+:(.*)$/.exec(target) ?? [];
  const overwrites = isSystemPath(path) || isSystemPath(target);
  return {
    effect: overwrites ? 'destroy' : 'change',
    kinds: ['file'],
    targets: operands,
    marks: overwrites ? ['writes-system-file'] : [],
  };
};

/** `alias ls='rm -rf'` gives a common program another meaning. */
const alias: ToolReader = (words) => {
  const redefines = words.some(({ text }) =>
    /^(ls|cd|cat|grep|ps|sudo|ssh|kubectl|git|docker|cp|mv|vi|vim|less|df|top|kill|find)=/.test(text),
  );
  return { effect: redefines ? 'change' : 'read' };
};

export const LOOKING_TOOLS: Record<string, ToolReader> = {
  ...Object.fromEntries(Object.entries(LOOKERS).map(([name, looker]) => [name, reader(looker)])),
  uniq: intoSecond,
  xxd: (words, invocation, tool) =>
    words.some(({ text }) => isSecretPath(text))
      ? { effect: 'change' }
      : intoSecond(
          words.filter((_word, at) => !/^-[cglos]$/.test(words[at - 1]?.text ?? '')),
          invocation,
          tool,
        ),
  tar,
  bsdtar: tar,
  scp: remoteCopy,
  sftp: () => ({ effect: 'change', kinds: ['file'] }),
  alias,
  'ssh-agent': (words) => ({ effect: words.every(({ text }) => /^-[scak]$/.test(text)) ? 'read' : 'change' }),
};
