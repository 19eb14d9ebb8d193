import { isNode, listOf, textOf, type Node } from './manifest-fact.js';

const HOST_RIGHTS = new Set(['privileged', 'allowPrivilegeEscalation', 'hostPID', 'hostNetwork', 'hostIPC']);
const CAPABILITIES = /^(CAP_)?(ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|SYS_RAWIO|DAC_READ_SEARCH|NET_ADMIN|BPF)$/i;
const STRONG_ROLES = /^(cluster-admin|admin|edit|system:masters)$/;
const STRONG_VERBS = new Set(['*', 'escalate', 'bind', 'impersonate']);
const ANYONE = /^system:(anonymous|unauthenticated|authenticated|masters|serviceaccounts)$/;

/** What a field with this name and value means, wherever in a manifest, a patch or a chart's values it stands. */
export const fieldMarks = (field: string, value: unknown): string[] => {
  const on = value === true || value === 'true';
  const off = value === 0 || value === '0';
  if (HOST_RIGHTS.has(field)) return on ? ['privileged-pod'] : [];
  switch (field) {
    case 'hostPath':
      return value === null || value === undefined ? [] : ['privileged-pod'];
    case 'procMount':
      return value === 'Unmasked' ? ['privileged-pod'] : [];
    case 'replicas':
    case 'replicaCount':
    case 'maxReplicas':
      return off ? ['scale-to-zero'] : [];
    case 'finalizers':
      return value === null || value === undefined || (Array.isArray(value) && value.length === 0) ? ['removes-finalizers'] : [];
    case '$patch':
      return value === 'delete' || value === 'replace' ? ['deletes-by-patch'] : [];
    case 'image':
      return imageMarks(textOf(value));
    case 'tag':
      return value === 'latest' || value === '' ? ['image-unpinned'] : [];
    case 'pod-security.kubernetes.io/enforce':
      return value === 'privileged' ? ['rbac-widening'] : [];
    case 'clusterAdmin':
    case 'cluster-admin':
      return on ? ['rbac-widening'] : [];
    default:
      return [];
  }
};

/** What a group of fields means together. */
export const nodeMarks = (node: Node): string[] => {
  const roleRef = isNode(node['roleRef']) ? node['roleRef'] : {};
  const capabilities = isNode(node['capabilities']) ? node['capabilities'] : {};
  const rights = 'verbs' in node && ('resources' in node || 'apiGroups' in node || 'nonResourceURLs' in node);
  const verbs = listOf(node['verbs']).map(textOf);
  const resources = listOf(node['resources']).map(textOf);
  return [
    ...(STRONG_ROLES.test(textOf(roleRef['name'])) ? ['rbac-widening'] : []),
    ...(rights && (verbs.some((verb) => STRONG_VERBS.has(verb)) || resources.includes('*')) ? ['rbac-widening'] : []),
    ...(rights && resources.some((resource) => /^(secrets|pods\/exec|nodes\/proxy|serviceaccounts\/token)$/.test(resource))
      ? ['rbac-widening']
      : []),
    ...(listOf(node['subjects']).some((subject) => isNode(subject) && ANYONE.test(textOf(subject['name'])))
      ? ['rbac-widening']
      : []),
    ...(listOf(capabilities['add']).some((name) => CAPABILITIES.test(textOf(name))) ? ['privileged-pod'] : []),
    ...(node['kind'] === 'PodDisruptionBudget' && isNode(node['spec']) && weakensBudget(node['spec']) ? ['weakens-guard'] : []),
  ];
};

const weakensBudget = (spec: Node): boolean =>
  spec['minAvailable'] === 0 || spec['minAvailable'] === '0%' || spec['maxUnavailable'] === '100%';

/** `image-unpinned` when the tag may mean another image tomorrow; `image-from-nowhere` when neither registry nor digest is named. */
export const imageMarks = (image: string): string[] => {
  if (image === '' || image.includes('@sha256:') || /\{\{|\$\(|\$\{/.test(image)) return [];
  const slash = image.lastIndexOf('/');
  const tag = /:([\w.-]+)$/.exec(image.slice(slash + 1))?.[1];
  const host = slash < 0 ? '' : image.slice(0, image.indexOf('/'));
  return [
    ...(tag === undefined || tag === 'latest' ? ['image-unpinned'] : []),
    ...(/[.:]|^localhost$/.test(host) ? [] : ['image-from-nowhere']),
  ];
};
