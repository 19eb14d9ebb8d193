import type { CommandFact } from '../command-fact.js';
import { has, readOptions } from '../options.js';
import type { ToolReader } from './tool.js';
import { effectOfVerb } from './verbs.js';
import { own } from '../../own.js';

const helm: ToolReader = (words) => {
  const { flags, operands } = readOptions(
    words,
    new Set([
      'n',
      'namespace',
      'kube-context',
      'kubeconfig',
      'f',
      'values',
      'set',
      'set-string',
      'version',
      'timeout',
      'o',
      'output',
      'revision',
      'description',
      'kube-token',
      'kube-apiserver',
      'max',
      'offset',
      'filter',
      'history-max',
      'repo',
      'selector',
      'l',
      'time-format',
      'color',
    ]),
  );
  const [verb = '', second = '', ...rest] = operands;
  const namespace = flags.get('n') ?? flags.get('namespace');
  const grouped = /^(repo|plugin|dependency|dep|registry|get|show|inspect|search|diff|completion)$/.test(verb);
  const full = grouped ? `${verb} ${second}`.trim() : verb;
  const dryRun = has(flags, 'dry-run');
  const effect: CommandFact['effect'] = dryRun
    ? 'read'
    : /^(uninstall|delete|del|un)$/.test(verb)
      ? 'destroy'
      : verb === 'rollback'
        ? 'remedy'
        : verb === 'template' && has(flags, 'force', 'post-renderer', 'output-dir', 'validate')
          ? 'change'
          : /^(list|ls|status|get|history|hist|show|inspect|search|version|env|template|lint|diff|verify|completion|help|test)$/.test(
                verb,
              ) ||
              /^(repo list|plugin list|dependency list|dep list)$/.test(full) ||
              verb === '' ||
              has(flags, 'help', 'h')
            ? 'read'
            : 'change';
  return {
    verb: full,
    effect,
    kinds: ['release'],
    targets: grouped ? rest : second ? [second] : [],
    flags,
    dryRun,
    force: has(flags, 'force', 'no-hooks'),
    ...(namespace === undefined ? {} : { namespace }),
  };
};

const iac: ToolReader = (words) => {
  const { flags, operands } = readOptions(words, new Set(['stack', 's', 'C', 'cwd']));
  const [verb = '', second = ''] = operands;
  const full = /^(state|workspace|stack|config|providers|run-all|module|metadata)$/.test(verb) ? `${verb} ${second}` : verb;
  const destroys =
    verb === 'destroy' ||
    (has(flags, 'destroy') && verb === 'apply') ||
    /^(state rm|workspace delete|run-all destroy|stack rm|force-unlock)$/.test(full);
  const target = readOptions(words, new Set(['target', 'var', 'out', 'var-file', 'state', 'replace'])).operands.slice(1);
  const reads =
    /^(plan|show|output|validate|version|fmt|graph|providers|init|console|get|test|metadata|preview|about|logs|help|state list|state show|state pull|workspace list|workspace show|workspace select|stack ls|stack output|login|modules|-install-autocomplete)/.test(
      full,
    ) ||
    full === '' ||
    verb === 'plan';
  const leaks = verb === 'show' && ((has(flags, 'json') && operands.length > 1) || operands.length > 1);
  return {
    verb: full,
    effect: destroys ? 'destroy' : reads && !leaks ? 'read' : 'change',
    kinds: ['infrastructure'],
    targets: target,
    flags,
    scopeAll: destroys && target.length === 0,
    force: has(flags, 'auto-approve', 'yes', 'y'),
  };
};

