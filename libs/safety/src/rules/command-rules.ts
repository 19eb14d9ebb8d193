import { isCredentialPath, isSystemPath } from '../commands/tools/files.js';
import type { CommandFact } from '../commands/command-fact.js';
import { REVISE } from './command-revisions.js';
import { commandRule, marked, type HardRule } from './hard-rule.js';

const isKubectl = ({ tool }: CommandFact): boolean => tool === 'kubectl' || tool === 'oc' || tool === 'k';
const deletes = (fact: CommandFact, ...kinds: string[]): boolean =>
  isKubectl(fact) && fact.effect === 'destroy' && fact.verb === 'delete' && fact.kinds.some((kind) => kinds.includes(kind));

const K8S = 'https://kubernetes.io/docs/reference/kubectl/generated';
const MAN = 'https://man7.org/linux/man-pages';

/** Kinds that hold other objects or data, or grant rights: gone with them is more than what was named. */
const HOLDING_KINDS = [
  'namespace',
  'persistentvolume',
  'persistentvolumeclaim',
  'node',
  'customresourcedefinition',
  'statefulset',
  'storageclass',
  'secret',
  'clusterrole',
  'clusterrolebinding',
  'validatingwebhookconfiguration',
  'mutatingwebhookconfiguration',
  'apiservice',
  'volumesnapshot',
  'prometheusrule',
  'all',
];

const DELETABLE_ROOTS =
  /^(\/tmp\/|\/var\/tmp\/|\.\/(node_modules|dist|build)|(node_modules|dist|build|__pycache__|\.cache)(\/|$))/;

