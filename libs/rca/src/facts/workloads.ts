import type { WorkloadFact } from './fact.js';
import { entryAt, parseDescribe, valueAt } from './describe.js';
import { numberAt, objectAt, objectsAt, objectsIn, textAt, type JsonObject } from './json.js';
import type { Row } from './table.js';

const REPLICAS = /(\d+) desired.{0,80}?(\d+) available/;
const BAD_CONDITION = /\b(?:MinimumReplicasUnavailable|ProgressDeadlineExceeded|ReplicaFailure|FailedCreate)\b/;

const describedWorkload = (id: string, lines: readonly string[]): WorkloadFact[] => {
  const entries = parseDescribe(lines);
  const replicas = REPLICAS.exec(valueAt(entries, 'Replicas'));
  if (replicas === null) return [];
  const conditions = entryAt(entries, 'Conditions')?.lines ?? [];
  return [
    {
      name: valueAt(entries, 'Name'),
      namespace: valueAt(entries, 'Namespace'),
      desired: Number(replicas[1]),
      ready: Number(replicas[2]),
      complaints: conditions.filter((line) => BAD_CONDITION.test(line)),
      ids: [id],
    },
  ];
};

const apiWorkload = (id: string, value: JsonObject): WorkloadFact[] => {
  const metadata = objectAt(value, 'metadata');
  const status = objectAt(value, 'status');
  const native = /^(Deployment|StatefulSet|DaemonSet|ReplicaSet)$/.test(textAt(value, 'kind') ?? '');
  const desired = native
    ? (numberAt(objectAt(value, 'spec'), 'replicas') ?? numberAt(status, 'desiredNumberScheduled'))
    : numberAt(value, 'desired', 'desired_replicas');
  const name = textAt(metadata, 'name') ?? textAt(value, 'name');
  if (desired === undefined || name === undefined) return [];
  const conditions = objectsAt(native ? status : value, 'conditions');
  return [
    {
      name,
      namespace: textAt(metadata, 'namespace') ?? textAt(value, 'namespace') ?? '',
      desired,
      ready:
        (native
          ? numberAt(status, 'readyReplicas', 'availableReplicas', 'numberReady')
          : numberAt(value, 'ready', 'available')) ?? 0,
      complaints: conditions
        .filter((condition) => BAD_CONDITION.test(textAt(condition, 'reason') ?? ''))
        .map((condition) => `${textAt(condition, 'reason') ?? ''}: ${textAt(condition, 'message') ?? ''}`),
      ids: [id],
    },
  ];
};

/** Rows `name 1/1 1 1 18d` of `kubectl get deployments`, with or without heading and namespace. */
const tableWorkload = (id: string, { cells }: Row): WorkloadFact[] => {
  const at = cells.findIndex((cell) => /^\d{1,4}\/\d{1,4}$/.test(cell));
  if (at < 1 || !/^\d{1,4}$/.test(cells[at + 1] ?? '') || !/^\d{1,4}$/.test(cells[at + 2] ?? '')) return [];
  const [ready, desired] = (cells[at] ?? '').split('/').map(Number);
  return [
    {
      name: cells[at - 1] ?? '',
      namespace: cells[at - 2] ?? '',
      desired: desired ?? 0,
      ready: ready ?? 0,
      complaints: [],
      ids: [id],
    },
  ];
};

/** Deployments and their kin, out of whatever form an item has. Several reports of one are joined, the worse counts. */
export const workloadsOf = (id: string, document: unknown, lines: readonly string[], rows: readonly Row[]): WorkloadFact[] => [
  ...objectsIn(document).flatMap((value) => apiWorkload(id, value)),
  ...describedWorkload(id, lines),
  ...rows.flatMap((row) => tableWorkload(id, row)),
];

export const mergeWorkloads = (workloads: readonly WorkloadFact[]): WorkloadFact[] => {
  const byName = new Map<string, WorkloadFact>();
  for (const found of workloads) {
    const known = byName.get(found.name);
    const worse = known === undefined || found.ready - found.desired <= known.ready - known.desired ? found : known;
    byName.set(found.name, {
      ...worse,
      complaints: [...new Set([...(known?.complaints ?? []), ...found.complaints])],
      ids: [...new Set([...(known?.ids ?? []), ...found.ids])],
    });
  }
  return [...byName.values()];
};