const git: ToolReader = (words) => {
  const { flags: globals, operands: all } = readOptions(
    words,
    new Set(['C', 'c', 'git-dir', 'work-tree', 'namespace', 'm', 'message', 'o', 'push-option']),
  );
  const [verb = '', ...rest] = all;
  const hard = has(globals, 'hard', 'merge');
  if (verb === 'push') {
    const forced =
      (has(globals, 'force', 'f') && !globals.has('force-with-lease')) ||
      has(globals, 'force-with-lease-if-includes', 'mirror') ||
      rest.some((word) => word.startsWith('+'));
    const removing = has(globals, 'delete', 'd') || rest.slice(1).some((word) => word.startsWith(':'));
    const dry = has(globals, 'dry-run', 'n');
    return {
      verb,
      effect: dry ? 'read' : forced || removing ? 'destroy' : has(globals, 'prune') ? 'change' : 'remedy',
      kinds: ['branch'],
      targets: rest,
      force: forced,
      marks: [...(forced ? ['rewrites-remote'] : []), ...(removing ? ['deletes-remote-branch'] : [])],
      flags: globals,
    };
  }
  const local: Record<string, CommandFact['effect']> = {
    reset: hard ? 'destroy' : 'change',
    clean: has(globals, 'n', 'dry-run') ? 'read' : has(globals, 'f', 'force') ? 'destroy' : 'change',
    'filter-branch': 'destroy',
    'filter-repo': 'destroy',
    gc: 'change',
    prune: has(globals, 'n', 'dry-run') ? 'read' : 'change',
    reflog: rest[0] === 'expire' || rest[0] === 'delete' ? 'destroy' : 'read',
    'update-ref': has(globals, 'd') ? 'destroy' : 'change',
    restore: 'change',
  };
  if (verb === 'branch')
    return {
      verb,
      effect: has(globals, 'D') || (has(globals, 'd', 'delete') && has(globals, 'f', 'force')) ? 'destroy' : 'read',
      kinds: ['branch'],
      targets: rest,
      marks: has(globals, 'D') ? ['deletes-branch'] : [],
    };
  if (verb === 'stash')
    return {
      verb,
      effect: /^(drop|clear)$/.test(rest[0] ?? '') ? 'destroy' : 'remedy',
      kinds: ['stash'],
      marks: /^(drop|clear)$/.test(rest[0] ?? '') ? ['discards-work'] : [],
    };
  if (verb === 'checkout')
    return {
      verb,
      effect:
        rest.some((word) => word === '.' || word === '*') || words.some(({ text }) => text === '--') || has(globals, 'f', 'force')
          ? 'destroy'
          : 'remedy',
      kinds: ['worktree'],
      marks: words.some(({ text }) => text === '--') || rest.includes('.') || has(globals, 'f', 'force') ? ['discards-work'] : [],
    };
  const effect =
    own(local, verb) ??
    (/^(status|log|diff|show|blame|branch|rev-parse|describe|ls-files|ls-tree|ls-remote|cat-file|remote|config|help|grep|shortlog|tag|version|whatchanged|name-rev|rev-list|for-each-ref|cherry|count-objects|fsck|var|check-ignore)$/.test(
      verb,
    )
      ? 'read'
      : /^(add|commit|fetch|pull|clone|switch|merge|rebase|cherry-pick|revert|init|mv|worktree|submodule|bisect|notes|apply|am|format-patch|archive|sparse-checkout)$/.test(
            verb,
          )
        ? 'remedy'
        : verb === ''
          ? 'read'
          : 'unknown');
  return {
    verb,
    effect,
    kinds: ['worktree'],
    targets: rest,
    flags: globals,
    marks: effect === 'destroy' ? ['discards-work'] : [],
  };
};

