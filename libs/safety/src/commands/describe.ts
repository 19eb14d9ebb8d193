import type { CommandFact, Invocation } from './command-fact.js';
import { isShell } from './carriers.js';
import type { CarrierReading } from './carried.js';
import { FILE_TOOLS, isSecretPath, isWorldWritable, withoutDetours, writing } from './tools/files.js';
import { CATALOGUE } from './tools/catalogue.js';
import { HARMLESS } from './tools/harmless.js';
import { kubectl } from './tools/kubectl.js';
import { LOOKING_TOOLS } from './tools/lookers.js';
import { PLATFORM_TOOLS } from './tools/platforms.js';
import { SYSTEM_TOOLS } from './tools/systems.js';
import { onlyProbes } from './tools/probes.js';
import type { Description, ToolReader } from './tools/tool.js';
import { effectOfVerb } from './tools/verbs.js';
import { baseName } from './wrappers.js';

const READERS: Record<string, ToolReader> = {
  ...CATALOGUE,
  ...LOOKING_TOOLS,
  ...FILE_TOOLS,
  ...SYSTEM_TOOLS,
  ...PLATFORM_TOOLS,
  kubectl,
  oc: kubectl,
  k: kubectl,
};

const TEXT_MAX = 300;

/** The fact of one invocation, given what it carries. */
export const describe = (invocation: Invocation, { carried, unknown, marks = [], inert }: CarrierReading): CommandFact => {
  const [head, ...words] = invocation.argv;
  const tool = nameOf(head?.text ?? '');
  const own = head === undefined ? assignment(invocation) : describeTool(tool, invocation, carried.length > 0 || inert === true);
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
    effect: strictest(marks.includes('code-deletes') ? 'destroy' : own.effect, written?.effect),
    kinds: [...(own.kinds ?? []), ...(written?.kinds ?? [])],
    args: words.filter(({ known }) => known).map(({ text }) => text),
    targets: [...(own.targets ?? []), ...(written?.targets ?? [])],
    ...(own.namespace === undefined ? {} : { namespace: own.namespace }),
    flags: own.flags ?? new Map(),
    recursive: own.recursive ?? false,
    force: own.force ?? false,
    scopeAll: own.scopeAll ?? false,
    dryRun: own.dryRun ?? false,
    marks: [...(own.marks ?? []), ...(written?.marks ?? []), ...marks, ...flowMarks(invocation, tool)],
    via: invocation.via,
    unresolved,
    text: [head?.text ?? '', ...words.map(({ text }) => text)].join(' ').slice(0, TEXT_MAX),
  };
};

/** The program's name without its path; a version in it (`kubectl-1.24`) tells nothing. */
const nameOf = (text: string): string =>
  baseName(text)
    .replace(/\.exe$/, '')
    .replace(/^(kubectl|oc|helm|terraform)[-.]?v?\d[\d.]*$/, '$1');

const ORDER: readonly CommandFact['effect'][] = ['read', 'remedy', 'change', 'unknown', 'destroy'];
const strictest = (a: CommandFact['effect'], b: CommandFact['effect'] = 'read'): CommandFact['effect'] =>
  ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;

const DANGEROUS_VARIABLES =
  /^(LD_[A-Z_]+|DYLD_[A-Z_]+|PATH|BASH_ENV|ENV|PS4|PROMPT_COMMAND|PYTHON(PATH|STARTUP|HOME)|PERL5(OPT|LIB|DB)|RUBY(OPT|LIB)|NODE_(OPTIONS|PATH)|GIT_[A-Z_]*(COMMAND|DIFF|PAGER|EDITOR|ASKPASS|PATH)|[A-Z_]*PAGER|[A-Z_]*EDITOR|VISUAL|BROWSER|LESSOPEN|KUBECTL_EXTERNAL_DIFF|RSYNC_RSH)$/;
/** Programs that only show text: as a pager or as a diff they are what people set. */
const SHOWS_TEXT = /^$|^(cat|less|more|most|bat|diff|colordiff|delta|dyff)( -[\w -]*)?$/;

const setsLoader = (name: string, value: string): boolean =>
  (DANGEROUS_VARIABLES.test(name) && !SHOWS_TEXT.test(value)) ||
  (/^(KUBECONFIG|DOCKER_CONFIG|AWS_CONFIG_FILE)$/.test(name) && isWorldWritable(value));

