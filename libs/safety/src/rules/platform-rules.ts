import type { CommandFact } from '../commands/command-fact.js';
import { commandRule, marked, type HardRule } from './hard-rule.js';

const isKubectl = ({ tool }: CommandFact): boolean => /^(kubectl|oc|k)$/.test(tool);
const deletes = (fact: CommandFact, ...kinds: string[]): boolean =>
  isKubectl(fact) && fact.effect === 'destroy' && fact.verb === 'delete' && fact.kinds.some((kind) => kinds.includes(kind));

const K8S = 'https://kubernetes.io/docs/reference/kubectl/generated';

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

/** What must not be done to a cluster, a cloud, a repository or a database through its client. */
export const PLATFORM_RULES: HardRule[] = [
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
      id: 'k8s-delete-manifest',
      reason: 'It deletes whatever a manifest holds that is only known once it runs, or that holds more than a pod.',
      reference: `${K8S}/kubectl_delete/`,
    },
    (fact) => isKubectl(fact) && marked(fact, 'deletes-manifest'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'k8s-replace-force',
      reason: 'It deletes an object to create it anew: until then nothing serves, and what it held is gone.',
      reference: `${K8S}/kubectl_replace/`,
    },
    (fact) => isKubectl(fact) && marked(fact, 'deletes-by-replacement') && !fact.dryRun,
  ),
  commandRule(
    'REJECT',
    {
      id: 'k8s-exposed-secret',
      reason: 'It reads or copies a credential in clear.',
      reference: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
    },
    (fact) => marked(fact, 'copies-secret') || (marked(fact, 'reads-secret') && !isKubectl(fact)),
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
    (fact) => fact.tool === 'git' && marked(fact, 'discards-work', 'deletes-branch'),
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
      id: 'program-deletes',
      reason: 'A program in the command line calls something that deletes.',
      reference: 'https://attack.mitre.org/techniques/T1485/',
    },
    (fact) => marked(fact, 'code-deletes'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'platform-delete',
      reason: 'It deletes something that a platform keeps: an application, a backup, a release, a repository.',
      reference: 'https://sre.google/sre-book/data-integrity/',
    },
    (fact) => marked(fact, 'platform-delete'),
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
