import type { Arg } from '../command-fact.js';
import type { Description, ToolReader } from './tool.js';
import { own } from '../../own.js';
import { effectOfVerb } from './verbs.js';

/** How the commands of a client are put together: first words that only name a group, and verbs that only look. */
interface Client {
  readonly groups?: string;
  /** Verbs that look, beyond the usual ones. */
  readonly reads?: string;
  /** Verbs that look like looking and do not. */
  readonly changes?: string;
}

const CLIENTS: Record<string, Client> = {
  argocd: {
    groups: 'app appset proj project account cluster repo repocreds cert gpg context admin settings',
    reads: 'can-i manifests resources app-of-apps get-resource context get-user-info session-token actions dashboard',
    changes: 'login logout relogin generate-token bcrypt',
  },
  etcdctl: { groups: 'endpoint member alarm user role auth lease snapshot check lock', reads: 'health hashkv perf datascale' },
  etcdutl: { groups: 'snapshot', reads: 'status hashkv' },
  flux: {
    groups: 'source image alert resume suspend reconcile export trace tree',
    reads: 'events check stats all sources kustomizations kustomization helmreleases helmrelease git helm oci bucket images',
    changes: 'reconcile suspend resume',
  },
  velero: {
    groups: 'backup restore schedule backup-location snapshot-location snapshot plugin repo client server debug',
    reads: '',
  },
  vault: {
    groups: 'kv auth secrets token policy lease audit operator namespace plugin pki sys transit',
    reads: 'members lookup capabilities metadata',
    changes: 'read unwrap login ssh get',
  },
  consul: { groups: 'kv catalog acl config intention snapshot operator', reads: 'members datacenters nodes services' },
  nomad: { groups: 'job node alloc server namespace acl var operator system deployment eval', reads: 'members' },
  istioctl: { reads: 'analyze proxy-status proxy-config ps pc x dashboard', groups: 'experimental x tag' },
  linkerd: { reads: 'check stat edges endpoints diagnostics routes dashboard', groups: 'viz multicluster' },
  cilium: { reads: 'connectivity monitor', groups: 'bpf endpoint identity node policy service hubble clustermesh sysdump' },
  kops: { groups: 'get toolbox', reads: 'clusters cluster instances' },
  kubeadm: { groups: 'token config certs upgrade alpha', reads: 'check-expiration images' },
  kubeconform: { reads: '' },
  kustomize: { reads: 'build cfg' },
  stern: { reads: '' },
  kubectx: {},
  kubens: {},
  gh: {
    groups:
      'pr issue repo release run workflow gist secret variable ssh-key auth cache label project ruleset extension codespace org',
    reads: 'checks',
    changes: 'clone checkout',
  },
  glab: { groups: 'mr issue repo release ci pipeline variable auth label', reads: '' },
  'ansible-doc': { reads: '' },
  'ansible-galaxy': { groups: 'role collection', reads: '' },
  'ansible-inventory': { reads: '' },
  'ansible-config': { reads: 'dump' },
  'ansible-lint': { reads: '' },
  rabbitmqctl: {
    reads:
      'list_queues list_exchanges list_bindings list_connections list_channels list_users list_consumers cluster_status node_health_check environment report',
  },
  ceph: {
    groups: 'osd mon mgr mds pg fs auth config orch crash device',
    reads: 'health tree df versions quorum_status dump perf pool',
  },
  rbd: { groups: 'snap mirror trash', reads: 'du' },
  azcopy: { groups: 'jobs', reads: 'doc', changes: 'copy cp sync make' },
  restic: { reads: 'snapshots cat ls find', groups: 'key' },
  borg: { groups: 'key', reads: '' },
  rclone: { groups: 'config', reads: 'lsd lsl lsf lsjson size about cat ncdu md5sum sha1sum listremotes' },
  mc: { groups: 'admin', reads: 'du' },
  amtool: { groups: 'alert silence config template', reads: 'routes' },
  promtool: {
    groups: 'check query test debug tsdb',
    reads: 'instant range series labels rules metrics analyze list config healthy ready',
  },
  logcli: { reads: 'query labels series instant-query volume' },
  multipass: { reads: 'networks aliases' },
  virsh: { reads: 'dominfo domstate domstats nodeinfo vcpuinfo' },
  supervisorctl: { reads: 'avail tail maintail' },
  loginctl: {
    reads: 'list-sessions session-status user-status show-session show-user list-users seat-status list-seats show-seat',
  },
  timedatectl: { reads: 'timesync-status show-timesync list-timezones' },
  hostnamectl: { reads: '' },
  localectl: { reads: 'list-locales list-keymaps' },
  resolvectl: { reads: 'statistics dns domain', changes: 'flush-caches reset-statistics reset-server-features revert' },
  networkctl: { reads: 'lldp' },
  busctl: { reads: 'tree introspect monitor get-property' },
  nodetool: {
    reads:
      'tpstats ring gossipinfo netstats cfstats tablestats compactionstats describecluster describering proxyhistograms tablehistograms getendpoints failuredetector toppartitions listsnapshots',
  },
  patronictl: { reads: 'topology dsn' },
  pgbackrest: { reads: '' },
  barman: { reads: '' },
  'wal-g': { reads: 'backup-list' },
  repmgr: { groups: 'cluster node', reads: 'matrix crosscheck' },
  calicoctl: { groups: 'node ipam', reads: '' },
  hubble: { reads: 'observe' },
  chronyc: { reads: 'tracking sources sourcestats activity ntpdata' },
};

