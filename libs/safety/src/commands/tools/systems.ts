import type { Arg, CommandFact } from '../command-fact.js';
import { has, readOptions, says, spelledOut } from '../options.js';
import type { ToolReader } from './tool.js';

const DATABASE_UNIT =
  /^(postgres|mysql|mariadb|mongo|redis|valkey|cassandra|etcd|kafka|rabbitmq|elasticsearch|opensearch|clickhouse|cockroach|influx|oracle|mssql|couchdb|zookeeper|consul|vault)/;
const CORE_UNIT =
  /^(ssh|sshd|network|networking|NetworkManager|systemd-|dbus|docker|containerd|kubelet|firewalld|ufw|auditd|crio|cri-o)/;

/** Marks that a service unit deserves when it is stopped. */
const unitMarks = (units: readonly string[]): string[] => [
  ...(units.some((unit) => DATABASE_UNIT.test(unit.replace(/^.*@/, ''))) || units.some((unit) => DATABASE_UNIT.test(unit))
    ? ['stops-database']
    : []),
  ...(units.some((unit) => CORE_UNIT.test(unit)) ? ['stops-core-service'] : []),
];

const UNIT_VALUED = new Set(
  't type state p property H host M machine n lines o output s signal kill-whom when root P job-mode message what value kill-value'.split(
    ' ',
  ),
);

/** Units whose start takes the host down, or everything on it. */
const POWER_UNIT =
  /^(systemd-)?(reboot|poweroff|halt|kexec|rescue|emergency|shutdown|exit|suspend|hibernate|hybrid-sleep|suspend-then-hibernate|sleep|soft-reboot|ctrl-alt-del|umount|final|runlevel[016])(\.\w+)?$/i;
const DRY_RUNS =
  /^(halt|poweroff|reboot|kexec|suspend|hibernate|hybrid-sleep|suspend-then-hibernate|default|rescue|emergency|exit)$/;
const STARTS = /^((try-|cond|force-)?re(start|load)|start|(try-)?reload-or-restart|enable|reenable|isolate)$/;

