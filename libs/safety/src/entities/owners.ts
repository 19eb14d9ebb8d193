import type { Sighting } from '../entities.js';

/** The alphabet of Kubernetes' generated suffixes: no vowels, so that no words appear. */
const GENERATED = /^[bcdfghjklmnpqrstvwxz2456789]+$/;

/** What a pod's name tells of its owner: `web-7f9dd8b6c4-x7gr9` belongs to deployment `web`, `db-0` to statefulset `db`. */
export const ownerOfPod = (pod: string): { kind: string; name: string } | undefined => {
  const [, deployment, hash = '', suffix = ''] = /^(.+)-([a-z0-9]{6,10})-([a-z0-9]{5})$/.exec(pod) ?? [];
  if (deployment && GENERATED.test(suffix) && (GENERATED.test(hash) || /^[a-f0-9]{8,10}$/.test(hash)))
    return { kind: 'deployment', name: deployment };
  const [, statefulset] = /^(.+)-\d{1,3}$/.exec(pod) ?? [];
  return statefulset ? { kind: 'statefulset', name: statefulset } : undefined;
};

/** The deployment of a replica set named `web-7f9dd8b6c4`. */
export const ownerOfReplicaSet = (name: string): { kind: string; name: string } | undefined => {
  const [, deployment] = /^(.+)-([a-z0-9]{6,10})$/.exec(name) ?? [];
  return deployment ? { kind: 'deployment', name: deployment } : undefined;
};

/** A pod with the workload that its name or its owner gives away. */
export const podWithOwner = (
  name: string,
  namespace: string | undefined,
  controller?: { kind: string; name: string },
): Sighting[] => {
  const owner = controller
    ? controller.kind === 'replicaset'
      ? ownerOfReplicaSet(controller.name)
      : controller
    : ownerOfPod(name);
  const place = namespace ? { namespace } : {};
  const pod: Sighting = { kind: 'pod', name, ...place, ...(owner ? { owner } : {}), inferred: false };
  return owner ? [pod, { ...owner, ...place, inferred: true }] : [pod];
};
