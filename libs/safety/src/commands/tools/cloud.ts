import type { CommandFact } from '../command-fact.js';
import { has, readOptions } from '../options.js';
import type { ToolReader } from './tool.js';
import { effectOfVerb } from './verbs.js';

export const cloud: ToolReader = (words, _invocation, tool) => {
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
    ]),
  );
  if (has(flags, 'help', 'dry-run', 'dryrun', 'whatif') || operands.includes('help'))
    return { verb: operands.join(' ').slice(0, 60), effect: 'read', dryRun: true };
  const path = operands.filter((word) => /^[a-z][a-z0-9_-]*$/.test(word)).slice(0, tool === 'aws' ? 2 : 5);
  const verbAt =
    tool === 'aws'
      ? 1
      : ([...path.keys()].reverse().find((index) => effectOfVerb(path[index] ?? '') !== 'unknown' && index > 0) ?? 0);
  const word = path[verbAt] ?? path[0] ?? '';
  const known = effectOfVerb(word);
  const leaks =
    /secret|password|token|access-key|credential|decrypt/.test(word) &&
    known === 'read' &&
    /get-secret-value|get-password|get-login|decrypt/.test(word);
  const bulk = tool === 'aws' && path[0] === 's3' && ((path[1] === 'sync' && has(flags, 'delete')) || path[1] === 'rb');
  return {
    verb: path.slice(0, Math.max(verbAt + 1, 2)).join(' '),
    effect: bulk ? 'destroy' : leaks ? 'change' : path.length === 0 ? 'read' : known,
    kinds: ['cloud'],
    targets: operands.slice(verbAt + 1),
    flags,
    recursive: has(flags, 'recursive'),
    force: has(flags, 'force', 'quiet', 'yes', 'y', 'skip-final-snapshot', 'q'),
    marks: known === 'destroy' || bulk ? ['cloud-delete'] : [],
  };
};

export const download: ToolReader = (words, _invocation, tool) => {
  const { flags, operands } = readOptions(
    words,
    new Set(
      [
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
      ].filter((name) => !(tool === 'curl' && (name === 'O' || name === 'P'))),
    ),
  );
  const method = (flags.get('X') ?? flags.get('request') ?? flags.get('method') ?? '').toUpperCase();
  const sends = [
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
  const target = flags.get('o') ?? flags.get('output') ?? '';
  const effect: CommandFact['effect'] =
    method === 'DELETE'
      ? 'destroy'
      : files
        ? 'change'
        : sends || /^(POST|PUT|PATCH)$/.test(method)
          ? 'change'
          : isWrite(target)
            ? 'change'
            : 'read';
  const metadata = operands.some((url) => url.includes('169.254.169.254'));
  return {
    verb: method || 'GET',
    effect: metadata ? 'change' : effect,
    kinds: ['url'],
    targets: operands,
    flags,
    marks: [
      ...(method === 'DELETE' ? ['http-delete'] : []),
      ...(files ? ['uploads-file'] : []),
      ...(metadata ? ['reads-credentials-endpoint'] : []),
    ],
  };
};

const isWrite = (path: string): boolean => /^\/(etc|usr|bin|sbin|lib|boot|root|var\/spool)/.test(path);
