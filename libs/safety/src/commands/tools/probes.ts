import type { Invocation } from '../command-fact.js';
import { own } from '../../own.js';

/** When a program that can do more only looks. Whatever is left out is not looked at; one that does not hold leaves it unknown. */
interface Probe {
  /** A word that makes it look. */
  readonly needs?: RegExp;
  /** What every option must be. */
  readonly options?: RegExp;
  /** What the words that are no options, joined by blanks, must be. */
  readonly operands?: RegExp;
  /** A word with which it does more than look. */
  readonly never?: RegExp;
  /** What it must be told on standard input. */
  readonly told?: RegExp;
}

const KAFKA: Probe = {
  needs: /^--(list|describe|verify|version|help|get-offsets|state|members)$/,
  never: /^--(delete|alter|create|execute|reset-offsets|add|remove|delete-offsets|cancel|elect\w*|to-\w+|shift-by|producer-\w+)/,
};
const KAFKA_TOOLS =
  /^kafka-(topics|consumer-groups|configs|acls|log-dirs|broker-api-versions|get-offsets|metadata-quorum|reassign-partitions|features|cluster|transactions)$/;
const COMPRESSION: Probe = {
  needs: /^(-[dkqvn]*[clt][cdkqvn]*|--(list|test|stdout|to-stdout))$/,
  options: /^(-[cdklqtvn]+|--(list|test|stdout|to-stdout|decompress|keep|quiet|verbose))$/,
};
const CONFIG_TEST: Probe = {
  needs: /^(-[tTvVSM]+|configtest|status|fullstatus)$/,
  options: /^-[tTvVSMq]+$/,
  operands: /^(configtest|status|fullstatus)?$/,
};

const PROBES: Record<string, Probe> = {
  nginx: { needs: /^-[tTvV]$/, options: /^-[tTvVq]$/, operands: /^$/ },
  haproxy: { needs: /^(-c|-vv?)$/, options: /^(-c|-f|-vv?|-V|-q)$/, operands: /^(\/etc\/(?!\S*\.\.)[\w./-]+ ?)*$/ },
  apachectl: CONFIG_TEST,
  apache2ctl: CONFIG_TEST,
  httpd: CONFIG_TEST,
  'systemd-analyze': {
    operands:
      /^((blame|critical-chain|time|cat-config|unit-paths|unit-files|calendar|timespan|timestamp|dump|plot|dot|security|exit-status|capability|syscall-filter|condition)( |$).*)?$/,
  },
  ntpq: { options: /^-[pnw46]+$/, needs: /^-\w*p/ },
  jps: {},
  jstack: { options: /^-[le]+$/, operands: /^\d+$/ },
  jstat: { options: /^-(gc\w*|class|compiler|printcompilation|t|h\d+|options)$/, operands: /^[\d ]*(ms|s)?[\d ]*$/ },
  jmap: { options: /^-(histo|clstats|finalizerinfo)$/, operands: /^\d+$/, needs: /^-/ },
  jinfo: { options: /^-(flags|sysprops)$/, operands: /^\d+$/ },
  jcmd: {
    options: /^-(l|all)$/,
    operands:
      /^(\d+ (help|Thread\.print|VM\.(flags|version|uptime|system_properties|command_line|native_memory|info|classloader_stats)|GC\.(heap_info|class_histogram)|PerfCounter\.print|JFR\.check)( .*)?)?$/,
  },
  'py-spy': {
    options: /^(-[pnldgjs]|--(pid|native|locals|idle|gil|json|subprocesses|nonblocking))$/,
    operands: /^(dump|top) \d+$/,
  },
  bpftrace: { options: /^(-l|--info|-V)$/, needs: /^(-l|--info|-V)$/ },
  smartctl: {
    options: /^(-[axHiAcdjl]|--(all|xall|health|info|attributes|capabilities|scan|scan-open|json\S*|log=\S+|device=\S+))$/,
    needs: /^(-[axHiAcl]|--(all|xall|health|info|attributes|capabilities|scan|log=\S+))$/,
  },
  ethtool: { options: /^(-[SikgcalmTnudex]|--(statistics|driver|show-\S+|module-info|phy-statistics|version))$/ },
  gzip: COMPRESSION,
  gunzip: COMPRESSION,
  xz: COMPRESSION,
  bzip2: COMPRESSION,
  zstd: COMPRESSION,
  at: { needs: /^-[lc]$/, options: /^-[lc]$/ },
  auditctl: { needs: /^-[ls]$/, options: /^-[lsv]$/, operands: /^$/ },
  ausearch: {},
  aureport: {},
  dmidecode: { options: /^-[tsqu]$/ },
  certbot: { operands: /^(certificates|show_account|plugins)$/ },
  'rabbitmq-diagnostics': {
    operands:
      /^(ping|status|cluster_status|environment|listeners|alarms|memory_breakdown|server_version|runtime_thread_stats|observer|check_\w+|list_\w+|node_health_check)( |$)/,
  },
  rabbitmqadmin: { operands: /^(list|show) / },
  nats: {
    operands:
      /^(rtt|account info|(stream|consumer|kv|object|s|str|con) (info|ls|list|report|state|status|history|find|graph)|server (info|list|ls|ping|report|check|graph))( |$)/,
  },
  crane: { operands: /^(ls|catalog|config|digest|manifest|version|validate)( |$)/ },
  kind: { operands: /^(get|version)( |$)/ },
  minikube: { operands: /^(status|ip|logs|version|profile list|addons list|service list|node list)( |$)/ },
  'docker-machine': { operands: /^(ls|ip|status|inspect|config|env|version|active)( |$)/ },
  nmcli: { operands: /^((device|dev|d)( (status|show))?|(connection|con|c)( show)?|(general|g)( status)?)?( [\w-]+)?$/ },
  socat: {
    told: /^(show|help)( [\w ./-]+)?\n?$/,
    operands:
      /^(stdio|-|STDIO) (unix-connect:|UNIX-CONNECT:|UNIX:)?\/(var\/)?run\/[\w./-]+\.sock$|^(unix-connect:|UNIX-CONNECT:|UNIX:)?\/(var\/)?run\/[\w./-]+\.sock (stdio|-|STDIO)$/,
  },
};

/** True when a program with no reader of its own only looks at something as it is called here. */
export const onlyProbes = (tool: string, { argv, stdin }: Invocation): boolean => {
  const name = tool.replace(/\.sh$/, '');
  const probe = own(PROBES, name) ?? (KAFKA_TOOLS.test(name) ? KAFKA : undefined);
  const words = argv.slice(1);
  if (!probe || words.some(({ known }) => !known)) return false;
  const texts = words.map(({ text }) => text.slice(0, 400));
  const options = texts.filter((text) => /^-./.test(text));
  const operands = texts.filter((text) => !/^-./.test(text)).join(' ');
  return (
    (!probe.needs || texts.some((text) => probe.needs?.test(text))) &&
    (!probe.options || options.every((text) => probe.options?.test(text))) &&
    (!probe.operands || probe.operands.test(operands)) &&
    (!probe.never || !texts.some((text) => probe.never?.test(text))) &&
    (!probe.told || (stdin?.known === true && probe.told.test(stdin.text)))
  );
};
