import type { KnownFault } from '../fault-types.js';
import { quote, unique } from '../facts/text.js';
import { componentOf, fromSightings, timesSeen, type Rule } from './rule.js';

const STARTUP: readonly KnownFault[] = [
  'crash_loop',
  'rollout_stuck',
  'no_endpoints',
  'probe_failure',
  'readiness_probe_failure',
  'code_exception',
  'gateway_errors',
];

/** A variable that the process insists on is not set. */
export const variableMissing: Rule = (scene) =>
  fromSightings(scene, scene.seen('variable_missing'), {
    rule: 'variable-missing',
    category: 'configuration_error',
    faultType: 'env_var_missing',
    base: 0.87,
    wouldRefute: ['the variable present in the container’s environment'],
    explains: [...STARTUP, 'config_invalid', 'container_start_error'],
    cause: (first, all) => {
      const names = unique(all.map(({ about }) => about)).filter((about) => about !== '');
      return `${first.subject || 'The workload'} fails because environment variable ${names.join(', ') || 'it needs'} is missing or undefined: “${quote(first.text, 200)}”.`;
    },
  });

/** A ConfigMap, a Secret or one of their keys does not exist. */
export const configMissing: Rule = (scene) =>
  fromSightings(scene, scene.seen('config_missing'), {
    rule: 'config-missing',
    category: 'configuration_error',
    faultType: 'config_missing',
    base: 0.9,
    wouldRefute: ['the object and the key present in the pod’s namespace'],
    explains: [...STARTUP, 'mount_failed', 'config_invalid', 'env_var_missing', 'forbidden'],
    cause: (first, all) => {
      const name = all.map(({ about }) => about).find((about) => about !== '');
      const text = all.find(({ text: said }) => /not found|couldn't find/i.test(said))?.text ?? first.text;
      return `${first.subject || 'The pod'} cannot start: ConfigMap, Secret or key${name === undefined ? '' : ` ${name}`} does not exist (CreateContainerConfigError). “${quote(text, 220)}”`;
    },
  });

/** The process rejects its own configuration. */
export const configInvalid: Rule = (scene) =>
  fromSightings(scene, scene.seen('config_invalid'), {
    rule: 'config-invalid',
    category: 'configuration_error',
    faultType: 'config_invalid',
    base: 0.7,
    wouldRefute: ['the same configuration accepted by another replica'],
    explains: STARTUP,
    cause: (first) =>
      `${first.subject || 'The workload'} rejects its configuration or misses a file: “${quote(first.text, 240)}”.`,
  });

/** Kubernetes or the cloud says no: RBAC, a service account, an admission rule. */
export const forbidden: Rule = (scene) => [
  ...fromSightings(scene, scene.seen('forbidden'), {
    rule: 'forbidden',
    category: 'configuration_error',
    faultType: 'forbidden',
    base: 0.78,
    wouldRefute: ['`kubectl auth can-i` answering yes for that account'],
    explains: [...STARTUP, 'config_invalid'],
    cause: (first) =>
      `${first.subject || 'The workload'} lacks a permission (RBAC role, service account or admission rule): “${quote(first.text, 240)}”.`,
  }),
  ...fromSightings(
    scene,
    scene.seen('file_denied').filter(({ ids }) => ids.length > 0),
    {
      rule: 'file-denied',
      category: 'configuration_error',
      faultType: 'file_permission',
      base: 0.62,
      wouldRefute: ['the same user able to write there'],
      explains: STARTUP,
      cause: (first) =>
        `${first.subject || 'The process'} may not use a file or volume (permission denied or read-only file system): “${quote(first.text, 220)}”.`,
    },
  ),
];

/** A volume that cannot be attached or mounted. */
export const mountFailed: Rule = (scene) =>
  fromSightings(scene, scene.seen('mount_failed'), {
    rule: 'mount',
    category: 'infrastructure',
    faultType: 'mount_failed',
    base: 0.76,
    wouldRefute: ['a later SuccessfulMountVolume event'],
    explains: ['crash_loop', 'rollout_stuck', 'no_endpoints'],
    cause: (first) =>
      `${first.subject || 'The pod'} waits for a volume that cannot be mounted or attached: “${quote(first.text, 240)}”.`,
  });

/** A certificate ran out or is not trusted. */
export const certificate: Rule = (scene) =>
  fromSightings(scene, scene.seen('certificate'), {
    rule: 'certificate',
    category: 'configuration_error',
    faultType: 'certificate_expired',
    base: 0.82,
    wouldRefute: ['a certificate with a notAfter in the future and a known issuer'],
    explains: ['dependency_unreachable', 'gateway_errors', 'credentials_rejected', 'log_errors', 'probe_failure'],
    cause: (first, all) =>
      `A TLS certificate has expired or is not trusted (${timesSeen(all)} failures at ${first.subject || 'the workload'}): “${quote(first.text, 220)}”.`,
  });

/** Names and secrets that the other side does not accept. */
export const credentials: Rule = (scene) =>
  fromSightings(scene, scene.seen('credentials'), {
    rule: 'credentials',
    category: 'configuration_error',
    faultType: 'credentials_rejected',
    base: 0.68,
    wouldRefute: ['the same credentials accepted from another client'],
    explains: ['crash_loop', 'rollout_stuck', 'log_errors', 'dependency_unreachable'],
    cause: (first) =>
      `${first.subject || 'The workload'} is rejected by a service it needs: user, password or token is wrong or has been rotated. “${quote(first.text, 220)}”`,
  });

/** A Service that selects nothing, and routes that lead nowhere. */
export const routing: Rule = (scene) => [
  ...fromSightings(scene, scene.seen('no_endpoints'), {
    rule: 'no-endpoints',
    category: 'configuration_error',
    faultType: 'no_endpoints',
    base: 0.74,
    wouldRefute: ['pods that carry the selector’s labels but are not Ready'],
    explains: ['gateway_errors', 'dependency_unreachable'],
    component: (first) => /Service "?([\w.-]{2,80}?)"? has no/.exec(first.text)?.[1] ?? componentOf(first.subject, scene),
    cause: (first) =>
      `${first.subject || 'The Service'} has no endpoints: its selector or port matches no Ready pod. “${quote(first.text, 220)}”`,
  }),
  ...fromSightings(scene, scene.seen('ingress'), {
    rule: 'ingress',
    category: 'configuration_error',
    faultType: 'route_misconfigured',
    base: 0.66,
    wouldRefute: ['the backend answering through the same route'],
    explains: ['gateway_errors'],
    cause: (first) =>
      `Ingress, gateway or route of ${first.subject || 'the service'} points to something that is not there: “${quote(first.text, 220)}”.`,
  }),
];

/** A resource type that the cluster does not know was asked for: whoever relies on it is not installed. */
export const missingExtension: Rule = (scene) => {
  const gap = scene.facts.gaps.find(({ why }) => /doesn't have a resource type/.test(why));
  const type = /resource type "?([\w.-]+)/.exec(gap?.why ?? '')?.[1];
  if (gap === undefined || type === undefined) return [];
  return [
    {
      rule: 'extension-missing',
      category: 'configuration_error',
      faultType: 'extension_missing',
      component: scene.incident.service ?? scene.pods[0]?.workload ?? scene.facts.workloads[0]?.name ?? type,
      // A failed lookup proves little: it stays advice below the line of abstention.
      cause: `The cluster knows no resource type ${type}: its operator (CRD) is probably not installed, so nothing of that type acts on the workload.`,
      base: 0.34,
      support: [{ kind: 'lookup_failed', subject: type, statement: gap.why, evidenceIds: [gap.id] }],
      refute: [],
      wouldRefute: ['`kubectl api-resources` listing the type'],
      explains: [],
      relevance: 0,
    },
  ];
};
