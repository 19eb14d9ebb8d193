import type { CommandFact } from '../command-fact.js';
import { has, readOptions } from '../options.js';
import { isWorldWritable } from './files.js';
import type { ToolReader } from './tool.js';

/** `-v /:/host`, wherever among several it stands, and its long forms: the root of the host, or what gives rights over it. */
const MOUNTS_HOST =
  /^(-v=?|--volume=)?\/((etc|root|proc|sys|boot|var\/lib\/(kubelet|docker))[^:\s]*|(var\/)?run\/(docker|containerd)[^:\s]*)?:|^(--mount=)?\S*(^|,|=)(source|src)=\/((etc|root|proc)[^,]*|(var\/)?run\/docker\.sock)?(,|$)/;

/** Names of what holds data. */
const STORE =
  /(^|[-_.])(db|database|postgres(ql)?|pg|mysql|mariadb|mongo(db)?|redis|valkey|cassandra|elasticsearch|opensearch|kafka|rabbitmq|etcd|clickhouse|zookeeper|minio|vault|consul)([-_.\d]|$)/i;

export const containers: ToolReader = (words, _invocation, tool) => {
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
  const action = group && (second !== '' || first !== 'images') ? second : first;
  const host = flags.get('H') ?? flags.get('host') ?? '';
  const prunes = action === 'prune';
  const removesData =
    /^volume (rm|remove)/.test(verb) ||
    (first === 'compose' && action === 'down' && has(flags, 'v', 'volumes')) ||
    (prunes && (first === 'system' || first === 'volume' || first === 'container' || first === 'image'));
  const privileged =
    has(flags, 'privileged') ||
    words.some(({ text }) => MOUNTS_HOST.test(text)) ||
    flags.get('pid') === 'host' ||
    /ALL|SYS_ADMIN/.test(flags.get('cap-add') ?? '');
  const reads =
    /^(ps|ls|list|images|logs|inspect|inspectp|inspecti|statsp|pods|du|stats|top|version|info|events|history|port|diff|search|df|config|help|show|get|wait|context|tree|check|json|query)$/.test(
      action,
    ) ||
    verb === '' ||
    verb === 'system df' ||
    verb === 'stack ps' ||
    verb === 'stack services' ||
    verb === 'swarm join-token';
  const delicate =
    words.some(({ text }) => /^--scale(=|$)|^--renew-anon-volumes$/.test(text)) ||
    (/^(up|restart)$/.test(action) && operands.slice(group ? 2 : 1).some((name) => STORE.test(name))) ||
    !/^(unix:|$)/.test(host);
  const effect: CommandFact['effect'] = removesData
    ? 'destroy'
    : prunes
      ? 'destroy'
      : /^(rm|rmi|remove|kill|down|leave|delete|del)$/.test(action)
        ? 'destroy'
        : /^(restart|start|unpause|pull|login|logout|tag)$/.test(action) ||
            (first === 'compose' &&
              /^(up|build|create|restart|start)$/.test(action) &&
              !isWorldWritable(flags.get('f') ?? flags.get('file') ?? ''))
          ? delicate
            ? 'change'
            : 'remedy'
          : reads && !privileged && !/^(tcp|https?):/.test(host)
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
