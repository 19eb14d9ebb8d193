import type { Sighting } from '../entities.js';
import { kindOf } from '../commands/tools/kubectl.js';
import { backendOf } from './backends.js';
import { podWithOwner } from './owners.js';

type Node = Record<string, unknown>;

const DEPTH_MAX = 40;

/** Label names that carry the name of an entity, whoever wrote them. */
const LABELS: Record<string, string> = {
  pod: 'pod',
  pod_name: 'pod',
  kubernetes_pod_name: 'pod',
  deployment: 'deployment',
  kube_deployment: 'deployment',
  statefulset: 'statefulset',
  kube_stateful_set: 'statefulset',
  daemonset: 'daemonset',
  kube_daemon_set: 'daemonset',
  cronjob: 'cronjob',
  job_name: 'job',
  node: 'node',
  node_name: 'node',
  nodename: 'node',
  namespace: 'namespace',
  kube_namespace: 'namespace',
  pod_namespace: 'namespace',
  service: 'service',
  service_name: 'service',
  configmap: 'configmap',
  persistentvolumeclaim: 'persistentvolumeclaim',
  container: 'container',
  container_name: 'container',
  db_instance: 'database',
  db_instance_identifier: 'database',
  dbinstanceidentifier: 'database',
  datname: 'database',
  relname: 'table',
  table: 'table',
  table_name: 'table',
  release: 'release',
  flag: 'flag',
  feature_flag: 'flag',
  flag_key: 'flag',
  hpa: 'horizontalpodautoscaler',
  horizontalpodautoscaler: 'horizontalpodautoscaler',
};

const LISTS = new Set([
  'pods',
  'deployments',
  'statefulsets',
  'daemonsets',
  'nodes',
  'services',
  'cronjobs',
  'jobs',
  'configmaps',
  'namespaces',
  'replicasets',
  'persistentvolumeclaims',
  'horizontalpodautoscalers',
  'resourcequotas',
  'networkpolicies',
]);

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;

/** Members that hold what people or programs wrote, or what the writer of an object may call as he likes; nothing below them names anything. */
const FREE = new Set(
  'annotations stringdata binarydata managedfields matchlabels selector nodeselector env args command'
    .split(' ')
    .concat('log logs lines messages stdout stderr output attributes payload body extra parameters'.split(' ')),
);
/** Members in words. */
const PROSE = new Set(
  'message msg description summary title text note reason comment query cause detail details error output'.split(' '),
);

/** What the typed fields of a JSON value tell: things named, and values of one word each, such as columns or flags. */
export interface Fields {
  readonly sightings: Sighting[];
  readonly words: Set<string>;
}

/** API objects, lists by kind, telling labels, `Kind/name` references; free text and what hangs below it is passed over. */
export const entitiesInJson = (value: unknown): Fields => {
  const found: Fields = { sightings: [], words: new Set() };
  visit(value, undefined, undefined, found, 0);
  return found;
};

const visit = (value: unknown, key: string | undefined, namespace: string | undefined, found: Fields, depth: number): void => {
  if (depth > DEPTH_MAX || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (key !== undefined && LISTS.has(key.toLowerCase()) && typeof item === 'object' && item !== null)
        listed(item as Node, kindOf(key), namespace, found.sightings);
      if (typeof item === 'string' && !PROSE.has((key ?? '').toLowerCase())) noteWord(item, found.words);
      visit(item, undefined, namespace, found, depth + 1);
    }
    return;
  }
  const node = value as Node;
  const inside =
    text((node['metadata'] as Node | undefined)?.['namespace']) ??
    text(node['namespace']) ??
    text(node['kube_namespace']) ??
    namespace;
  apiObject(node, inside, found.sightings);
  const backend = backendOf(node);
  if (backend !== undefined) found.sightings.push({ kind: 'backend', name: backend, inferred: false });
  for (const [name, child] of Object.entries(node)) {
    if (isFree(name, key, node)) continue;
    if (typeof child === 'string' || typeof child === 'number') {
      if (PROSE.has(name.toLowerCase())) continue;
      noteWord(String(child), found.words);
      labelled(name, String(child), inside, found.sightings);
    } else {
      if (REFERENCES.has(name.toLowerCase())) pointedAt(child as Node | null, inside, found.sightings);
      visit(child, name, inside, found, depth + 1);
    }
  }
};