/** Programs that, called without a word, print a state or a list. */
const BARE_READS = new Set(
  'ceph kubectx kubens timedatectl hostnamectl localectl resolvectl networkctl busctl loginctl chronyc stern kubeconform'.split(
    ' ',
  ),
);
/** Programs whose words are names of what to look at. */
const WORDS_ARE_NAMES = new Set(['ansible-doc', 'ansible-inventory', 'ansible-lint', 'stern', 'kubeconform']);

/** Options before the verb that take a value; any other there makes the verb uncertain. */
const VALUED =
  /^--?(n|namespace|context|kube-context|kubeconfig|c|config|server|address|endpoints?|cluster|region|profile|o|output|org|repo|R|r|token|url|host|H|M|user|key|cert|cacert|project|w|write-out|alertmanager\.url|addr)$/;

const reader =
  ({ groups = '', reads = '', changes = '' }: Client): ToolReader =>
  (words, { stdin, pipedFrom }, tool) => {
    const { path, uncertain } = pathOf(words);
    const [first = ''] = path;
    const grouped = groups.split(' ').includes(first) && path[1] !== undefined;
    const verb = (grouped ? path[1] : first) ?? '';
    const texts = words.map(({ text }) => text);
    const deep = grouped && effectOfVerb(verb) === 'unknown' ? path[2] : undefined;
    const namespace = namespaceOf(texts);
    const described: Description = {
      verb: path.slice(0, grouped ? 2 : 1).join(' '),
      effect: 'unknown',
      kinds: ['platform'],
      targets: path.slice(grouped ? 2 : 1, 12),
      ...(namespace === undefined ? {} : { namespace }),
    };
    const known = effectOf(tool, verb, deep, reads.split(' '), changes.split(' '));
    const effect = grouped && known === 'read' && changes.split(' ').includes(first) ? 'change' : known; // `suspend kustomization x`
    // Without a word of their own some of them do what they read.
    if (path.length === 0 && (stdin !== undefined || pipedFrom.length > 0)) return described;
    const explains =
      texts.at(-1) === '-h' || texts.some((text) => /^--(help|version|dry-run(=(client|server|true))?)$/.test(text));
    if (explains && effect !== 'destroy') return { ...described, effect: 'read', dryRun: true };
    const plugins = texts.some((text) => /^--(enable-(exec|alpha-plugins|helm|star)|load-restrictor|network)/.test(text));
    const mirrors =
      texts.some((text) => /^--(prune|delete|remove|delete-destination)(=true)?$/.test(text)) ||
      (tool === 'rclone' && verb === 'sync');
    const worst =
      (mirrors && effect !== 'read') || sendsDelete(texts)
        ? 'destroy'
        : effect === 'read' && (plugins || (texts.includes('-d') && tool !== 'stern'))
          ? 'change'
          : effect;
    return {
      ...described,
      effect: worst,
      marks: worst === 'destroy' ? ['platform-delete'] : [],
      unresolved: uncertain && !WORDS_ARE_NAMES.has(tool) ? ['an option before the verb could hide it'] : [],
    };
  };

/** `gh api -X DELETE …`: the method says it, not the verb. */
const sendsDelete = (texts: readonly string[]): boolean =>
  texts.some(
    (text, index) =>
      /^(-X|--method=?)?DELETE$/i.test(text) && (/^-/.test(text) || /^(-X|--method)$/.test(texts[index - 1] ?? '')),
  );

const namespaceOf = (texts: readonly string[]): string | undefined => {
  const at = texts.findIndex((text) => text === '-n' || text === '--namespace');
  return at < 0 ? undefined : texts[at + 1];
};

/** What a word below one that looks says: only one that changes something counts against it. */
const effectBelow = (word: string): Description['effect'] => {
  const known = effectOfVerb(word);
  if (known === 'destroy' || known === 'change') return known;
  return /^(rename|mk|rm)/.test(word) ? 'change' : 'read';
};

const effectOf = (
  tool: string,
  verb: string,
  deep: string | undefined,
  reads: readonly string[],
  changes: readonly string[],
): Description['effect'] => {
  if (verb === '') return BARE_READS.has(tool) || WORDS_ARE_NAMES.has(tool) ? 'read' : 'unknown';
  if (changes.includes(verb)) return 'change';
  if (reads.includes(verb) || WORDS_ARE_NAMES.has(tool)) return deep === undefined ? 'read' : effectBelow(deep);
  const known = effectOfVerb(verb);
  return known === 'unknown' && deep !== undefined ? effectOfVerb(deep) : known;
};

/** The words that are no options, and whether an option that could take a value stands before the first two. */
const pathOf = (words: readonly Arg[]): { path: string[]; uncertain: boolean } => {
  const path: string[] = [];
  let uncertain = false;
  for (let at = 0; at < words.length; at += 1) {
    const { text = '', known = true } = words[at] ?? {};
    if (text.startsWith('-')) {
      if (text.includes('=')) continue;
      if (VALUED.test(text)) at += 1;
      else if (path.length === 0 && words[at + 1] !== undefined && !words[at + 1]?.text.startsWith('-') && text.startsWith('--'))
        uncertain = true;
      continue;
    }
    if (!known && path.length < 2) uncertain = true;
    path.push(text);
  }
  return { path, uncertain };
};

/** Clients of platforms, each by its verbs. */
export const CATALOGUE: Record<string, ToolReader> = Object.fromEntries(
  Object.keys(CLIENTS).map((name) => [name, reader(own(CLIENTS, name) ?? {})]),
);
