import { kindOf } from '../commands/tools/kubectl.js';
import { ownerOfPod, ownerOfReplicaSet } from '../entities/owners.js';
import { isNode, jsonNodes, listAt, nodeAt, textAt, type Node } from './json-nodes.js';

/** What an object of the API tells of its pods. */
export interface PodsSeen {
  /** `kind/name` of the workload, or of the pod itself. */
  readonly owner: string;
  readonly claims: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly node?: string;
}

const WORKLOADS = new Set(['deployment', 'statefulset', 'daemonset', 'replicaset']);

/** Whether pods mount a persistent volume, which labels they carry and which node they are on. */
export const podsInJson = (value: unknown): PodsSeen[] =>
  jsonNodes(value).flatMap(({ node }): PodsSeen[] => {
    const kind = kindOf(textAt(node, 'kind') ?? '');
    const metadata = nodeAt(node, 'metadata');
    const name = textAt(metadata, 'name');
    if (name === undefined || (kind !== 'pod' && !WORKLOADS.has(kind))) return [];
    const own = nodeAt(node, 'spec');
    const template = kind === 'pod' ? node : nodeAt(own, 'template');
    const spec = nodeAt(template, 'spec');
    if (!spec) return [];
    const seen = {
      claims:
        listAt(own, 'volumeClaimTemplates').length > 0 ||
        listAt(spec, 'volumes').some((volume) => isNode(volume) && isNode(volume['persistentVolumeClaim'])),
      ...labelsOf(nodeAt(template, 'metadata', 'labels')),
      ...(kind === 'pod' && textAt(spec, 'nodeName') !== undefined ? { node: textAt(spec, 'nodeName') ?? '' } : {}),
    };
    return ownersOf(kind, name, metadata).map((owner) => ({ owner, ...seen }));
  });

const labelsOf = (labels: Node | undefined): { labels?: Record<string, string> } =>
  labels
    ? {
        labels: Object.fromEntries(
          Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
        ),
      }
    : {};

const ownersOf = (kind: string, name: string, metadata: Node | undefined): string[] => {
  if (kind === 'replicaset') {
    const deployment = ownerOfReplicaSet(name);
    return [`replicaset/${name}`, ...(deployment ? [`${deployment.kind}/${deployment.name}`] : [])];
  }
  if (kind !== 'pod') return [`${kind}/${name}`];
  const [reference] = listAt(metadata, 'ownerReferences');
  const [ownerKind, ownerName] = isNode(reference) ? [kindOf(textAt(reference, 'kind') ?? ''), textAt(reference, 'name')] : [];
  const owner =
    ownerName === undefined || ownerKind === undefined
      ? ownerOfPod(name)
      : ownerKind === 'replicaset'
        ? ownerOfReplicaSet(ownerName)
        : { kind: ownerKind, name: ownerName };
  return [`pod/${name}`, ...(owner ? [`${owner.kind}/${owner.name}`] : [])];
};

/** `kubectl describe pod` names the claims that a pod mounts. */
export const podsInText = (text: string): PodsSeen[] => {
  const lines = text.slice(0, 64_000).split('\n');
  const field = (name: string): string | undefined =>
    lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const name = field('Name');
  if (name === undefined || !lines.some((line) => /^ {2,8}ClaimName:/.test(line))) return [];
  const [kind = '', controller = ''] = field('Controlled By')?.split('/') ?? [];
  const owner =
    kindOf(kind) === 'replicaset' ? ownerOfReplicaSet(controller) : kind ? { kind: kindOf(kind), name: controller } : undefined;
  return [`pod/${name}`, ...(owner ? [`${owner.kind}/${owner.name}`] : [])].map((key) => ({ owner: key, claims: true }));
};