const systemctl: ToolReader = (words) => {
  const { flags, operands } = readOptions(words, UNIT_VALUED);
  const [verb = 'list-units', ...units] = operands;
  // Only what takes the host down knows a dry run; the other verbs do what they do.
  if (says(words, UNIT_VALUED, 'help', 'version') || (DRY_RUNS.test(verb) && says(words, UNIT_VALUED, 'dry-run')))
    return { verb, effect: 'read', dryRun: true };
  if (STARTS.test(verb) && units.some((unit) => POWER_UNIT.test(unit)))
    return { verb, effect: 'destroy', kinds: ['host'], targets: units, flags, marks: ['stops-host'] };
  const effect: CommandFact['effect'] =
    /^(halt|poweroff|reboot|kexec|emergency|rescue|exit|switch-root|suspend|hibernate|hybrid-sleep|default|isolate|soft-reboot|sleep)$/.test(
      verb,
    )
      ? 'destroy'
      : /^(stop|kill|disable|mask|clean|revert)$/.test(verb)
        ? 'destroy'
        : /^(start|restart|try-restart|reload|reload-or-restart|try-reload-or-restart|condrestart|reset-failed)$/.test(verb)
          ? units.some((unit) => /[*?[]/.test(unit)) ||
            (units.length === 0 && verb !== 'reset-failed') ||
            (unitMarks(units).length > 0 && !/^(start|reset-failed)$/.test(verb)) ||
            has(flags, 'H', 'host', 'M', 'machine', 'root')
            ? 'change'
            : 'remedy'
          : /^(enable|reenable|unmask|set-|edit|link|preset|import|daemon-|add-|bind|mount-image|service-log|unset|freeze|thaw|cancel)/.test(
                verb,
              )
            ? 'change'
            : /^(status|show|cat|list-|is-|get-default|help|show-environment|log-target|log-level|whoami)/.test(verb)
              ? units.length > 0 && /^log-/.test(verb)
                ? 'change'
                : 'read'
              : 'unknown';
  const power = /^(halt|poweroff|reboot|kexec|emergency|rescue|exit|switch-root)$/.test(verb);
  return {
    verb,
    effect,
    kinds: ['service'],
    targets: units,
    flags,
    force: has(flags, 'f', 'force'),
    marks: [...(power ? ['stops-host'] : []), ...(/^(stop|kill|disable|mask|clean)$/.test(verb) ? unitMarks(units) : [])],
  };
};

const service: ToolReader = (words) => {
  const [unit = '', verb = ''] = words.map(({ text }) => text);
  if (unit.startsWith('-')) return { effect: /^(--status-all|--version|--help|-h|-V)$/.test(unit) ? 'read' : 'change' };
  if (STARTS.test(verb) && POWER_UNIT.test(unit))
    return { verb, effect: 'destroy', kinds: ['host'], targets: [unit], marks: ['stops-host'] };
  const effect = /^(restart|start|reload|force-reload|try-restart)$/.test(verb)
    ? verb !== 'start' && unitMarks([unit]).length > 0
      ? 'change'
      : 'remedy'
    : /^status$/.test(verb)
      ? 'read'
      : /^stop$/.test(verb)
        ? 'destroy'
        : 'change';
  return { verb, effect, kinds: ['service'], targets: [unit], marks: verb === 'stop' ? unitMarks([unit]) : [] };
};

const power: ToolReader = (words, _invocation, tool) => {
  const { flags } = readOptions(words);
  if (has(flags, 'help', 'c', 'show') || (tool !== 'shutdown' && has(flags, 'w', 'wtmp-only')))
    return { effect: has(flags, 'help', 'show') ? 'read' : 'change' };
  return { verb: tool, effect: 'destroy', kinds: ['host'], marks: ['stops-host'], force: has(flags, 'f', 'force') };
};

const init: ToolReader = (words) =>
  /^[016]$/.test(words[0]?.text ?? '') ? { effect: 'destroy', kinds: ['host'], marks: ['stops-host'] } : { effect: 'change' };

const kill: ToolReader = (words, _invocation, tool) => {
  const texts = words.map(({ text }) => text);
  if (texts.some((text) => /^-(l|L|-list|-table|V|-version|-help)/.test(text))) return { effect: 'read' };
  const everyone =
    (tool === 'kill' && texts.slice(1).includes('-1')) || (tool === 'pkill' && texts.some((text) => /^[.^$*]+$/.test(text)));
  const signal = texts.some((text) => /^-(0|-signal=0)$/.test(text));
  if (signal) return { effect: 'read' };
  const name = texts.find((text) => !text.startsWith('-')) ?? '';
  const hard = texts.some((text) => /^-(9|KILL|SIGKILL|s(ignal)?=?(9|KILL))$/i.test(text));
  return {
    effect: everyone ? 'destroy' : 'change',
    kinds: ['process'],
    targets: [name],
    force: hard,
    scopeAll: everyone,
    marks: [...(everyone ? ['kills-everything'] : []), ...(tool !== 'kill' ? unitMarks([name.replace(/^\^/, '')]) : [])],
  };
};

const RULE_VERBS = ['append', 'insert', 'delete', 'replace', 'policy', 'new-chain', 'rename-chain', 'zero', 'flush'];
/** Whatever else is said, a rule is changed; a word like `-L` may then be the value of an option of a match. */
const writesRules = (words: readonly Arg[], flags: ReadonlyMap<string, string>): boolean =>
  ['A', 'I', 'D', 'R', 'P', 'N', 'E', 'Z'].some((name) => flags.has(name)) ||
  spelledOut(words, RULE_VERBS).some(({ text }) => RULE_VERBS.includes(text.slice(2)) && text.startsWith('--'));

const firewall: ToolReader = (words, _invocation, tool) => {
  const { flags, operands } = readOptions(
    words,
    new Set(['t', 'table', 'A', 'I', 'D', 'P', 'p', 's', 'd', 'j', 'i', 'o', 'dport', 'sport', 'm']),
  );
  const flush = /^(ip6?tables|arptables|ebtables)/.test(tool)
    ? has(flags, 'F', 'flush', 'X', 'delete-chain')
    : tool === 'nft'
      ? operands[0] === 'flush'
      : tool === 'ufw'
        ? /^(disable|reset)$/.test(operands[0] ?? '') || operands[1] === 'disable' || operands[1] === 'reset'
        : operands[0] === '--panic-on' || has(flags, 'panic-on');
  const look = /^(ip6?tables)/.test(tool)
    ? has(flags, 'L', 'list', 'S', 'list-rules', 'V', 'version', 'C') && !flush && !writesRules(words, flags)
    : /^(list|status|show|version)$/.test(operands[0] ?? '') ||
      [...flags.keys()].some((name) => /^(list|get|query|state|version|help)/.test(name));
  const policy = flags.has('P') || flags.has('policy');
  const accept = flags.get('P') === 'ACCEPT' || (policy && operands.includes('ACCEPT'));
  const drop = policy && operands.some((word) => /^(DROP|REJECT)$/.test(word));
  return {
    verb: flush ? 'flush' : (operands[0] ?? ''),
    effect: flush ? 'destroy' : look || tool.endsWith('-save') ? 'read' : 'change',
    kinds: ['firewall'],
    marks: [...(flush ? ['flushes-firewall'] : []), ...(accept ? ['opens-firewall'] : []), ...(drop ? ['cuts-network'] : [])],
    scopeAll: flush,
  };
};

const ip: ToolReader = (words) => {
  const { operands } = readOptions(words, new Set(['n', 'netns', 'f', 'family']));
  if (words.some(({ text }) => /^--?b(a|at|atc|atch)?$/.test(text)))
    return { verb: 'batch', effect: 'unknown', kinds: ['network'], unresolved: ['ip runs a file'] };
  const verb = operands[1] ?? 'show';
  if (/^(s|sh|sho|show|l|ls|lis|list|get|monitor|help|m)$/.test(verb)) return { verb, effect: 'read' };
  if (/^(flush|f)$/.test(verb) || (verb === 'set' && operands.includes('down')))
    return { verb, effect: 'destroy', kinds: ['network'], marks: ['cuts-network'], targets: operands.slice(2) };
  return { verb, effect: /^(del|delete|d)$/.test(verb) ? 'destroy' : 'change', kinds: ['network'], targets: operands.slice(2) };
};

const SHOWS_ARRAY = /^(-[DEQ]|--(detail|examine|query|brief|export))$/;

const PARTED_LOOKS =
  /^(\/dev\/.*|p|print|free|devices|list|all|unit|[kmgt]?i?b|s|%|cyl|chs|compact|\d+|help|quit|version|align-check|min(imal)?|opt(imal)?)$/i;
const SGDISK_LOOKS = /^(p|print|i|info|l|L|list|list-types|v|verify|V|version|help|O|print-mbr|D|display-alignment)$/;

const disk: ToolReader = (words, _invocation, tool) => {
  const { flags, operands } = readOptions(words, new Set(['n', 't', 'L', 's']));
  const look =
    has(flags, 'l', 'list', 'help', 'version', 'V', 'v', 'print') ||
    operands.includes('print') ||
    operands.includes('list') ||
    operands.includes('unit');
  const writes = /^(lvremove|vgremove|pvremove|zpool|zfs|mdadm|cryptsetup)$/.test(tool);
  const destroys =
    /^(lvremove|vgremove|pvremove|lvreduce|vgreduce)$/.test(tool) ||
    operands.some((word) => /^(destroy|rm|mklabel|mktable|mkpart|luksFormat|luksErase|erase|labelclear|rollback)$/i.test(word)) ||
    has(flags, 'zero-superblock', 'Z', 'zap-all', 'z', 'o', 'clear', 'delete', 'd', 'wipe', 'X');
  // `parted` and `sgdisk` do one thing after another: each has to look.
  const others =
    (tool === 'parted' && operands.some((word) => !PARTED_LOOKS.test(word))) ||
    (tool === 'sgdisk' && [...flags.keys()].some((name) => !SGDISK_LOOKS.test(name)));
  const reads = look && !destroys && !others;
  const shows =
    tool === 'mdadm' && operands.length > 0 && words.every(({ text }) => !text.startsWith('-') || SHOWS_ARRAY.test(text));
  if (writes && !destroys)
    return {
      effect:
        shows || /^(list|status|get|history|iostat)$/.test(operands[0] ?? '')
          ? 'read'
          : operands[0] === 'scrub'
            ? 'remedy'
            : 'change',
    };
  return { effect: reads ? 'read' : 'destroy', kinds: ['device'], targets: operands, marks: reads ? [] : ['formats'] };
};

const crontab: ToolReader = (words) => {
  const { flags, operands } = readOptions(words, new Set(['u']));
  if (has(flags, 'r')) return { effect: 'destroy', kinds: ['schedule'], marks: ['removes-schedule'] };
  return { effect: has(flags, 'l') ? 'read' : operands.length > 0 || has(flags, 'e') ? 'change' : 'change' };
};

const journal: ToolReader = (words) => ({
  effect: words.some(({ text }) =>
    /^--(vacuum|rotate|flush|setup-keys|update-catalog|relinquish|smart-relinquish|sync)/.test(text),
  )
    ? 'change'
    : 'read',
  marks: [],
});

export const SYSTEM_TOOLS: Record<string, ToolReader> = {
  systemctl,
  service,
  shutdown: power,
  reboot: power,
  halt: power,
  poweroff: power,
  init,
  telinit: init,
  kill,
  pkill: kill,
  killall: kill,
  killall5: kill,
  iptables: firewall,
  ip6tables: firewall,
  nft: firewall,
  ufw: firewall,
  'firewall-cmd': firewall,
  arptables: firewall,
  ebtables: firewall,
  'iptables-save': firewall,
  ip,
  fdisk: disk,
  sfdisk: disk,
  cfdisk: disk,
  sgdisk: disk,
  gdisk: disk,
  parted: disk,
  lvremove: disk,
  vgremove: disk,
  pvremove: disk,
  lvreduce: disk,
  zpool: disk,
  zfs: disk,
  mdadm: disk,
  cryptsetup: disk,
  crontab,
  journalctl: journal,
  sysctl: (words) => ({
    effect: words.some(({ text }) => text.includes('=') || /^-(w|p|-write|-load|-system)/.test(text)) ? 'change' : 'read',
    marks: words.some(({ text }) => /^kernel\./.test(text) && text.includes('=')) ? ['writes-kernel'] : [],
  }),
  modprobe: () => ({ effect: 'change', marks: ['kernel-module'] }),
  insmod: () => ({ effect: 'change', marks: ['kernel-module'] }),
  rmmod: () => ({ effect: 'destroy', marks: ['kernel-module'] }),
  userdel: () => ({ effect: 'destroy', kinds: ['user'], marks: ['removes-user'] }),
  groupdel: () => ({ effect: 'destroy', kinds: ['user'], marks: ['removes-user'] }),
  deluser: () => ({ effect: 'destroy', kinds: ['user'], marks: ['removes-user'] }),
  useradd: () => ({ effect: 'change', kinds: ['user'] }),
  adduser: () => ({ effect: 'change', kinds: ['user'] }),
  usermod: (words) => ({
    effect: 'change',
    kinds: ['user'],
    marks: words.some(({ text }) => /^(root|sudo|wheel|docker|admin)$/.test(text)) ? ['widens-rights'] : [],
  }),
  passwd: (words) => ({
    effect: words.some(({ text }) => /^(-S|--status)$/.test(text)) ? 'read' : 'change',
    kinds: ['user'],
    marks: [],
  }),
  chpasswd: () => ({ effect: 'change', marks: ['changes-password'] }),
  visudo: (words) =>
    words.some(({ text }) => /^(-c|--check)$/.test(text)) ? { effect: 'read' } : { effect: 'change', marks: ['widens-rights'] },
  setenforce: (words) => ({ effect: 'change', marks: /^(0|permissive)$/i.test(words[0]?.text ?? '') ? ['disables-guard'] : [] }),
  swapoff: () => ({ effect: 'change' }),
  umount: () => ({ effect: 'change', kinds: ['device'] }),
  mount: (words) => {
    const { flags, operands } = readOptions(words, new Set(['t', 'types']));
    const lists =
      operands.length === 0 && [...flags.keys()].every((name) => /^(l|show-labels|t|types|V|version|h|help)$/.test(name));
    return { effect: lists ? 'read' : 'change', kinds: ['device'] };
  },
};
