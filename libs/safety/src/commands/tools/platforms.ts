import type { ToolReader } from './tool.js';
import { helm, iac } from './releases.js';
import { git } from './git.js';
import { containers } from './containers.js';
import { cloud, download } from './cloud.js';
import { packages, dropsDatabase, redis, mongo, sqlClient } from './clients.js';

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
  ansible: (words) => {
    const texts = words.map(({ text }) => text);
    const module = texts[texts.findIndex((text) => text === '-m' || text === '--module-name') + 1] ?? '';
    const looks =
      texts.some((text) => /^--(list-hosts|check|syntax-check|version|help)$/.test(text)) ||
      /^(ansible\.builtin\.)?(ping|setup|debug|stat)$/.test(module);
    const removes = texts.some((text) => /\bstate=absent\b/.test(text)) && !looks;
    return {
      verb: module,
      effect: looks ? 'read' : removes ? 'destroy' : 'change',
      kinds: ['host'],
      marks: removes ? ['platform-delete'] : [],
    };
  },
  'ansible-playbook': (words) => ({
    effect: words.some(({ text }) => /^(-C|--(check|syntax-check|list-hosts|list-tasks|list-tags|version|help))$/.test(text))
      ? 'read'
      : 'change',
    kinds: ['host'],
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
  ...Object.fromEntries(
    [
      'clickhouse',
      'sqlite3',
      'duckdb',
      'cqlsh',
      'snowsql',
      'beeline',
      'hive',
      'trino',
      'pgcli',
      'mycli',
      'sqlplus',
      'isql',
      'influx',
    ].map((name) => [name, sqlClient]),
  ),
  pg_dump: () => ({ effect: 'read', kinds: ['database'] }),
  pg_dumpall: () => ({ effect: 'change', kinds: ['database'] }),
  pg_restore: (words) => {
    const drops = words.some(({ text }) => /^(-[a-zA-Z]*c|--clean|-C|--create)/.test(text));
    const lists = words.some(({ text }) => /^(-l|--list)$/.test(text));
    return {
      effect: lists ? 'read' : drops ? 'destroy' : 'change',
      kinds: ['database'],
      marks: drops && !lists ? ['drops-data'] : [],
    };
  },
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
