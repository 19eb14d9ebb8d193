import type { Arg, CommandFact, Invocation } from '../command-fact.js';
import { completed } from '../abbreviations.js';
import { has, readOptions } from '../options.js';
import { isSecretPath, isSystemPath, writing } from './files.js';
import type { ToolReader } from './tool.js';
import { effectOfVerb } from './verbs.js';

export const cloud: ToolReader = (words, invocation, tool) => {
  const { flags, operands } = readOptions(
    words,
    new Set([
      'profile',
      'region',
      'output',
      'query',
      'endpoint-url',
      'project',
      'zone',
      'format',
      'subscription',
      'resource-group',
      'g',
      'n',
      'name',
      'o',
      'filter',
      'cli-input-json',
      'desired-capacity',
      'desired-count',
      'max-size',
      'min-size',
      'new-capacity',
      'num-nodes',
      'size',
      'instance-count',
    ]),
  );
  if (has(flags, 'help', 'dry-run', 'dryrun', 'whatif') || operands.includes('help'))
    return { verb: operands.join(' ').slice(0, 60), effect: 'read', dryRun: true };
  const path = leadingWords(words, operands)
    .filter((word) => /^[a-z][a-z0-9_-]*$/.test(word))
    .slice(0, tool === 'aws' ? 2 : 6);
  const verbAt =
    tool === 'aws'
      ? 1
      : ([...path.keys()].reverse().find((index) => effectOfVerb(path[index] ?? '') !== 'unknown' && index > 0) ?? 0);
  const word = path[verbAt] ?? path[0] ?? '';
  const known = effectOfVerb(word);
  const leaks =
    (word === 'download' && path.includes('secret')) ||
    (/secret|password|token|access-key|credential|decrypt/.test(word) &&
      known === 'read' &&
      /get-secret-value|get-password|get-login|decrypt/.test(word));
  const mirrors =
    [...flags.keys()].some((name) => /^delete(-|$)/.test(name)) ||
    (tool === 'gsutil' && path.includes('rsync') && has(flags, 'd'));
  const bulk =
    (mirrors && /sync/.test(path.join(' '))) ||
    (tool === 'aws' && path.join(' ') === 's3 rb') ||
    flags.get('method')?.toLowerCase() === 'delete';
  return {
    verb: path.slice(0, Math.max(verbAt + 1, 2)).join(' '),
    effect: bulk
      ? 'destroy'
      : leaks
        ? 'change'
        : path.length === 0 || isDownload(path, operands) || onlyLists(known, flags) || asksFirst(tool, word, invocation)
          ? 'read'
          : known,
    kinds: ['cloud'],
    targets: operands.slice(verbAt + 1),
    flags,
    recursive: has(flags, 'recursive'),
    force: has(flags, 'force', 'quiet', 'yes', 'y', 'skip-final-snapshot', 'q'),
    marks: [
      ...(known === 'destroy' || bulk ? ['cloud-delete'] : []),
      ...(known !== 'read' && words.some(({ text }) => WIDE_RIGHTS.test(text)) ? ['widens-rights'] : []),
      ...(known !== 'read' && scalesToZero(flags) ? ['scale-to-zero'] : []),
    ],
  };
};