const containers: ToolReader = (words, _invocation, tool) => {
  const { flags, operands } = readOptions(
    words,
    new Set([
      'H',
      'host',
      'context',
      'f',
      'file',
      'filter',
      'format',
      'n',
      'tail',
      'since',
      'until',
      'p',
      'project-name',
      'e',
      'v',
      'volume',
      'name',
      'network',
      'u',
      'w',
      'o',
      't',
      'time',
      'l',
      'log-level',
      'c',
      'config',
      'namespace',
      'a',
      'profile',
      'cap-add',
      'pid',
      'security-opt',
      'mount',
      'address',
    ]),
  );
  const [first = '', second = ''] = operands;
  const group =
    /^(container|image|volume|network|system|compose|swarm|stack|service|node|secret|config|context|plugin|buildx|builder|manifest|trust|checkpoint|pod|machine|containers|images|content|snapshots|tasks|task|leases|namespaces|c|i|t)$/.test(
      first,
    );
  const verb = group ? `${first} ${second}`.trim() : first;
  const action = group ? second : first;
  const prunes = action === 'prune';
  const removesData =
    /^volume (rm|remove)/.test(verb) ||
    (first === 'compose' && action === 'down' && has(flags, 'v', 'volumes')) ||
    (prunes && (first === 'system' || first === 'volume' || first === 'container' || first === 'image'));
  const mounts = flags.get('v') ?? flags.get('volume') ?? '';
  const privileged =
    has(flags, 'privileged') ||
    /^\/(:|etc|var\/run\/docker\.sock|root|proc|$)/.test(mounts) ||
    flags.get('pid') === 'host' ||
    /ALL|SYS_ADMIN/.test(flags.get('cap-add') ?? '');
  const reads =
    /^(ps|ls|list|images|logs|inspect|stats|top|version|info|events|history|port|diff|search|df|config|help|show|get|wait|context|tree|check|json|query)$/.test(
      action,
    ) ||
    verb === '' ||
    verb === 'system df' ||
    verb === 'stack ps' ||
    verb === 'stack services' ||
    verb === 'swarm join-token';
  const effect: CommandFact['effect'] = removesData
    ? 'destroy'
    : prunes
      ? 'destroy'
      : /^(rm|rmi|remove|kill|down|leave|delete|del)$/.test(action)
        ? 'destroy'
        : /^(restart|start|unpause|pull|login|logout|tag)$/.test(action) ||
            (first === 'compose' && /^(up|build|create|restart|start)$/.test(action))
          ? 'remedy'
          : reads && !privileged
            ? 'read'
            : /^(run|exec|stop|create|build|push|commit|cp|load|import|save|export|update|rename|pause|init|join|deploy|scale|connect|disconnect|attach|use|install|enable|disable|up|promote|demote|upgrade|set)$/.test(
                  action,
                )
              ? 'change'
              : 'unknown';
  return {
    verb,
    effect,
    kinds: ['container'],
    targets: operands.slice(group ? 2 : 1),
    flags,
    force: has(flags, 'f', 'force'),
    marks: [
      ...(removesData ? ['removes-volumes'] : []),
      ...(privileged ? ['privileged-container'] : []),
      ...(tool === 'docker' && prunes ? ['prunes'] : []),
    ],
    scopeAll: prunes,
  };
};

