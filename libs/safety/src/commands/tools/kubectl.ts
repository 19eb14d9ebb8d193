import type { CommandFact } from '../command-fact.js';
import { has, readOptions, says } from '../options.js';
import { imageMarks } from '../../manifests/field-marks.js';
import { readManifest } from '../../manifests/read-manifest.js';
import { isSecretPath, isWorldWritable } from './files.js';
import type { ToolReader } from './tool.js';
import { own } from '../../own.js';

const VALUED = new Set(
  `n namespace context cluster kubeconfig l selector o output f filename k kustomize field-selector c container replicas timeout grace-period p patch type image
  from-file from-literal since since-time tail as as-group server s user token template sort-by request-timeout v current-replicas resource-version for
  to-revision revision overrides restart env port target-port name schedule clusterrole role serviceaccount group verb resource cache-dir
  raw certificate-authority client-certificate client-key field-manager requests limits min max cpu-percent address cascade-to profile copy-to target`.split(
    /\s+/,
  ),
);

/** Long form of resource names and their short forms, in the singular. */
const KINDS: Record<string, string> = {
  ns: 'namespace',
  po: 'pod',
  deploy: 'deployment',
  sts: 'statefulset',
  ds: 'daemonset',
  rs: 'replicaset',
  rc: 'replicationcontroller',
  pv: 'persistentvolume',
  pvc: 'persistentvolumeclaim',
  no: 'node',
  crd: 'customresourcedefinition',
  crds: 'customresourcedefinition',
  svc: 'service',
  cm: 'configmap',
  ing: 'ingress',
  ingresses: 'ingress',
  ep: 'endpoint',
  ev: 'event',
  hpa: 'horizontalpodautoscaler',
  pdb: 'poddisruptionbudget',
  cj: 'cronjob',
  sc: 'storageclass',
  storageclasses: 'storageclass',
  netpol: 'networkpolicy',
  networkpolicies: 'networkpolicy',
  quota: 'resourcequota',
  sa: 'serviceaccount',
  limits: 'limitrange',
  pc: 'priorityclass',
  priorityclasses: 'priorityclass',
};

/** The singular, long, group-less name of a Kubernetes kind. */
export const kindOf = (word: string): string => {
  const name = word.toLowerCase().split('.')[0] ?? '';
  return own(KINDS, name) ?? (name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : name);
};

const READS = new Set([
  'get',
  'describe',
  'logs',
  'log',
  'top',
  'explain',
  'api-resources',
  'api-versions',
  'version',
  'cluster-info',
  'diff',
  'events',
  'wait',
  'options',
  'completion',
  'kustomize',
  'convert',
  'help',
  'port-forward',
]);
const GROUPS = new Set(['adm', 'rollout', 'auth', 'config', 'set', 'create', 'certificate', 'plugin', 'apply']);

export const kubectl: ToolReader = (words, invocation) => {
  const { flags, operands } = readOptions(words, VALUED);
  const verbAt = operands[0]?.toLowerCase() ?? '';
  const grouped = GROUPS.has(verbAt) && operands[1] !== undefined && !operands[1].includes('/');
  const verb =
    grouped && !(verbAt === 'apply' && !/^(view|edit|set)-last-applied$/.test(operands[1] ?? ''))
      ? `${verbAt} ${operands[1]?.toLowerCase()}`
      : verbAt;
  const { kinds, targets } = resourcesOf(operands.slice(verb.split(' ').length), verb);
  const namespace = flags.get('n') ?? flags.get('namespace');
  const dryRun = says(words, VALUED, 'dry-run');
  const help = says(words, VALUED, 'help');
  const scopeAll = has(flags, 'all', 'A', 'all-namespaces') || kinds.includes('all') || targets.includes('*');
  const manifest = [
    flags.get('p') ?? flags.get('patch') ?? '',
    flags.get('overrides') ?? '',
    invocation.stdin?.known ? invocation.stdin.text : '',
  ].filter(Boolean);
  const piped = flags.get('f') === '-' || flags.get('filename') === '-';
  const documents = /^(apply|create|replace|patch|run|edit|delete)/.test(verb) ? manifest.flatMap(readManifest) : [];
  const marks = [
    ...marksOf(verb, flags, operands),
    ...(verb === 'delete' ? [] : [...new Set(documents.flatMap((document) => document.marks))]),
    ...(verb === 'delete' && piped && documents.length === 0 ? ['deletes-manifest'] : []),
  ];
  const manifestKinds = verb === 'patch' ? [] : documents.map(({ kind }) => kindOf(kind)).filter(Boolean);
  const manifestNames = verb === 'patch' ? [] : documents.map(({ name }) => name).filter(Boolean);
  const unresolved = [
    ...(piped && !invocation.stdin?.known && !dryRun && verb !== 'get' && verb !== 'diff'
      ? ['the manifest piped in is not known']
      : []),
    // Without a single word that is no option it prints its help; an option we do not know may have swallowed the verb.
    ...(verb === '' && !printsHelp(flags) ? ['no verb could be read'] : []),
  ];
  return {
    verb,
    effect:
      dryRun && verb !== 'exec' ? 'read' : effectOf(verb, { kinds, flags, marks, operands, named: targets.length > 0, help }),
    kinds: [...new Set([...kinds, ...manifestKinds])],
    targets: [...targets, ...manifestNames],
    flags,
    ...(namespace === undefined ? {} : { namespace }),
    force: has(flags, 'force', 'now') || flags.get('grace-period') === '0',
    scopeAll,
    dryRun,
    marks,
    unresolved,
  };
};