/** Whoever creates an object chooses its labels, and what is in a ConfigMap; only alerts and metrics are told by theirs. */
const isFree = (name: string, parent: string | undefined, node: Node): boolean =>
  FREE.has(name.toLowerCase()) ||
  (name === 'labels' && (parent === 'metadata' || node['metadata'] !== undefined)) ||
  (name === 'data' && (node['kind'] === 'ConfigMap' || node['kind'] === 'Secret'));

/** A number is the value of many things and the name of none. */
const WORD = /^(?![\d.]*$)[\w@][\w@.:/-]{0,252}$/;
const noteWord = (value: string, words: Set<string>): void => {
  if (WORD.test(value)) words.add(value);
};

const REFERENCES = new Set(['involvedobject', 'regarding', 'scaletargetref', 'targetref']);

const pointedAt = (node: Node | null, namespace: string | undefined, found: Sighting[]): void => {
  const [kind, name] = [text(node?.['kind']), text(node?.['name'])];
  if (kind !== undefined && name !== undefined) reference(`${kind}/${name}`, text(node?.['namespace']) ?? namespace, found);
};

const apiObject = (node: Node, namespace: string | undefined, found: Sighting[]): void => {
  const metadata = node['metadata'] as Node | undefined;
  const [kind, name] = [text(node['kind']), text(metadata?.['name'])];
  if (kind === undefined || name === undefined) return;
  const owners = metadata?.['ownerReferences'];
  const owner = Array.isArray(owners) ? (owners[0] as Node | undefined) : undefined;
  const controller =
    owner && text(owner['kind']) && text(owner['name'])
      ? { kind: kindOf(String(owner['kind'])), name: String(owner['name']) }
      : undefined;
  if (kind === 'Pod') found.push(...podWithOwner(name, namespace, controller));
  else
    found.push(
      sized(
        { kind: kindOf(kind), name, ...(namespace ? { namespace } : {}), inferred: false },
        { ...(node['spec'] as Node | undefined), ...statusOf(node) },
      ),
    );
};

const statusOf = (node: Node): Node => {
  const status = node['status'] as Node | undefined;
  return { readyReplicas: status?.['readyReplicas'] };
};

const listed = (node: Node, kind: string, namespace: string | undefined, found: Sighting[]): void => {
  const name = text(node['name']) ?? text((node['metadata'] as Node | undefined)?.['name']);
  if (name === undefined) return;
  const place = text(node['namespace']) ?? text((node['metadata'] as Node | undefined)?.['namespace']) ?? namespace;
  if (kind === 'pod') found.push(...podWithOwner(name, place));
  else
    found.push(
      sized(
        { kind, name, ...(place && kind !== 'node' && kind !== 'namespace' ? { namespace: place } : {}), inferred: false },
        node,
      ),
    );
};

const sized = (sighting: Sighting, node: Node): Sighting => {
  const replicas = count(node['replicas']) ?? count(node['desired']) ?? count(node['desired_replicas']);
  const ready = count(node['readyReplicas']) ?? count(node['ready']) ?? count(node['ready_replicas']) ?? count(node['available']);
  return {
    ...sighting,
    ...(replicas === undefined ? {} : { replicas }),
    ...(ready === undefined ? {} : { readyReplicas: ready }),
  };
};

const labelled = (name: string, value: string, namespace: string | undefined, found: Sighting[]): void => {
  const label = name.toLowerCase();
  const kind = Object.hasOwn(LABELS, label) ? LABELS[label] : undefined;
  const place = namespace && kind !== 'node' && kind !== 'namespace' ? { namespace } : {};
  if (kind === 'pod') found.push(...podWithOwner(value, namespace));
  else if (kind !== undefined) found.push({ kind, name: value, ...place, inferred: false });
  else if (label === 'image' && /[:@]/.test(value)) found.push({ kind: 'image', name: value, inferred: false });
  else if (/^(involved_?object|object|workload)$/.test(label) && value.includes('/')) reference(value, namespace, found);
};

const reference = (value: string, namespace: string | undefined, found: Sighting[]): void => {
  const [kind = '', name = ''] = value.split('/');
  if (name === '') return;
  if (kindOf(kind) === 'pod') found.push(...podWithOwner(name, namespace));
  else found.push({ kind: kindOf(kind), name, ...(namespace ? { namespace } : {}), inferred: false });
};