const WIDE_RIGHTS =
  /AdministratorAccess|IAMFullAccess|PowerUserAccess|"Action"\s*:\s*\[?\s*"\*"|^(--role=)?(roles\/(owner|editor|iam\.securityAdmin)|Owner|User Access Administrator)$/;

/** Nothing is left that could serve. */
const scalesToZero = (flags: ReadonlyMap<string, string>): boolean =>
  ['desired-capacity', 'desired-count', 'max-size', 'new-capacity', 'num-nodes', 'size', 'instance-count'].some(
    (name) => flags.get(name) === '0',
  );

/** A wizard asks at the terminal before each of its steps; with nobody there to answer it ends. */
const asksFirst = (tool: string, verb: string, { stdin, pipedFrom }: Invocation): boolean =>
  tool === 'aws' && verb === 'wizard' && stdin === undefined && pipedFrom.length === 0;

/** The words before the first option that follows a word: groups and verb come first, values of options never do. */
const leadingWords = (words: readonly Arg[], operands: readonly string[]): string[] => {
  const start = words.findIndex(({ text }) => text === operands[0]);
  const rest = words.slice(Math.max(start, 0));
  const end = rest.findIndex(({ text }) => text.startsWith('-'));
  const leading = rest.slice(0, end < 0 ? undefined : end).map(({ text }) => text);
  return leading.length > 1 || operands.length < 2 ? leading : [...operands];
};

/** A copy out of a bucket to a file that is no system file. */
const isDownload = (path: readonly string[], operands: readonly string[]): boolean => {
  const [from = '', to = ''] = operands.slice(-2);
  return /^(cp|copy)$/.test(path.at(-1) ?? '') && /^(s3|gs):\/\//.test(from) && !/^[a-z0-9]+:\/\//.test(to) && !isSystemPath(to);
};

const onlyLists = (effect: CommandFact['effect'], flags: ReadonlyMap<string, string>): boolean =>
  effect !== 'destroy' && has(flags, 'list');

/** Options that write a file besides what is fetched, or say where to. */
const WRITTEN_BY_OPTION = [
  'D',
  'dump-header',
  'c',
  'cookie-jar',
  'libcurl',
  'trace',
  'trace-ascii',
  'stderr',
  'output-dir',
  'etag-save',
  'hsts',
  'alt-svc',
  'P',
  'directory-prefix',
  'a',
  'append-output',
  'output-file',
  'save-cookies',
  'rejected-log',
];

/** Long options that may be shortened; `head` and `data` stand there so that they are taken as they are. */
const DOWNLOAD_LONG = [
  ...WRITTEN_BY_OPTION.filter((name) => name.length > 1),
  'head',
  'data',
  'get',
  'request',
  'method',
  'header',
  'post-file',
  'body-file',
  'post-data',
  'body-data',
  'upload-file',
  'form',
  'output',
  'output-document',
  'config',
  'use-askpass',
  'execute',
];

/** A header by which a server takes another method for the one that was sent. */
const METHOD_HEADER = /x-(?:http-)?method(?:-override)?\s*[:=]\s*([a-z]+)/i;

export const download: ToolReader = (words, _invocation, tool) => {
  const { flags, operands } = readOptions(
    words.map(({ text, known }) => ({ text: completed(text, DOWNLOAD_LONG), known })),
    new Set(
      [
        'K',
        'config',
        'output-document',
        'X',
        'request',
        'd',
        'data',
        'data-raw',
        'data-binary',
        'H',
        'header',
        'o',
        'output',
        'u',
        'user',
        'F',
        'form',
        'T',
        'upload-file',
        'A',
        'e',
        'b',
        'c',
        'm',
        'max-time',
        'connect-timeout',
        'O',
        'P',
        'method',
        'post-data',
        'body-data',
        'post-file',
        'body-file',
        'w',
        'x',
        'proxy',
        'json',
        'url',
        'cacert',
        'cert',
        'key',
        'retry',
        'resolve',
        ...WRITTEN_BY_OPTION,
      ].filter((name) => !(tool === 'curl' ? /^[OPa]$/ : /^[cD]$/).test(name)),
    ),
  );
  const named = /^(http|httpie|https|xh)$/.test(tool) && /^[A-Z]{3,7}$/.test(operands[0] ?? '') ? operands[0] : undefined;
  const method = (named ?? flags.get('X') ?? flags.get('request') ?? flags.get('method') ?? '').toUpperCase();
  const asked =
    flags.has('G') ||
    flags.has('get') ||
    (/^(POST|)$/.test(method) && operands.length > 0 && operands.every((url) => ASKING_PATH.test(url)));
  const sends =
    !(asked && !words.some(({ text }) => text.includes('@'))) &&
    [
      'd',
      'data',
      'data-raw',
      'data-binary',
      'F',
      'form',
      'T',
      'upload-file',
      'post-data',
      'post-file',
      'body-file',
      'body-data',
      'json',
      'data-urlencode',
    ].some((name) => flags.has(name));
  const files =
    words.some(({ text }) => /^@/.test(text) || /=@/.test(text)) || has(flags, 'T', 'upload-file', 'post-file', 'body-file');
  const uploaded = words.map(({ text }) => text.slice(Math.max(text.lastIndexOf('@'), text.lastIndexOf('=')) + 1));
  const target =
    flags.get('o') ?? flags.get('output') ?? flags.get('output-document') ?? (tool === 'wget' ? flags.get('O') : undefined) ?? '';
  const targets = [target, ...WRITTEN_BY_OPTION.map((name) => flags.get(name) ?? '')].filter((path) => !/^[-%]?$/.test(path));
  const written = targets.length === 0 ? undefined : writing(targets);
  const override = words.flatMap(({ text }) => METHOD_HEADER.exec(text)?.[1]?.toUpperCase() ?? []).find((name) => name !== 'GET');
  const runsProgram = tool === 'wget' && has(flags, 'use-askpass', 'e', 'execute');
  const effect: CommandFact['effect'] =
    method === 'DELETE' || override === 'DELETE'
      ? 'destroy'
      : files || override !== undefined || runsProgram
        ? 'change'
        : sends || (/^(POST|PUT|PATCH)$/.test(method) && !asked)
          ? 'change'
          : targets.some(isWrite) || (named === undefined && fetchesProgram(tool, target, operands))
            ? 'change'
            : 'read';
  const metadata = operands.some((url) => url.includes('169.254.169.254'));
  return {
    verb: method || 'GET',
    effect:
      written?.effect === 'destroy'
        ? 'destroy'
        : metadata || has(flags, 'K', 'config') || written?.effect === 'change'
          ? 'change'
          : effect,
    kinds: ['url'],
    targets: operands,
    flags,
    marks: [
      ...(method === 'DELETE' || override === 'DELETE' ? ['http-delete'] : []),
      ...(files ? ['uploads-file'] : []),
      ...(files && uploaded.some(isSecretPath) ? ['copies-secret'] : []),
      ...(/^(POST|PUT|PATCH|GET|)$/.test(method) && operands.some((url) => DELETING_PATH.test(url)) ? ['http-delete'] : []),
      ...(metadata ? ['reads-credentials-endpoint'] : []),
      ...(operands.some((url) => /^file:/i.test(url) && isSecretPath(url.replace(/^file:(\/\/)?/i, ''))) ? ['reads-secret'] : []),
      ...(written?.marks ?? []),
    ],
  };
};

/** A script or binary, or anything that is put where everybody can write: it is fetched to be run. */
const fetchesProgram = (tool: string, target: string, urls: readonly string[]): boolean =>
  (/^(curl|wget|aria2c)$/.test(tool) &&
    urls.some((url) => /\.(sh|bash|py|pl|rb|elf|bin|exe|ps1|deb|rpm|apk|so|ko|jar)([?#].*)?$/i.test(url))) ||
  /^\/(tmp|var\/tmp|dev\/shm)\//.test(target);

/** Addresses that delete whatever the method is called. */
const DELETING_PATH = /\/(_delete_by_query|doDelete|_shutdown|flushall)(\?|$)|[?&]_method=delete|\/delete\/?$/i;

/** Searches and queries that take their question as a body. */
const ASKING_PATH =
  /^[\w:/.\-*,@]+\/(_search|_count|_msearch|_explain|_validate\/query|_cluster\/health|api\/v1\/(query|query_range|series|labels)|indexes\/[\w-]+\/search)(\?[\w=&.%-]*)?$/;

const isWrite = (path: string): boolean => /^\/(etc|usr|bin|sbin|lib|boot|root|var\/spool)/.test(path);
