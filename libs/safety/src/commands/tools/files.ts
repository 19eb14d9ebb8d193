import type { Arg } from '../command-fact.js';
import { has, readOptions } from '../options.js';
import type { Description, ToolReader } from './tool.js';

const DEVICE = /^\/dev\/(?!null$|zero$|stdout$|stderr$|stdin$|tty|fd\/|shm\/|random$|urandom$|full$|tcp\/|udp\/)/;
const SYSTEM = /^(?:\/(?:etc|usr|bin|sbin|lib|lib64|boot|var|sys|proc|root|opt)(?:\/|$)|\/$|\/\*|\$HOME\/?$|\/home\/?$|~)/;
const CREDENTIALS =
  /^(?:\/usr\/local)?\/etc\/(passwd|shadow|sudoers|gshadow|group|crontab|ssh\/|pam\.d|ld\.so\.preload)|\/\.ssh\/|authorized_keys|\.(bashrc|profile|bash_profile|bash_login|bash_aliases|zshrc|zshenv|zprofile|kshrc|cshrc|vimrc|gitconfig|netrc|pgpass)$|\.bash_history|\/etc\/cron|\/etc\/profile|\/etc\/rc\.local|\/var\/spool\/cron|(^|\/)\.git\/(hooks\/|config$)|\/systemd\/(system|user)\/|\/\.config\/autostart\//;

const SECRETS =
  /^\/etc\/(g?shadow|passwd|master\.passwd|sudoers|krb5\.keytab)|\/\.ssh\/|id_(rsa|ecdsa|ed25519)$|\/\.aws\/|\/\.azure\/|\/\.kube\/|\/\.gnupg\/|\.netrc$|\.pgpass$|serviceaccount\/token|\/etc\/kubernetes\/.*\.(conf|key)$/;