const REJECT: HardRule[] = [
  commandRule(
    'REJECT',
    {
      id: 'k8s-delete-holding',
      reason: 'It deletes a kind that holds other objects, data or rights.',
      reference: `${K8S}/kubectl_delete/`,
    },
    (fact) => deletes(fact, ...HOLDING_KINDS),
  ),
  commandRule(
    'REJECT',
    { id: 'k8s-delete-all', reason: 'It deletes every object of a kind.', reference: `${K8S}/kubectl_delete/` },
    (fact) => isKubectl(fact) && fact.verb === 'delete' && fact.effect === 'destroy' && fact.scopeAll,
  ),
  commandRule(
    'REJECT',
    {
      id: 'k8s-scale-to-zero',
      reason: 'It scales a workload to zero: nothing serves any more.',
      reference: `${K8S}/kubectl_scale/`,
    },
    (fact) => marked(fact, 'scale-to-zero') && !fact.dryRun,
  ),
  commandRule(
    'REJECT',
    {
      id: 'k8s-privileged-pod',
      reason: 'It starts or turns a pod into one with rights over its node.',
      reference: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    },
    (fact) => marked(fact, 'privileged-pod', 'node-shell'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'k8s-rbac-widening',
      reason: 'It widens rights in the cluster.',
      reference: 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
    },
    (fact) => marked(fact, 'rbac-widening'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'k8s-finalizers',
      reason: 'It takes finalizers off, so that what they guard is deleted at once.',
      reference: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/',
    },
    (fact) => marked(fact, 'removes-finalizers'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'k8s-exposed-secret',
      reason: 'It reads a service account token or another secret in clear.',
      reference: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
    },
    (fact) => marked(fact, 'reads-secret') && !isKubectl(fact),
  ),
  commandRule(
    'REJECT',
    {
      id: 'helm-uninstall',
      reason: 'It uninstalls a release and everything that belongs to it.',
      reference: 'https://helm.sh/docs/helm/helm_uninstall/',
    },
    (fact) => fact.tool === 'helm' && fact.effect === 'destroy',
  ),
  commandRule(
    'REJECT',
    {
      id: 'iac-destroy',
      reason: 'It destroys infrastructure.',
      reference: 'https://developer.hashicorp.com/terraform/cli/commands/destroy',
    },
    (fact) => fact.kinds.includes('infrastructure') && fact.effect === 'destroy',
  ),
  commandRule(
    'REJECT',
    { id: 'rm-recursive', reason: 'It deletes a directory tree.', reference: `${MAN}/man1/rm.1.html` },
    (fact) =>
      /^(rm|unlink)$/.test(fact.tool) &&
      fact.effect === 'destroy' &&
      (fact.recursive || fact.scopeAll || (fact.force && fact.targets.some((path) => /[*?]/.test(path)))) &&
      !fact.targets.every(
        (path) =>
          DELETABLE_ROOTS.test(path) &&
          !path.includes('..') &&
          !/^\/(var\/)?tmp\/\*?$/.test(path) &&
          fact.unresolved.length === 0,
      ),
  ),
  commandRule(
    'REJECT',
    { id: 'rm-system-file', reason: 'It deletes a system file.', reference: `${MAN}/man7/hier.7.html` },
    (fact) => fact.tool === 'rm' && fact.targets.some(isSystemPath),
  ),
  commandRule(
    'REJECT',
    { id: 'find-delete', reason: 'It deletes everything that a search finds.', reference: `${MAN}/man1/find.1.html` },
    (fact) => marked(fact, 'find-delete'),
  ),
  commandRule(
    'REJECT',
    { id: 'write-device', reason: 'It writes to a device and so over a file system.', reference: `${MAN}/man1/dd.1.html` },
    (fact) => marked(fact, 'writes-device', 'formats', 'wipes'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'truncate-file',
      reason: 'It empties a file, or moves it where nothing comes back from.',
      reference: `${MAN}/man1/truncate.1.html`,
    },
    (fact) => marked(fact, 'truncates', 'moves-to-null'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'write-credentials',
      reason: 'It writes to a file that decides who may log in or what runs at login.',
      reference: 'https://attack.mitre.org/techniques/T1098/',
    },
    (fact) =>
      marked(fact, 'writes-credentials') ||
      (fact.effect !== 'read' && /^(chmod|chown|chgrp|ln)$/.test(fact.tool) && fact.targets.some(isCredentialPath)),
  ),
  commandRule(
    'REJECT',
    { id: 'kernel-write', reason: 'It writes to the kernel or changes its modules.', reference: `${MAN}/man5/proc.5.html` },
    (fact) => marked(fact, 'writes-kernel', 'kernel-module'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'open-permissions',
      reason: 'It opens files to everybody, sets a setuid bit, or does so for a whole tree.',
      reference: `${MAN}/man1/chmod.1.html`,
    },
    (fact) => marked(fact, 'opens-permissions', 'sets-setuid', 'recursive-on-system'),
  ),
  commandRule(
    'REJECT',
    { id: 'stop-host', reason: 'It stops or restarts a whole host.', reference: `${MAN}/man1/systemctl.1.html` },
    (fact) => marked(fact, 'stops-host'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'stop-database',
      reason: 'It stops a database or another store of state.',
      reference: 'https://www.postgresql.org/docs/current/server-shutdown.html',
    },
    (fact) => marked(fact, 'stops-database'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'stop-core-service',
      reason: 'It stops what the host itself needs to be reached or to run containers.',
      reference: `${MAN}/man1/systemctl.1.html`,
    },
    (fact) => marked(fact, 'stops-core-service'),
  ),
  commandRule(
    'REJECT',
    { id: 'kill-everything', reason: 'It signals every process.', reference: `${MAN}/man2/kill.2.html` },
    (fact) => marked(fact, 'kills-everything'),
  ),
  commandRule(
    'REJECT',
    { id: 'flush-firewall', reason: 'It takes the firewall down.', reference: `${MAN}/man8/iptables.8.html` },
    (fact) => marked(fact, 'flushes-firewall', 'opens-firewall', 'cuts-network'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'git-rewrite-remote',
      reason: 'It rewrites or deletes branches that others share.',
      reference: 'https://git-scm.com/docs/git-push',
    },
    (fact) => marked(fact, 'rewrites-remote', 'deletes-remote-branch'),
  ),
  commandRule(
    'REJECT',
    { id: 'git-discard', reason: 'It discards work that is kept nowhere else.', reference: 'https://git-scm.com/docs/git-reset' },
    (fact) => fact.tool === 'git' && marked(fact, 'discards-work', 'deletes-branch') && !(fact.verb === 'clean' && !fact.force),
  ),
  commandRule(
    'REJECT',
    {
      id: 'container-volumes',
      reason: 'It removes volumes, or everything that is not running.',
      reference: 'https://docs.docker.com/reference/cli/docker/system/prune/',
    },
    (fact) => marked(fact, 'removes-volumes'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'container-privileged',
      reason: 'It starts a container with rights over its host.',
      reference: 'https://docs.docker.com/engine/security/',
    },
    (fact) => marked(fact, 'privileged-container'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'cloud-delete',
      reason: 'It deletes a cloud resource.',
      reference: 'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/',
    },
    (fact) => marked(fact, 'cloud-delete'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'http-delete',
      reason: 'It deletes something through an API.',
      reference: 'https://www.rfc-editor.org/rfc/rfc9110#section-9.3.5',
    },
    (fact) => marked(fact, 'http-delete'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'drop-database',
      reason: 'It drops or empties a database.',
      reference: 'https://www.postgresql.org/docs/current/app-dropdb.html',
    },
    (fact) => marked(fact, 'drops-data'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'download-to-shell',
      reason: 'It runs what it has just downloaded or decoded.',
      reference: 'https://attack.mitre.org/techniques/T1059/004/',
    },
    (fact) => marked(fact, 'download-to-shell', 'decoded-to-shell'),
  ),
  commandRule(
    'REJECT',
    { id: 'reverse-shell', reason: 'It hands a shell to the network.', reference: 'https://attack.mitre.org/techniques/T1059/' },
    (fact) => marked(fact, 'reverse-shell'),
  ),
  commandRule(
    'REJECT',
    { id: 'mirror-delete', reason: 'It deletes at the target what the source lacks.', reference: `${MAN}/man1/rsync.1.html` },
    (fact) => marked(fact, 'mirror-delete'),
  ),
  commandRule(
    'REJECT',
    { id: 'remove-user', reason: 'It removes a user or changes who has rights.', reference: `${MAN}/man8/userdel.8.html` },
    (fact) => marked(fact, 'removes-user', 'widens-rights', 'changes-password'),
  ),
  commandRule(
    'REJECT',
    { id: 'remove-schedule', reason: 'It removes all scheduled jobs of a user.', reference: `${MAN}/man1/crontab.1.html` },
    (fact) => marked(fact, 'removes-schedule'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'unknown-destructive',
      reason: 'A program that we do not know is told to delete.',
      reference: 'https://owasp.org/www-community/Fail_securely',
    },
    (fact) => marked(fact, 'unknown-destructive'),
  ),
];

/** The table for simple commands. */
export const COMMAND_RULES: readonly HardRule[] = [...REJECT, ...REVISE];