const HARMLESS_ALONE = new Set(['n', 'namespace', 'context', 'cluster', 'h', 'help', 'o', 'output']);
const printsHelp = (flags: ReadonlyMap<string, string>): boolean => [...flags.keys()].every((name) => HARMLESS_ALONE.has(name));

const resourcesOf = (operands: readonly string[], verb: string): { kinds: string[]; targets: string[] } => {
  if (/^(exec|logs?|cp|attach|port-forward|run|debug)$/.test(verb)) {
    const [first = ''] = operands;
    const [kind, name] = first.includes('/') && verb !== 'cp' ? first.split('/', 2) : ['pod', first];
    return { kinds: [kindOf(kind ?? '')], targets: name ? [name] : [] };
  }
  if (/^(cordon|uncordon|drain|taint)$/.test(verb)) {
    const names =
      verb === 'taint' ? operands.filter((word) => !/[=:]/.test(word)).filter((word) => !/^(no|nodes?)$/.test(word)) : operands;
    return { kinds: ['node'], targets: names.map((name) => name.replace(/^nodes?\//, '')) };
  }
  if (verb.startsWith('create ')) return { kinds: [kindOf(verb.slice(7))], targets: operands.slice(0, 1) };
  const kinds = new Set<string>();
  const targets: string[] = [];
  operands.forEach((word, index) => {
    const slash = word.indexOf('/');
    if (slash > 0 && !word.includes('=')) {
      kinds.add(kindOf(word.slice(0, slash)));
      targets.push(word.slice(slash + 1));
    } else if (index === 0) {
      word.split(',').forEach((kind) => kinds.add(kindOf(kind)));
    } else if (!word.includes('=') && !/^[\w./-]+-$/.test(word)) {
      targets.push(word);
    }
  });
  return { kinds: [...kinds], targets };
};

const marksOf = (verb: string, flags: ReadonlyMap<string, string>, operands: readonly string[]): string[] => [
  // The client reads numbers as Go does: `00` and `0x0` are zero too.
  ...(verb === 'scale' && /^[+-]?0[xob]?[0_]*$/i.test(flags.get('replicas') ?? '') ? ['scale-to-zero'] : []),
  ...(/^create (clusterrolebinding|rolebinding)$/.test(verb) &&
  /^(cluster-admin|admin|edit)$/.test(flags.get('clusterrole') ?? '')
    ? ['rbac-widening']
    : []),
  ...(/^create (clusterrole|role)$/.test(verb) && (flags.get('verb') === '*' || flags.get('resource') === '*')
    ? ['rbac-widening']
    : []),
  ...(verb === 'run' && has(flags, 'privileged') ? ['privileged-pod'] : []),
  ...(/^(run|create (deployment|job|cronjob))$/.test(verb) ? imageMarks(flags.get('image') ?? '') : []),
  // A typed action's image is held against the evidence, so here only a tag that moves counts.
  ...(verb === 'set image'
    ? operands.flatMap((word) => imageMarks(/^[\w*.-]+=(.+)$/.exec(word)?.[1] ?? '')).filter((mark) => mark === 'image-unpinned')
    : []),
  ...(verb === 'replace' && has(flags, 'force') ? ['deletes-by-replacement'] : []),
  ...(verb === 'cp' && operands.some((word) => isSecretPath(word.slice(word.indexOf(':') + 1))) ? ['copies-secret'] : []),
  ...(verb === 'label' && operands.some((word) => /pod-security\.kubernetes\.io\/enforce=privileged/.test(word))
    ? ['rbac-widening']
    : []),
  ...(verb === 'config view' && has(flags, 'raw') ? ['reads-secret'] : []),
  ...(verb === 'debug' && (operands[1]?.startsWith('node/') || operands[1] === 'node' || flags.get('profile') === 'sysadmin')
    ? ['node-shell']
    : []),
  ...(verb === 'port-forward' && /0\.0\.0\.0|::/.test(flags.get('address') ?? '') ? ['exposes-port'] : []),
  ...(verb === 'delete' && flags.has('raw') ? ['deletes-manifest'] : []),
  ...(verb === 'cp' && operands.includes('/dev/null') ? ['truncates'] : []),
  ...(leaksCredentials(flags) ? ['other-address'] : []),
  ...(has(flags, ...OTHER_IDENTITY) ? ['other-identity'] : []),
  // `get --raw` only ever sends a GET, but what it gets may be a secret or another service's port.
  ...(flags.has('raw') && verb !== 'config view' && (verb !== 'get' || /secret|proxy|^$|%/i.test(flags.get('raw') ?? ''))
    ? ['raw-api']
    : []),
  ...(verb === 'get' &&
  operands.some((word) => /(^|,)secrets?(\.[\w.]*)?(\/|$|,)/i.test(word)) &&
  (/yaml|json|template|path|custom-columns/.test(flags.get('o') ?? flags.get('output') ?? '') ||
    has(flags, 'template') ||
    Number(flags.get('v') ?? 0) >= 8)
    ? ['reads-secret']
    : []),
];

/** With these it acts as somebody else or elsewhere: no matter for a look, but for a remedy. */
const OTHER_IDENTITY = ['as', 'as-group', 'as-uid', 'as-user-extra', 'token', 's', 'server', 'tls-server-name', 'proxy-url'];
/** At an address given in the command, or without a certificate that is checked, its credentials go to whoever answers; a settings file may also name a program to run. */
const leaksCredentials = (flags: ReadonlyMap<string, string>): boolean =>
  has(flags, 'insecure-skip-tls-verify') || has(flags, 'server', 's') || isWorldWritable(flags.get('kubeconfig') ?? '');

interface Read extends Pick<CommandFact, 'kinds' | 'flags' | 'marks'> {
  readonly operands: readonly string[];
  /** Whether it names what it is for. */
  readonly named: boolean;
  readonly help: boolean;
}

/** Kinds whose annotations and labels steer nothing by being there; an ingress or a service is configured by them. */
const INERT_METADATA = new Set(['pod', 'deployment', 'statefulset', 'daemonset', 'replicaset', 'job', 'cronjob']);

/** New keys alone: without --overwrite the API server refuses to change a key, and `key-` takes one away. */
const addsOnly = (kinds: readonly string[], flags: ReadonlyMap<string, string>, operands: readonly string[]): boolean =>
  !has(flags, 'overwrite', 'f', 'filename', 'k', 'kustomize') &&
  kinds.every((kind) => INERT_METADATA.has(kind)) &&
  !operands.some((word) => word.endsWith('-'));

/** More replicas than a service has by intent would take the whole cluster for themselves. */
const isModest = (flags: ReadonlyMap<string, string>): boolean => /^(\d{1,2}|100)$/.test(flags.get('replicas') ?? '');

const isRemoval = (verb: string, marks: readonly string[]): boolean =>
  verb === 'delete' || verb === 'drain' || marks.includes('scale-to-zero');

/** Which cluster and namespace this client speaks to from now on: what `--context` and `-n` say for one command. */
const choosesPlace = (verb: string, flags: ReadonlyMap<string, string>): boolean =>
  verb === 'config use-context' || (verb === 'config set-context' && !has(flags, 'cluster', 'user'));

const effectOf = (verb: string, { kinds, flags, marks, operands, named, help }: Read): CommandFact['effect'] => {
  if (
    ['exposes-port', 'raw-api', 'reads-secret', 'other-address'].some((mark) => marks.includes(mark)) &&
    !isRemoval(verb, marks)
  )
    return 'change';
  if (verb === '' || help) return 'read';
  if (verb === 'kustomize' && has(flags, 'enable-exec', 'enable-alpha-plugins', 'enable-helm', 'load-restrictor', 'network'))
    return 'change';
  if (READS.has(verb) || (verb === 'set env' && has(flags, 'list'))) return 'read';
  if (
    /^(adm top|rollout (status|history)|auth (can-i|whoami)|config (view|get-contexts|current-context|get-clusters|get-users)|apply view-last-applied|plugin list)$/.test(
      verb,
    )
  )
    return 'read';
  // A remedy names what it is for: without a name, or with --all, it is for everything of a kind.
  const bounded = named && !marks.includes('other-identity') && !has(flags, 'all', 'A', 'all-namespaces', 'l', 'selector');
  if (/^(rollout (restart|undo|pause|resume)|cordon|uncordon|set (image|resources))$/.test(verb))
    return bounded ? 'remedy' : 'change';
  if (/^(annotate|label)$/.test(verb) && bounded && addsOnly(kinds, flags, operands)) return 'remedy';
  if (verb === 'proxy' && [...flags.keys()].every((flag) => /^(p|port)$/.test(flag))) return 'read'; // As port-forward: on this host alone.
  if (choosesPlace(verb, flags)) return 'remedy';
  if (verb === 'scale') return marks.includes('scale-to-zero') ? 'destroy' : bounded && isModest(flags) ? 'remedy' : 'change';
  if (verb === 'delete' || verb === 'drain') return 'destroy';
  if (verb === 'exec') return 'change';
  if (/^(annotate|label)$/.test(verb) && !kinds.includes('node') && !kinds.includes('namespace')) return 'change';
  return /^(apply|patch|edit|create|replace|set|annotate|label|expose|run|taint|autoscale|cp|attach|debug|proxy|config|certificate|auth)/.test(
    verb,
  )
    ? 'change'
    : 'unknown';
};