/** An absolute path without the detours of `//`, `/./` and `/../`. */
export const withoutDetours = (path: string): string => {
  if (!path.startsWith('/')) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}${parts.length > 0 && path.endsWith('/') ? '/' : ''}`;
};

/** A file that holds credentials or the names of all accounts: copying it away is a leak. */
export const isSecretPath = (path: string): boolean => SECRETS.test(withoutDetours(path));
/** Below a directory where everybody can write: who put it there is not known. */
export const isWorldWritable = (path: string): boolean => /^\/(tmp|var\/tmp|dev\/shm)\//.test(withoutDetours(path));
export const isDevice = (path: string): boolean => DEVICE.test(withoutDetours(path));
export const isSystemPath = (path: string): boolean => SYSTEM.test(withoutDetours(path));
export const isCredentialPath = (path: string): boolean => CREDENTIALS.test(withoutDetours(path));

const describeFiles = (words: readonly Arg[], valued: string[] = []): { flags: Map<string, string>; operands: string[] } => {
  const { flags, operands } = readOptions(words, new Set(valued));
  return { flags, operands: operands.map(withoutDetours) };
};

/** Files that hold what cannot be made again; written over, it is gone. */
const HOLDS_DATA = /\.(db|sqlite3?|sql|dump|bak|backup|rdb|aof|wal|mdf|ldf|ibd|frm|tfstate|pem|key|p12|jks)(\.\d+)?$/i;
const isData = (path: string): boolean => HOLDS_DATA.test(path) && !isWorldWritable(path);

const fileKinds = (paths: readonly string[]): string[] => [
  ...new Set(paths.map((path) => (isDevice(path) ? 'device' : isSystemPath(path) ? 'system-file' : 'file'))),
];

const FILES_MAX = 3;
const PASSING_NAME = /\.(txt|tmp|temp|out|swp|part|orig|rej)$/i;

/**
 * A file that an operator clears away without asking, named in full: below a directory for temporary files, or in whatever the
 * working directory is and by its name nothing that a host or a program depends on.
 */
const isPassingFile = (path: string): boolean => {
  if (/[*?[\]{}]|(^|\/)\./.test(path) || isCredentialPath(path) || isSecretPath(path)) return false;
  if (/^\/(var\/)?tmp\//.test(path)) return !/\/$|\.(sock|socket|lock|pid)$/i.test(path);
  return /^[\w -]+(\.[\w-]+)+$/.test(path) && PASSING_NAME.test(path);
};

const removes: ToolReader = (words, _invocation, tool) => {
  const { flags, operands } = readOptions(words); // As written: a link on the way makes a detour lead elsewhere.
  if (has(flags, 'help', 'version') || words.length === 0) return { effect: 'read' };
  const recursive = has(flags, 'r', 'R', 'recursive');
  const everything =
    operands.some((path) => /^(\/|\/\*|\.|\.\.|\.\/?|\*|\/\.\*|~\/?|\$HOME\/?\*?|\.\/\*)$/.test(withoutDetours(path))) ||
    has(flags, 'no-preserve-root');
  const unknown = words.some(({ known }) => !known);
  const ordinary = !recursive && !everything && !unknown && operands.length <= FILES_MAX && operands.every(isPassingFile);
  return {
    verb: tool,
    effect: ordinary && operands.length > 0 ? 'remedy' : 'destroy',
    kinds: fileKinds(operands),
    targets: operands,
    marks: ordinary ? ['removes-file'] : [],
    flags,
    recursive,
    force: has(flags, 'f', 'force'),
    scopeAll: everything || unknown,
  };
};

const overwrites =
  (mark: string): ToolReader =>
  (words) => {
    const { flags, operands } = describeFiles(words, ['s', 'size', 'n', 'iterations', 'L', 't', 'l', 'label']);
    // `mkfs -V` alone tells its version; before a device it only tells more.
    if (words.length === 1 && has(flags, 'help', 'version', 'V')) return { effect: 'read' };
    return { effect: 'destroy', kinds: fileKinds(operands), targets: operands, flags, marks: [mark], scopeAll: true };
  };

const dd: ToolReader = (words) => {
  const target = words.find(({ text }) => text.startsWith('of='))?.text.slice(3);
  const source = words.find(({ text }) => text.startsWith('if='))?.text.slice(3) ?? '';
  if (target === undefined)
    return { effect: isDevice(source) ? 'change' : 'read', marks: isDevice(source) ? ['copies-device'] : [] };
  const unknown = words.some(({ known }) => !known);
  return {
    effect: isDevice(target) || unknown ? 'destroy' : 'change',
    kinds: fileKinds([target]),
    targets: [target],
    marks: isDevice(target) ? ['writes-device'] : [],
  };
};

const permissions: ToolReader = (words, _invocation, tool) => {
  const { flags, operands } = describeFiles(words);
  if (has(flags, 'help', 'version')) return { effect: 'read' };
  const referenced = flags.has('reference');
  const [mode = '', ...paths] = referenced ? ['', ...operands] : operands;
  const recursive = has(flags, 'R', 'recursive');
  const open =
    tool === 'chmod' &&
    /^(0?[0-7]?[0-7][0-7][2367]|[ugoa]*o?[+=][rxst]*w[rwxst]*|a\+w.*|o\+w.*|ugo\+w.*|.*a=rwx.*)$/.test(mode) &&
    !/^(u|g|ug)?[+=]/.test(mode.replace(/^\+/, 'a+'));
  const setuid = tool === 'chmod' && (/^0?[2467][0-7]{3}$/.test(mode) || /[+=][rwx]*s/.test(mode));
  const wide = paths.some((path) => isSystemPath(path) || path === '.' || path.startsWith('..'));
  const ordinary = tool === 'chmod' && !open && !setuid && !recursive && /^(0?[4-7][0-7]{2})$/.test(mode);
  return {
    verb: tool,
    effect: ordinary ? 'remedy' : 'change',
    kinds: fileKinds(paths),
    targets: paths,
    flags,
    recursive,
    marks: [
      ...(open ? ['opens-permissions'] : []),
      ...(setuid ? ['sets-setuid'] : []),
      ...(recursive && wide ? ['recursive-on-system'] : []),
    ],
  };
};

const moves: ToolReader = (words, _invocation, tool) => {
  const { flags, operands } = describeFiles(words, ['t', 'target-directory', 'S']);
  if (has(flags, 'help', 'version')) return { effect: 'read' };
  const target = flags.get('t') ?? flags.get('target-directory') ?? operands.at(-1) ?? '';
  const sources = operands.slice(0, -1);
  const marks = [
    ...(tool !== 'ln' && sources.some((path) => isSecretPath(path) && path !== '/etc/passwd') ? ['copies-secret'] : []),
    ...(isDevice(target) ? ['writes-device'] : []),
    ...(target === '/dev/null' && tool === 'mv' ? ['moves-to-null'] : []),
    ...(sources.includes('/dev/null') && tool !== 'mv' ? ['truncates'] : []),
    ...(isCredentialPath(target) ? ['writes-credentials'] : []),
  ];
  const risky =
    isSystemPath(target) ||
    isData(target) ||
    (/^(mv|ln)$/.test(tool) && sources.some(isSystemPath)) ||
    marks.length > 0 ||
    words.some(({ known }) => !known);
  return {
    verb: tool,
    effect:
      marks.length > 0 ? 'destroy' : risky || tool === 'mv' || (tool === 'ln' && has(flags, 'f', 'force')) ? 'change' : 'remedy',
    kinds: fileKinds([target, ...sources]),
    targets: operands,
    flags,
    marks,
  };
};

const creates: ToolReader = (words, _invocation, tool) => {
  const { flags, operands } = describeFiles(words, tool === 'touch' ? ['t', 'd', 'r', 'date', 'reference'] : ['m', 'mode']);
  // A time that is not now hides when a file was written.
  if (tool === 'touch' && has(flags, 't', 'd', 'r', 'date', 'reference'))
    return { effect: 'change', kinds: ['file'], targets: operands };
  const risky = operands.some((path) => isSystemPath(path) && !path.startsWith('/var/log') && !path.startsWith('/opt/'));
  return { effect: risky ? 'change' : 'remedy', kinds: ['file'], targets: operands };
};

const truncates: ToolReader = (words) => {
  const { flags, operands } = describeFiles(words, ['s', 'size', 'r', 'o']);
  return { effect: 'destroy', kinds: fileKinds(operands), targets: operands, flags, marks: ['truncates'] };
};

const tee: ToolReader = (words) => {
  const { operands } = describeFiles(words);
  return writing(operands);
};

/** What writing to these paths means, whether by `tee`, by `>` or by another tool. */
export const writing = (given: readonly string[]): Description => {
  const paths = given.map(withoutDetours);
  const marks = [
    ...(paths.some(isDevice) ? ['writes-device'] : []),
    ...(paths.some(isCredentialPath) ? ['writes-credentials'] : []),
    ...(paths.some((path) => /^\/proc\/sys|^\/sys\/|^\/proc\/sysrq/.test(path)) ? ['writes-kernel'] : []),
  ];
  const plain = paths.every(
    (path) => /^(\/dev\/(null|stdout|stderr|tty|fd\/\d+)|\/tmp\/|&?\d$|-$)/.test(path) || !isSystemPath(path),
  );
  return { effect: marks.length > 0 ? 'destroy' : plain ? 'remedy' : 'change', kinds: fileKinds(paths), targets: paths, marks };
};

/** The words of `find` that are its own, not those of a command that it runs. */
const withoutExec = (texts: readonly string[]): string[] => {
  const own: string[] = [];
  for (let at = 0; at < texts.length; at += 1) {
    const text = texts[at] ?? '';
    own.push(text);
    if (/^-(exec|execdir|ok|okdir)$/.test(text)) while (at + 1 < texts.length && !/^[;+]$/.test(texts[at] ?? '')) at += 1;
  }
  return own;
};

const SECRET_NAMES =
  /id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.pem$|\.p12$|\.pfx$|credentials|access_?tokens?|token_cache|\.kdbx|\.htpasswd|shadow|\.pgpass|kubeconfig/i;

const find: ToolReader = (words) => {
  const texts = withoutExec(words.map(({ text }) => text));
  const roots = texts.slice(
    0,
    Math.max(
      texts.findIndex((text) => text.startsWith('-')),
      0,
    ),
  );
  if (texts.includes('-delete'))
    return {
      verb: 'find -delete',
      effect: 'destroy',
      kinds: fileKinds(roots),
      targets: roots,
      recursive: true,
      force: true,
      marks: ['find-delete'],
      scopeAll: roots.some(isSystemPath),
    };
  if (texts.some((text) => /^-(fprint|fls|fprintf|fprint0)/.test(text))) return { effect: 'change' };
  const named = texts.filter((_text, index) => /^-(i?name|i?path|i?wholename|i?regex)$/.test(texts[index - 1] ?? ''));
  return { effect: named.some((text) => SECRET_NAMES.test(text)) ? 'change' : 'read', marks: [] };
};

/** True when a script of sed may use `e` or `w`: what is left when replacements, addresses and texts are taken out holds one. */
const runsOrWrites = (script: string): boolean => {
  const flagged: string[] = [];
  const rest = script
    .slice(0, 4_000)
    .replace(
      /(?<![a-zA-Z])[sy]([^\s\w\\])(?:\\[\s\S]|(?!\1)[\s\S])*\1(?:\\[\s\S]|(?!\1)[\s\S])*\1([a-zA-Z0-9]*)/g,
      (_all, _by, flags: string) => (flagged.push(flags), ''),
    )
    .replace(/\/(?:\\[\s\S]|[^\\/])*\//g, '')
    .replace(/[aic]\\?\s[^\n]*/g, '')
    .replace(/[btT:]\s*\w+/g, '');
  return flagged.some((flags) => /[ew]/.test(flags)) || /[eEwW]/.test(rest);
};

const sed: ToolReader = (words) => {
  const { flags, operands } = describeFiles(words, ['e', 'f', 'expression', 'file']);
  const inPlace = has(flags, 'i', 'in-place') || [...flags.keys()].some((name) => /^i./.test(name));
  const scripts = words.some(({ text }) => /^(-e|--expression)/.test(text))
    ? words.filter(({ text }, index) => /^(-e|--expression)$/.test(words[index - 1]?.text ?? '') || /^--expression=/.test(text))
    : words.filter(({ text }) => text === operands[0]).slice(0, 1);
  if (has(flags, 'f', 'file')) return { effect: 'unknown', unresolved: ['sed runs a script from a file'] };
  if (scripts.some(({ text }) => runsOrWrites(text)))
    return { effect: 'unknown', unresolved: ['sed runs a command or writes a file'] };
  return inPlace
    ? {
        effect: 'change',
        kinds: fileKinds(operands.slice(1)),
        targets: operands.slice(1),
        marks: operands.some(isCredentialPath) ? ['writes-credentials'] : [],
      }
    : { effect: 'read' };
};

const reads: ToolReader = (words) => ({
  effect: words.some(({ text }) =>
    /^\/etc\/(shadow|gshadow|sudoers)|\/\.ssh\/id_|serviceaccount\/token|\.aws\/credentials|\/\.kube\/config$|\/etc\/master\.passwd/.test(
      withoutDetours(text),
    ),
  )
    ? 'change'
    : 'read',
  marks: words.some(({ text }) => /^\/etc\/g?shadow|\/\.ssh\/id_|serviceaccount\/token/.test(withoutDetours(text)))
    ? ['reads-secret']
    : [],
});

const wipe = overwrites('wipes');
const format = overwrites('formats');

export const FILE_TOOLS: Record<string, ToolReader> = {
  rm: removes,
  rmdir: (words) => ({ effect: 'change', kinds: ['file'], targets: words.map(({ text }) => text) }),
  unlink: removes,
  shred: wipe,
  srm: wipe,
  wipe,
  wipefs: (words, invocation, tool) =>
    words.some(({ text }) => /^-(a|-all|o|f|-force|-offset)/.test(text) || /^-[a-z]*[af]/.test(text))
      ? wipe(words, invocation, tool)
      : { effect: words.some(({ text }) => text === '-n' || text === '--no-act') ? 'read' : 'change' },
  blkdiscard: wipe,
  mkswap: format,
  dd,
  truncate: truncates,
  chmod: permissions,
  chown: permissions,
  chgrp: permissions,
  mv: moves,
  cp: moves,
  install: moves,
  ln: moves,
  rsync: (words, invocation, tool) => {
    const { flags } = readOptions(words);
    if (has(flags, 'n', 'dry-run')) return { effect: 'read' };
    const deleting = [...flags.keys()].some((name) => name.startsWith('del') || name === 'remove-source-files');
    return deleting
      ? { effect: 'destroy', marks: ['mirror-delete'], kinds: ['file'], targets: readOptions(words).operands }
      : { ...moves(words, invocation, tool), effect: 'change' };
  },
  touch: creates,
  mkdir: creates,
  tee,
  find,
  sed,
  ...Object.fromEntries(
    [
      'cat',
      'less',
      'more',
      'head',
      'tail',
      'grep',
      'egrep',
      'fgrep',
      'zgrep',
      'zcat',
      'strings',
      'od',
      'hexdump',
      'nl',
      'tac',
    ].map((name) => [name, reads]),
  ),
  ...Object.fromEntries(['mkfs', 'newfs', 'mke2fs'].map((name) => [name, format])),
};
