import type { CommandFact, Invocation } from './command-fact.js';
import { isShell } from './carriers.js';
import { FILE_TOOLS, writing } from './tools/files.js';
import { HARMLESS } from './tools/harmless.js';
import { kubectl } from './tools/kubectl.js';
import { PLATFORM_TOOLS } from './tools/platforms.js';
import { SYSTEM_TOOLS } from './tools/systems.js';
import type { Description, ToolReader } from './tools/tool.js';
import { effectOfVerb } from './tools/verbs.js';
import { baseName } from './wrappers.js';

const READERS: Record<string, ToolReader> = {
  ...FILE_TOOLS,
  ...SYSTEM_TOOLS,
  ...PLATFORM_TOOLS,
  kubectl,
  oc: kubectl,
  k: kubectl,
};

const TEXT_MAX = 300;

/** The fact of one invocation. `unknown` is what it would run without telling; `carries` is true when what it runs was followed. */
export const describe = (invocation: Invocation, unknown: readonly string[], carries: boolean): CommandFact => {
  const [head, ...words] = invocation.argv;
  const tool = baseName(head?.text ?? '').replace(/\.exe$/, '');
  const own = head === undefined ? assignment(invocation) : describeTool(tool, invocation, carries);
  const written = redirected(invocation);
  const unresolved = [
    ...unknown,
    ...(own.unresolved ?? []),
    ...headProblems(invocation, tool, own),
    ...(written?.unresolved ?? []),
  ];
  return {
    tool,
    verb: own.verb ?? tool,
    effect: strictest(own.effect, written?.effect),
    kinds: [...(own.kinds ?? []), ...(written?.kinds ?? [])],
    targets: [...(own.targets ?? []), ...(written?.targets ?? [])],
    ...(own.namespace === undefined ? {} : { namespace: own.namespace }),
    flags: own.flags ?? new Map(),
    recursive: own.recursive ?? false,
    force: own.force ?? false,
    scopeAll: own.scopeAll ?? false,
    dryRun: own.dryRun ?? false,
    marks: [...(own.marks ?? []), ...(written?.marks ?? []), ...flowMarks(invocation, tool)],
    via: invocation.via,
    unresolved,
    text: [head?.text ?? '', ...words.map(({ text }) => text)].join(' ').slice(0, TEXT_MAX),
  };
};

const ORDER: readonly CommandFact['effect'][] = ['read', 'remedy', 'change', 'unknown', 'destroy'];
const strictest = (a: CommandFact['effect'], b: CommandFact['effect'] = 'read'): CommandFact['effect'] =>
  ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;

const DANGEROUS_VARIABLES =
  /^(LD_PRELOAD|LD_LIBRARY_PATH|PATH|BASH_ENV|ENV|PROMPT_COMMAND|PYTHONPATH|NODE_OPTIONS|GIT_SSH_COMMAND|PAGER|EDITOR)$/;

const assignment = ({ environment }: Invocation): Description => ({
  verb: 'assign',
  effect: [...environment.keys()].some((name) => DANGEROUS_VARIABLES.test(name)) ? 'change' : 'read',
});

const describeTool = (tool: string, invocation: Invocation, carries: boolean): Description => {
  const words = invocation.argv.slice(1);
  if (/^mkfs(\.|$)/.test(tool)) return READERS['mkfs']?.(words, invocation, tool) ?? { effect: 'destroy' };
  const reader = Object.hasOwn(READERS, tool) ? READERS[tool] : undefined;
  if (reader) {
    const described = reader(words, invocation, tool);
    // What it carries was read on its own, so the carrier itself adds only that it goes there.
    return carries && /^(exec|run)$/.test(described.verb?.split(' ').at(-1) ?? '')
      ? { ...described, effect: 'change' }
      : described;
  }
  if (carries || isShell(tool)) return { effect: 'read' };
  if (HARMLESS.has(tool))
    return {
      effect: 'read',
      marks: exportMarks(
        tool,
        words.map(({ text }) => text),
      ),
    };
  return unknownTool(words.map(({ text }) => text));
};

