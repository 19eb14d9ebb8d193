import type { KnownFault } from '../fault-types.js';
import type { Sighting } from '../facts/sightings.js';
import { quote, unique } from '../facts/text.js';
import type { Scene } from '../scene.js';
import { componentOf, found, fromSightings, type Draft, type Rule, type SightingRule } from './rule.js';

const KNOWN = ['insufficient', 'taint', 'affinity', 'volume_affinity', 'too_many_pods', 'claim_unbound'] as const;

const EXPLAINS: readonly KnownFault[] = ['unschedulable', 'rollout_stuck', 'no_endpoints', 'crash_loop', 'anomaly'];

const pending = (scene: Scene, first: Sighting): string =>
  first.subject || (scene.pods.find(({ status }) => status === 'Pending')?.name ?? 'the pod');

type Reason = Omit<SightingRule, 'wouldRefute'>;

const REASONS: Record<(typeof KNOWN)[number], Reason> = {
  insufficient: {
    rule: 'pending-resources',
    category: 'resource_exhaustion',
    faultType: 'insufficient_resources',
    base: 0.88,
    explains: [...EXPLAINS, 'taint_mismatch', 'affinity_mismatch'],
    cause: (first, all, scene) => {
      const kinds = unique(all.map(({ about }) => about.replace(/\.$/, '')));
      const names = kinds.map((kind) => (/gpu/i.test(kind) ? `${kind} (GPU)` : kind)).join(', ');
      return `${pending(scene, first)} stays Pending: no node has enough free ${names} for its requests. The scheduler says: “${quote(first.text, 220)}” (Insufficient ${names}).`;
    },
  },
  taint: {
    rule: 'pending-taint',
    category: 'configuration_error',
    faultType: 'taint_mismatch',
    base: 0.8,
    explains: EXPLAINS,
    cause: (first, all, scene) => {
      const taint = all.map(({ about }) => about).find((about) => about !== '');
      return `${pending(scene, first)} stays Pending: it has no toleration for the nodes' taint${taint === undefined ? '' : ` ${taint}`}. “${quote(first.text, 220)}”`;
    },
  },
  affinity: {
    rule: 'pending-affinity',
    category: 'configuration_error',
    faultType: 'affinity_mismatch',
    base: 0.85,
    explains: EXPLAINS,
    cause: (first, _all, scene) =>
      `${pending(scene, first)} stays Pending: no node matches its node selector, node affinity or anti-affinity rules. “${quote(first.text, 220)}”`,
  },
  volume_affinity: {
    rule: 'pending-volume-zone',
    category: 'configuration_error',
    faultType: 'volume_affinity_conflict',
    base: 0.82,
    explains: EXPLAINS,
    cause: (first, _all, scene) =>
      `${pending(scene, first)} stays Pending: its volume lives in another zone than the nodes that could run it. “${quote(first.text, 220)}”`,
  },
  too_many_pods: {
    rule: 'pending-pod-slots',
    category: 'resource_exhaustion',
    faultType: 'too_many_pods',
    base: 0.82,
    explains: EXPLAINS,
    cause: (first, _all, scene) =>
      `${pending(scene, first)} stays Pending: the nodes run as many pods as they may (too many pods). “${quote(first.text, 220)}”`,
  },
  claim_unbound: {
    rule: 'pending-claim',
    category: 'configuration_error',
    faultType: 'pvc_unbound',
    base: 0.84,
    explains: [...EXPLAINS, 'mount_failed'],
    component: (first, scene) => (first.subject === '' && first.about !== '' ? first.about : componentOf(first.subject, scene)),
    cause: (first, all, scene) => {
      const claim = all.map(({ about }) => about).find((about) => about !== '');
      return `${pending(scene, first)} cannot start: its PersistentVolumeClaim${claim === undefined ? '' : ` ${claim}`} (PVC) is not bound, so its volume or StorageClass is missing. “${quote(first.text, 220)}”`;
    },
  },
};

/** A pod that no node takes, by the scheduler's own reason. */
export const pendingPod: Rule = (scene) => {
  const named = KNOWN.flatMap((name) =>
    fromSightings(scene, scene.seen(name), {
      ...REASONS[name],
      wouldRefute: ['the pod scheduled since', 'a node with room and without the objection'],
    }),
  );
  const bare = fromSightings(scene, scene.seen('unschedulable'), {
    rule: 'pending',
    category: 'resource_exhaustion',
    faultType: 'unschedulable',
    base: 0.5,
    wouldRefute: ['the pod scheduled since'],
    explains: ['rollout_stuck'],
    cause: (first) => `${pending(scene, first)} stays Pending: the scheduler finds no node for it. “${quote(first.text, 220)}”`,
  });
  return [...named, ...bare];
};

/** A quota of the namespace forbids more pods or more of a resource. */
export const quotaExceeded: Rule = (scene) =>
  fromSightings(scene, scene.seen('quota'), {
    rule: 'quota',
    category: 'resource_exhaustion',
    faultType: 'quota_exceeded',
    base: 0.86,
    wouldRefute: ['`kubectl describe resourcequota` with room left'],
    explains: ['rollout_stuck', 'forbidden', 'unschedulable', 'no_endpoints'],
    cause: (first, all) => {
      const quota = all.map(({ about }) => about).find((about) => about !== '');
      return `${first.subject || 'The workload'} cannot create pods: the namespace's ResourceQuota${quota === undefined ? '' : ` ${quota}`} is exceeded. “${quote(first.text, 240)}”`;
    },
  });

const HELD_UP = /evict|violat|drain|disruptions? (?:allowed:? ?0|0)|0 disruptions/i;

/** A disruption budget holds up a drain or an eviction; that one exists holds up nobody. */
export const disruptionBudget: Rule = (scene) =>
  fromSightings(
    scene,
    scene.seen('disruption_budget').filter(({ text }) => HELD_UP.test(text)),
    {
      rule: 'disruption-budget',
      category: 'configuration_error',
      faultType: 'pdb_blocks_eviction',
      base: 0.78,
      wouldRefute: ['allowed disruptions above zero'],
      explains: ['rollout_stuck'],
      cause: (first) =>
        `A PodDisruptionBudget (PDB) of ${first.subject || 'the workload'} allows no disruption, so the eviction or drain cannot go on. “${quote(first.text, 220)}”`,
    },
  );

/** A node that runs as many pods as it may. */
export const fullNode: Rule = (scene) =>
  scene.facts.nodes.flatMap((node): Draft[] => {
    if (node.pods === undefined || node.podsMax === undefined || node.pods < node.podsMax * 0.95) return [];
    return [
      {
        rule: 'node-pod-slots',
        category: 'resource_exhaustion',
        faultType: 'too_many_pods',
        component: node.name,
        cause: `Node ${node.name} runs ${node.pods} of at most ${node.podsMax} pods: too many pods for its capacity, it can take no more.`,
        base: 0.84,
        support: [found('node_pods', node.name, `${node.pods} of ${node.podsMax} pods`, node.ids)],
        refute: [],
        wouldRefute: ['a higher pod limit on the kubelet', 'pods that ended but are still counted'],
        explains: ['unschedulable'],
        relevance: scene.relevance(node.name),
      },
    ];
  });
