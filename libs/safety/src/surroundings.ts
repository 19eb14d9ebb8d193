import { evidenceItems, type EvidenceSnapshot } from '@inquest/contracts';
import { budgetsInJson, budgetsInText, guards, type DisruptionBudget } from './surroundings/disruption-budgets.js';
import { edgesInJson, edgesInText, topologyOf, type Edge, type Topology } from './surroundings/topology.js';
import { podsInJson, podsInText, type PodsSeen } from './surroundings/workload-state.js';

export interface Workload {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** What stands around the things that an action names: who depends on them, what guards them, what they hold. */
export interface Surroundings extends Topology {
  /** The disruption budgets over a workload's pods; empty when the evidence shows none. */
  budgetsOf(workload: Workload): readonly DisruptionBudget[];
  /** Whether its pods mount persistent volumes; undefined when the evidence does not show how they are made. */
  holdsVolumes(workload: Workload): boolean | undefined;
  /** How many pods the evidence shows on a node; undefined when it shows none. */
  podsOn(node: string): number | undefined;
}

/**
 * Reads the surroundings out of a snapshot; linear in its size, never throws. What is recalled or from a third party is left
 * out: it may not say that something is harmless.
 */
export const surroundingsOf = (snapshot: EvidenceSnapshot): Surroundings => {
  const edges: Edge[] = [];
  const services: string[] = [];
  const budgets: DisruptionBudget[] = [];
  const pods: PodsSeen[] = [];
  for (const { dimension, item } of evidenceItems(snapshot)) {
    if (!item.trusted || dimension === 'history' || (item.status !== 'ok' && item.status !== 'truncated')) continue;
    if (dimension === 'topology') {
      const read = edgesInJson(item.json);
      edges.push(...read.edges, ...edgesInText(item.text ?? ''));
      services.push(...read.services);
    }
    if (dimension !== 'kubernetes' && dimension !== 'topology') continue;
    budgets.push(...budgetsInJson(item.json), ...budgetsInText(item.text ?? ''));
    pods.push(...podsInJson(item.json), ...podsInText(item.text ?? ''));
  }
  const of = ({ kind, name }: Workload): PodsSeen[] => pods.filter(({ owner }) => owner === `${kind}/${name}`);
  return {
    ...topologyOf(edges, services),
    budgetsOf: (workload) => {
      const labels = of(workload).find((seen) => seen.labels)?.labels;
      return budgets.filter((budget) => guards(budget, { ...workload, ...(labels ? { labels } : {}) }));
    },
    holdsVolumes: (workload) => {
      const seen = of(workload);
      return seen.length === 0 ? undefined : seen.some(({ claims }) => claims);
    },
    podsOn: (node) => {
      const there = new Set(pods.filter((seen) => seen.node === node && seen.owner.startsWith('pod/')).map(({ owner }) => owner));
      return there.size === 0 ? undefined : there.size;
    },
  };
};