const assignment = ({ environment }: Invocation): Description => ({
  verb: 'assign',
  effect: [...environment].some(([name, { text }]) => setsLoader(name, text)) ? 'change' : 'read',
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
  if (onlyProbes(tool, invocation)) return { effect: 'read' };
  return unknownTool(words.map(({ text }) => text));
};

const exportMarks = (tool: string, words: readonly string[]): string[] =>
  /^(export|declare|typeset)$/.test(tool) &&
  words.some((word) => word.includes('=') && setsLoader(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)))
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
  if (isWorldWritable(head.text)) return ['the program lies where everybody can write'];
  if (!head.known) return [`which program ${head.text.slice(0, 60)} names is only known to the shell`];
  if (head.computed) return ['another command works out which program runs'];
  if (/[^\x20-\x7e]/.test(argv.map(({ text }) => text).join('')) && own.effect !== 'read')
    return ['holds characters outside ASCII in a command that changes something'];
  // A glob in the place of the program could be any program.
  if (/[*?[]/.test(tool) && tool !== '[' && tool !== '[[') return ['the program is given as a pattern'];
  const dynamic = argv.slice(1).filter(({ known }) => !known);
  if (dynamic.length > 0 && own.effect !== 'read') return [`only the shell knows ${dynamic[0]?.text.slice(0, 60)}`];
  // These builtins evaluate an index again, quotes or not.
  if (EVALUATES_INDEX.test(tool) && argv.some(({ text }) => /\[[^\]]*(\$\(|`)/.test(text.slice(0, 2_000))))
    return ['an index in it runs a command'];
  // The answer of one command in the name that another asks the network for is a way to carry data out.
  if (ASKS_NETWORK.test(tool) && dynamic.some(({ text }) => /\$\(|`/.test(text)))
    return ['puts the output of a command into a request'];
  return [];
};

/** What prints nothing and is redirected to a file is there to empty it. */
const printsNothing = ([tool = '', ...words]: readonly string[]): boolean =>
  /^(|:|true)$/.test(tool) ||
  (tool === 'cat' && words.join() === '/dev/null') ||
  (/^(echo|printf)$/.test(tool) && words.join('').replace(/^-n/, '') === '');

const redirected = ({ redirections, argv }: Invocation): Description | undefined => {
  const outputs = redirections.filter(({ operator }) => operator.includes('>') && operator !== '<>');
  const paths = outputs.map(({ target }) => target.text).filter((path) => !/^(\d+|-|&\d+)$/.test(path));
  if (paths.length === 0) return undefined;
  const empties =
    outputs.some(({ operator }) => operator === '>' || operator === '>|') && printsNothing(argv.map(({ text }) => text));
  const plain = writing(paths);
  const lost = empties && paths.some((path) => !/^(\/dev\/|\/tmp\/)/.test(withoutDetours(path)));
  const description: Description = lost ? { ...plain, effect: 'destroy', marks: [...(plain.marks ?? []), 'truncates'] } : plain;
  const unknown = outputs.some(({ target }) => !target.known);
  return { ...description, unresolved: unknown ? ['only the shell knows which file is written'] : [] };
};

const EVALUATES_INDEX = /^(let|test|\[|printf|declare|typeset|local|export|readonly|read|unset|mapfile|readarray|wait)$/;
const ASKS_NETWORK = /^(dig|host|nslookup|drill|ping6?|traceroute|whois|curl|wget|getent|resolvectl)$/;
const DOWNLOADERS = new Set(['curl', 'wget', 'fetch', 'aria2c', 'http', 'lwp-download', 'nc', 'ncat', 'ftp']);
const RUNNERS = /^(sh|bash|zsh|dash|ash|ksh|fish|python\d?(\.\d+)?|perl|ruby|node|php|source|\.|eval)$/;

const flowMarks = ({ argv, stdin, pipedFrom, via, environment, redirections }: Invocation, tool: string): string[] => {
  const marks: string[] = [];
  if ([...environment].some(([name, { text }]) => setsLoader(name, text))) marks.push('sets-loader-variable');
  if (redirections.some(({ operator, target }) => operator === '<' && isSecretPath(target.text) && target.text !== '/etc/passwd'))
    marks.push('reads-secret');
  const substituted = [...argv, ...(stdin ? [stdin] : [])].some(
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
  const connects = redirections.some(({ target }) => /^\/dev\/(tcp|udp)\//.test(target.text));
  if (argv.some(({ text }) => /\/dev\/(tcp|udp)\//.test(text)) || (connects && (isShell(tool) || tool === 'exec')))
    marks.push('reverse-shell');
  else if (connects) marks.push('sends-data');
  if (via.some((step) => step === 'nsenter' || step === 'chroot')) marks.push('node-shell');
  return marks;
};
