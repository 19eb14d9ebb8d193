import type { EvidenceSnapshot } from '@inquest/contracts';
import { kindOf } from '../commands/tools/kubectl.js';
import { podWithOwner } from './owners.js';
import { isAnswer } from './sources.js';

type Node = Readonly<Record<string, unknown>>;

/** `512Mi`, `500m`: the amount and its unit. */
export interface Limit {
  readonly amount: number;
  readonly unit: string;
}

const QUANTITY = { memory: /^(\d{1,6})(Mi|Gi)$/, cpu: /^(\d{1,6})(m)$/ } as const;
const DEPTH_MAX = 20;

/**
 * The limit that objects of the API show for a workload's containers. Undefined when they show none, or not the same for all
 * containers: the command that raises it sets one value for all. What a log says of a limit counts for nothing.
 */
export const limitOf = (
  snapshot: EvidenceSnapshot,
  workload: { readonly kind: string; readonly name: string },
  resource: keyof typeof QUANTITY,
): Limit | undefined => {
  const limits = snapshot.kubernetes.filter(isAnswer).flatMap(({ json }) => limitsIn(json, '', workload, resource, 0));
  const [, amount, unit = ''] = QUANTITY[resource].exec(limits[0] ?? '') ?? [];
  return amount !== undefined && limits.every((limit) => limit === limits[0]) ? { amount: Number(amount), unit } : undefined;
};

/** One entry for each container; empty where it has no limit. */
const limitsIn = (
  value: unknown,
  key: string,
  workload: { readonly kind: string; readonly name: string },
  resource: string,
  depth: number,
): string[] => {
  if (depth > DEPTH_MAX) return [];
  if (Array.isArray(value)) return value.flatMap((item) => limitsIn(item, key, workload, resource, depth + 1));
  if (!isNode(value)) return [];
  if (belongsTo(value, key, workload)) return containersOf(value).flatMap((container) => limitOfContainer(container, resource));
  return Object.entries(value).flatMap(([name, inner]) => limitsIn(inner, name, workload, resource, depth + 1));
};

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (node: Node, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isNode(inner) ? inner[name] : undefined), node);
const textAt = (node: Node, ...path: string[]): string => {
  const value = at(node, ...path);
  return typeof value === 'string' ? value : '';
};

/** An API object has its kind written in it; an item of a list such as `pods` has it from the list. */
const belongsTo = (node: Node, key: string, workload: { readonly kind: string; readonly name: string }): boolean => {
  const kind = kindOf(textAt(node, 'kind') || key);
  const name = textAt(node, 'metadata', 'name') || textAt(node, 'name');
  if (name === '') return false;
  if (kind !== 'pod') return kind === workload.kind && name === workload.name;
  const [reference] = listAt(node, 'metadata', 'ownerReferences');
  const controller = reference && { kind: kindOf(textAt(reference, 'kind')), name: textAt(reference, 'name') };
  const [, owner] = podWithOwner(name, undefined, controller);
  return owner?.kind === workload.kind && owner.name === workload.name;
};

const listAt = (node: Node, ...path: string[]): Node[] => {
  const list = at(node, ...path);
  return Array.isArray(list) ? list.filter(isNode) : [];
};

const containersOf = (node: Node): Node[] => [
  ...listAt(node, 'containers'),
  ...listAt(node, 'spec', 'containers'),
  ...listAt(node, 'spec', 'template', 'spec', 'containers'),
];

/** A summary may leave resources out altogether, which says nothing about limits. */
const limitOfContainer = (container: Node, resource: string): string[] =>
  isNode(container['resources']) ? [textAt(container, 'resources', 'limits', resource)] : [];