const cloud: ToolReader = (words, _invocation, tool) => {
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

const download: ToolReader = (words, _invocation, tool) => {
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

const packages: ToolReader = (words) => {
  const { flags, operands } = readOptions(words, new Set(['o', 't', 'c']));
  const verb = operands[0] ?? '';
  const reads =
    /^(list|show|search|info|policy|madison|depends|rdepends|cache|check|check-update|view|outdated|ls|audit|why|freeze|repolist|provides|help|config|history|query)$/.test(
      verb,
    ) || has(flags, 's', 'simulate', 'dry-run', 'just-print');
  return {
    verb,
    effect: reads
      ? 'read'
      : /^(remove|purge|autoremove|erase|uninstall|rm)$/.test(verb)
        ? 'destroy'
        : verb === 'update'
          ? 'remedy'
          : 'change',
    kinds: ['package'],
    targets: operands.slice(1),
    flags,
  };
};

const dropsDatabase: ToolReader = (words, _invocation, tool) => ({
  verb: tool,
  effect: 'destroy',
  kinds: ['database'],
  targets: words.filter(({ text }) => !text.startsWith('-')).map(({ text }) => text),
  marks: ['drops-data'],
});

const redis: ToolReader = (words) => {
  const { operands } = readOptions(words, new Set(['h', 'p', 'a', 'n', 'u', 'user', 'pass', 'i', 's']));
  const verb = (operands[0] ?? '').toLowerCase();
  if (/^(flushall|flushdb|shutdown)$/.test(verb))
    return {
      verb,
      effect: 'destroy',
      kinds: ['database'],
      marks: verb === 'shutdown' ? ['stops-database'] : ['drops-data'],
      scopeAll: true,
    };
  const second = (operands[1] ?? '').toLowerCase();
  if (
    /^(get|mget|keys|scan|info|ping|ttl|type|exists|dbsize|llen|lrange|hget|hgetall|scard|smembers|zrange|zcard|xlen|xinfo|xrange|slowlog|client|memory|latency|monitor|time|role|cluster|config|command)$/.test(
      verb,
    )
  )
    return {
      verb,
      effect: /^(kill|set|reset|failover|purge|pause|setslot|flushslots|rewrite|forget|no-evict)$/.test(second)
        ? 'change'
        : 'read',
      kinds: ['database'],
    };
  return {
    verb,
    effect: /^(del|unlink|debug|migrate|script)$/.test(verb) ? 'destroy' : 'change',
    kinds: ['database'],
    targets: operands.slice(1),
  };
};

const mongo: ToolReader = (words) => {
  const text = words.map((word) => word.text).join(' ');
  const destroys = /\.(drop|dropDatabase|deleteMany|remove|deleteOne|shutdownServer|dropIndexes)\s*\(/.test(text);
  return {
    verb: 'eval',
    effect: destroys ? 'destroy' : 'unknown',
    kinds: ['database'],
    marks: destroys ? ['drops-data'] : [],
    unresolved: destroys ? [] : ['the script is not read'],
  };
};

const sqlClient: ToolReader = (words) => ({
  effect: words.some(({ text }) => /^-+(l|list|V|version|help|\?)$/.test(text)) ? 'read' : 'remedy',
  kinds: ['database'],
});

export const PLATFORM_TOOLS: Record<string, ToolReader> = {
  flag: (words) => ({
    verb: words[0]?.text ?? '',
    effect: /^(get|list)$/.test(words[0]?.text ?? '')
      ? 'read'
      : /^(disable|enable)$/.test(words[0]?.text ?? '')
        ? 'remedy'
        : 'change',
    kinds: ['flag'],
    targets: words.slice(1).map(({ text }) => text),
  }),
  helm,
  terraform: iac,
  tofu: iac,
  terragrunt: iac,
  pulumi: iac,
  git,
  docker: containers,
  podman: containers,
  nerdctl: containers,
  crictl: containers,
  ctr: containers,
  'docker-compose': (words, invocation, tool) => containers([{ text: 'compose', known: true }, ...words], invocation, tool),
  'podman-compose': (words, invocation, tool) => containers([{ text: 'compose', known: true }, ...words], invocation, tool),
  aws: cloud,
  gcloud: cloud,
  az: cloud,
  doctl: cloud,
  gsutil: cloud,
  eksctl: cloud,
  bq: cloud,
  oci: cloud,
  ibmcloud: cloud,
  linode: cloud,
  'linode-cli': cloud,
  hcloud: cloud,
  flyctl: cloud,
  fly: cloud,
  heroku: cloud,
  curl: download,
  wget: download,
  http: download,
  httpie: download,
  xh: download,
  apt: packages,
  'apt-get': packages,
  yum: packages,
  dnf: packages,
  apk: packages,
  pip: packages,
  pip3: packages,
  npm: packages,
  yarn: packages,
  pnpm: packages,
  gem: packages,
  brew: packages,
  zypper: packages,
  pacman: packages,
  snap: packages,
  dropdb: dropsDatabase,
  dropuser: dropsDatabase,
  'redis-cli': redis,
  'valkey-cli': redis,
  mongosh: mongo,
  mongo,
  psql: sqlClient,
  mysql: sqlClient,
  mariadb: sqlClient,
  cockroach: sqlClient,
  sqlcmd: sqlClient,
  'clickhouse-client': sqlClient,
  mysqladmin: (words) => ({
    effect: words.some(({ text }) => /^(drop|shutdown)$/.test(text))
      ? 'destroy'
      : words.some(({ text }) => /^(status|ping|processlist|version|extended-status|variables)$/.test(text))
        ? 'read'
        : 'change',
    kinds: ['database'],
    marks: words.some(({ text }) => text === 'drop')
      ? ['drops-data']
      : words.some(({ text }) => text === 'shutdown')
        ? ['stops-database']
        : [],
  }),
  pg_ctl: (words) => ({
    effect: words.some(({ text }) => text === 'stop')
      ? 'destroy'
      : words.some(({ text }) => text === 'status')
        ? 'read'
        : 'change',
    kinds: ['database'],
    marks: words.some(({ text }) => text === 'stop') ? ['stops-database'] : [],
  }),
};
