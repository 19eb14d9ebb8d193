import type { NodeFact } from './fact.js';
import { entryAt, parseDescribe, valueAt } from './describe.js';
import { isObject, objectAt, objectsAt, objectsIn, textAt, numberAt, type JsonObject } from './json.js';
import type { Row } from './table.js';

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];

const readiness = (text: string | undefined): NodeFact['ready'] => {
  const word = (text ?? '').toLowerCase();
  return word === 'true' || word === 'ready' ? 'True' : word === 'false' || word === 'notready' ? 'False' : 'Unknown';
};

const describedNode = (id: string, lines: readonly string[]): NodeFact[] => {
  const entries = parseDescribe(lines);
  const conditions = entryAt(entries, 'Conditions')?.lines ?? [];
  const ready = conditions.find((line) => /^Ready\s/.test(line));
  if (ready === undefined || entryAt(entries, 'Allocatable') === undefined) return [];
  const max = Number(valueAt(entryAt(entries, 'Allocatable')?.children ?? [], 'pods'));
  const running = /\((\d+) in total\)/.exec(valueAt(entries, 'Non-terminated Pods'))?.[1];
  return [
    {
      name: valueAt(entries, 'Name'),
      ready: readiness(/^Ready\s+(\w+)/.exec(ready)?.[1]),
      pressures: PRESSURES.filter((name) => conditions.some((line) => line.startsWith(name) && /^\w+\s+True\b/.test(line))),
      unschedulable: valueAt(entries, 'Unschedulable') === 'true',
      podsMax: max > 0 ? max : undefined,
      pods: running === undefined ? undefined : Number(running),
      complaints: conditions.filter((line) => /\s(?:Unknown|NodeStatusUnknown|KubeletNotReady)\b/.test(line)),
      ids: [id],
    },
  ];
};

const apiNode = (id: string, value: JsonObject): NodeFact[] => {
  const name = textAt(objectAt(value, 'metadata'), 'name') ?? textAt(value, 'name');
  const native = textAt(value, 'kind') === 'Node';
  const flat = 'memory_pressure' in value || 'disk_pressure' in value;
  if (name === undefined || (!native && !flat)) return [];
  const status = objectAt(value, 'status');
  const conditions = objectsAt(native ? status : value, 'conditions');
  const condition = (type: string): JsonObject | undefined => conditions.find((entry) => entry['type'] === type);
  const flatPressure: Record<string, string> = {
    MemoryPressure: 'memory_pressure',
    DiskPressure: 'disk_pressure',
    PIDPressure: 'pid_pressure',
  };
  return [
    {
      name,
      ready: readiness(native ? textAt(condition('Ready') ?? {}, 'status') : textAt(value, 'ready', 'status')),
      pressures: PRESSURES.filter((type) =>
        native ? condition(type)?.['status'] === 'True' : readiness(textAt(value, flatPressure[type] ?? '')) === 'True',
      ),
      unschedulable: objectAt(value, 'spec')['unschedulable'] === true || value['unschedulable'] === true,
      podsMax: numberAt(isObject(status['allocatable']) ? status['allocatable'] : value, 'pods', 'allocatable_pods'),
      pods: numberAt(value, 'pod_count', 'running_pods'),
      complaints: conditions
        .filter((entry) => entry['type'] === 'Ready' && entry['status'] !== 'True')
        .map((entry) => textAt(entry, 'message') ?? ''),
      ids: [id],
    },
  ];
};

const tableNode = (id: string, { byHeading }: Row): NodeFact[] => {
  const status = byHeading.get('status') ?? '';
  if (!/^(?:Not)?Ready\b/.test(status) || byHeading.get('roles') === undefined) return [];
  return [
    {
      name: byHeading.get('name') ?? '',
      ready: readiness(status.split(',')[0]),
      pressures: [],
      unschedulable: status.includes('SchedulingDisabled'),
      podsMax: undefined,
      pods: undefined,
      complaints: [],
      ids: [id],
    },
  ];
};

/** Nodes, out of whatever form an item has. */
export const nodesOf = (id: string, document: unknown, lines: readonly string[], rows: readonly Row[]): NodeFact[] => [
  ...objectsIn(document).flatMap((value) => apiNode(id, value)),
  ...describedNode(id, lines),
  ...rows.flatMap((row) => tableNode(id, row)),
];

export const mergeNodes = (nodes: readonly NodeFact[]): NodeFact[] => {
  const byName = new Map<string, NodeFact>();
  for (const found of nodes) {
    const known = byName.get(found.name);
    byName.set(
      found.name,
      known === undefined
        ? found
        : {
            ...known,
            ready: known.ready === 'True' ? found.ready : known.ready,
            pressures: [...new Set([...known.pressures, ...found.pressures])],
            unschedulable: known.unschedulable || found.unschedulable,
            podsMax: known.podsMax ?? found.podsMax,
            pods: known.pods ?? found.pods,
            complaints: [...new Set([...known.complaints, ...found.complaints])],
            ids: [...new Set([...known.ids, ...found.ids])],
          },
    );
  }
  return [...byName.values()];
};