const exportMarks = (tool: string, words: readonly string[]): string[] =>
  /^(export|declare|typeset)$/.test(tool) &&
  words.some((word) => DANGEROUS_VARIABLES.test(word.split('=')[0] ?? '') && word.includes('='))
    ? ['sets-loader-variable']
    : [];

/** A program nobody described: its words still tell when it means to destroy. */
const unknownTool = (words: readonly string[]): Description => {
  if (words.length > 0 && words.every((word) => /^(--?version|--?help|-V|-h|version|help)$/.test(word)))
    return { effect: 'read' };
  const verbs = words.filter((word) => /^[a-z][a-z_-]{1,40}$/i.test(word)).slice(0, 4);
  const destructive = verbs.find((word) => effectOfVerb(word) === 'destroy');
  const options = words.some((word) => /^--(delete|destroy|purge|force-delete|drop)/.test(word));
  if (destructive !== undefined || options)
    return { verb: destructive ?? 'delete', effect: 'destroy', marks: ['unknown-destructive'] };
  return { verb: verbs[0] ?? '', effect: 'unknown' };
};

const headProblems = ({ argv }: Invocation, tool: string, own: Description): string[] => {
  const [head] = argv;
  if (!head) return [];
  if (!head.known) return [`which program ${head.text.slice(0, 60)} names is only known to the shell`];
  if (/[^\x20-\x7e]/.test(argv.map(({ text }) => text).join('')) && own.effect !== 'read')
    return ['holds characters outside ASCII in a command that changes something'];
  // A glob in the place of the program could be any program.
  if (/[*?[]/.test(tool) && tool !== '[' && tool !== '[[') return ['the program is given as a pattern'];
  const dynamic = argv.slice(1).filter(({ known }) => !known);
  if (dynamic.length > 0 && own.effect !== 'read') return [`only the shell knows ${dynamic[0]?.text.slice(0, 60)}`];
  return [];
};

const redirected = ({ redirections }: Invocation): Description | undefined => {
  const outputs = redirections.filter(({ operator }) => operator.includes('>') && operator !== '<>');
  const paths = outputs.map(({ target }) => target.text).filter((path) => !/^(\d+|-|&\d+)$/.test(path));
  if (paths.length === 0) return undefined;
  const description = writing(paths);
  const unknown = outputs.some(({ target }) => !target.known);
  return { ...description, unresolved: unknown ? ['only the shell knows which file is written'] : [] };
};

const DOWNLOADERS = new Set(['curl', 'wget', 'fetch', 'aria2c', 'http', 'lwp-download', 'nc', 'ncat', 'ftp']);
const RUNNERS = /^(sh|bash|zsh|dash|ash|ksh|fish|python\d?(\.\d+)?|perl|ruby|node|php|source|\.|eval)$/;

const flowMarks = ({ argv, pipedFrom, via }: Invocation, tool: string): string[] => {
  const marks: string[] = [];
  const substituted = argv.some(
    ({ text, known }) => !known && /\$\(\s*(curl|wget)\b|`\s*(curl|wget)\b|<\(\s*(curl|wget)\b/.test(text),
  );
  if (RUNNERS.test(tool) && (pipedFrom.some((program) => DOWNLOADERS.has(program)) || substituted))
    marks.push('download-to-shell');
  else if (
    RUNNERS.test(tool) &&
    pipedFrom.length > 0 &&
    pipedFrom.some((program) => /^(base64|xxd|openssl|rev|tr|gunzip|zcat|base32|uudecode|bzip2)$/.test(program))
  )
    marks.push('decoded-to-shell');
  if (
    /^(nc|ncat|netcat|socat)$/.test(tool) &&
    argv.some(({ text }) => /^(-e|-c|--exec|--sh-exec|-[a-z]*e)$/.test(text) || /^(exec|system):/i.test(text))
  )
    marks.push('reverse-shell');
  if (argv.some(({ text }) => /\/dev\/(tcp|udp)\//.test(text))) marks.push('reverse-shell');
  if (via.some((step) => step === 'nsenter' || step === 'chroot')) marks.push('node-shell');
  return marks;
};
