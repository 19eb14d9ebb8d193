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
