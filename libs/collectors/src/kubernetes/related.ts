import { isObjectName, type Subject } from '../subject.js';
import type { Pod, ReplicaSet, Workload } from './objects.js';

export const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
export type Kind = (typeof KINDS)[number];
export type Owned = Pick<Pod, 'metadata'>;

export interface Inventory {
  readonly pods: readonly Pod[];
  readonly replicaSets: readonly ReplicaSet[];
  readonly workloads: readonly KindedWorkload[];
}
export interface KindedWorkload extends Workload {
  readonly kind: Kind;
}

/** What of a namespace the incident is about. */
export interface Affected {
  /** False: nothing bears the names of the alert, and what is unhealthy in the namespace was taken instead. */
  readonly isNamed: boolean;
  readonly pods: readonly Pod[];
  readonly workloads: readonly KindedWorkload[];
}

const NAME_LABELS = ['app.kubernetes.io/name', 'app.kubernetes.io/instance', 'app', 'k8s-app', 'name'];
const WORKLOAD_LABELS = ['deployment', 'statefulset', 'daemonset', 'workload', 'app', 'service', 'job', 'container'];

/** Every name in the alert that an object could have. */
const namesIn = ({ incident: { labels }, service, pod }: Subject): Set<string> =>
  new Set(
    [service, pod, ...WORKLOAD_LABELS.map((label) => labels[label])].map((name) => name?.split('/').at(-1)).filter(isObjectName),
  );

/** Who made the object, from the nearest to the farthest, as `Kind/name`. */
export const ownersOf = ({ metadata }: Owned, { replicaSets }: Inventory): string[] => {
  const references = metadata.ownerReferences ?? [];
  const owner = references.find(({ controller }) => controller === true) ?? references[0];
  if (!owner) return [];
  const set = owner.kind === 'ReplicaSet' ? replicaSets.find((one) => one.metadata.name === owner.name) : undefined;
  return [`${owner.kind}/${owner.name}`, ...(set ? ownersOf(set, { pods: [], workloads: [], replicaSets: [] }) : [])];
};

export const affectedBy = (subject: Subject, inventory: Inventory): Affected => {
  const names = namesIn(subject);
  const bearsName = ({ metadata }: Owned): boolean =>
    names.has(metadata.name) || NAME_LABELS.some((label) => names.has(metadata.labels?.[label] ?? ''));
  const named = inventory.pods.filter(
    (pod) => bearsName(pod) || [...names].some((name) => pod.metadata.name.startsWith(`${name}-`)),
  );
  const above = new Set(named.flatMap((pod) => ownersOf(pod, inventory)));
  const workloads = inventory.workloads.filter((one) => bearsName(one) || above.has(`${one.kind}/${one.metadata.name}`));
  const own = new Set(workloads.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const pods = inventory.pods.filter((pod) => named.includes(pod) || ownersOf(pod, inventory).some((owner) => own.has(owner)));
  if (pods.length > 0 || workloads.length > 0) return { isNamed: true, pods: unhealthyFirst(pods), workloads };
  return {
    isNamed: false,
    pods: inventory.pods.filter(isUnhealthy),
    workloads: inventory.workloads.filter(isShort),
  };
};

export const isUnhealthy = ({ status }: Pod): boolean => {
  if (status?.phase === 'Succeeded') return false;
  const isReady = status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  return status?.phase !== 'Running' || !isReady || statusesOf(status).some(isTroubled);
};

type Status = NonNullable<Pod['status']>;
export type ContainerStatus = NonNullable<Status['containerStatuses']>[number];

export const statusesOf = (status: Status | null | undefined): ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

/** It waits, failed, or was started again; a container that has done its work and ended is well. */
export const isTroubled = ({ ready, restartCount, state }: ContainerStatus): boolean => {
  if (state?.terminated) return (state.terminated.exitCode ?? 0) !== 0;
  return Boolean(state?.waiting) || (restartCount ?? 0) > 0 || ready === false;
};

/** Fewer of its pods are ready than it wants. */
const isShort = ({ spec, status }: KindedWorkload): boolean =>
  (status?.readyReplicas ?? status?.numberReady ?? 0) < (spec?.replicas ?? status?.desiredNumberScheduled ?? 0);

const unhealthyFirst = (pods: readonly Pod[]): Pod[] => [...pods].sort((a, b) => Number(isUnhealthy(b)) - Number(isUnhealthy(a)));
