import type { ContainerFact, PodFact } from './fact.js';
import { entryAt, parseDescribe, valueAt, type Entry } from './describe.js';
import { isObject, numberAt, objectAt, objectsAt, objectsIn, textAt, type JsonObject } from './json.js';
import { workloadOf } from './names.js';
import type { Row } from './table.js';

const container = (over: Partial<ContainerFact>): ContainerFact => ({
  name: '',
  init: false,
  state: 'unknown',
  reason: '',
  message: '',
  exitCode: undefined,
  lastReason: '',
  lastMessage: '',
  lastExitCode: undefined,
  restarts: 0,
  image: '',
  memoryLimit: '',
  ready: undefined,
  ...over,
});

const stateOf = (text: string): ContainerFact['state'] => {
  const word = text.toLowerCase();
  return word === 'running' || word === 'waiting' || word === 'terminated' ? word : 'unknown';
};

const pod = (id: string, over: Partial<PodFact> & { name: string }): PodFact => ({
  namespace: '',
  workload: workloadOf(over.name),
  node: '',
  status: '',
  ready: undefined,
  restarts: Math.max(0, ...(over.containers ?? []).map(({ restarts }) => restarts)),
  containers: [],
  complaints: [],
  ids: [id],
  ...over,
});

const whole = (text: string): number | undefined => (/^-?\d{1,9}$/.test(text.trim()) ? Number(text) : undefined);

const describedContainer = (entry: Entry, init: boolean): ContainerFact => {
  const state = entryAt(entry.children, 'State');
  const last = entryAt(entry.children, 'Last State');
  const ready = valueAt(entry.children, 'Ready');
  return container({
    name: entry.key,
    init,
    state: stateOf(state?.value ?? ''),
    reason: valueAt(state?.children ?? [], 'Reason'),
    message: valueAt(state?.children ?? [], 'Message'),
    exitCode: whole(valueAt(state?.children ?? [], 'Exit Code')),
    lastReason: valueAt(last?.children ?? [], 'Reason'),
    lastMessage: valueAt(last?.children ?? [], 'Message'),
    lastExitCode: whole(valueAt(last?.children ?? [], 'Exit Code')),
    restarts: whole(valueAt(entry.children, 'Restart Count')) ?? 0,
    image: valueAt(entry.children, 'Image'),
    memoryLimit: valueAt(entryAt(entry.children, 'Limits')?.children ?? [], 'memory'),
    ready: ready === '' ? undefined : ready === 'True',
  });
};

/** A pod out of `kubectl describe pod`. */
export const describedPod = (id: string, lines: readonly string[]): PodFact | undefined => {
  const entries = parseDescribe(lines);
  const name = valueAt(entries, 'Name');
  const containers = entryAt(entries, 'Containers');
  if (name === '' || containers === undefined || entryAt(entries, 'Pod Template') !== undefined) return undefined;
  const conditions = entryAt(entries, 'Conditions')?.lines ?? [];
  const ready = conditions.find((line) => /^Ready\s/.test(line));
  return pod(id, {
    name,
    namespace: valueAt(entries, 'Namespace'),
    node: (valueAt(entries, 'Node').split('/')[0] ?? '').replace('<none>', ''),
    status: valueAt(entries, 'Status'),
    ready: ready === undefined ? (valueAt(entries, 'Status') === 'Pending' ? false : undefined) : /\sTrue\b/.test(ready),
    containers: [
      ...(entryAt(entries, 'Init Containers')?.children ?? []).map((entry) => describedContainer(entry, true)),
      ...containers.children.map((entry) => describedContainer(entry, false)),
    ],
    complaints: [valueAt(entries, 'Message')].filter((text) => text !== ''),
  });
};

/** `state` and `lastState` of the API: one key of running, waiting, terminated; or the flattened form of some tools. */
const apiState = (value: JsonObject): Pick<ContainerFact, 'state' | 'reason' | 'message' | 'exitCode'> => {
  const state = (['running', 'waiting', 'terminated'] as const).find((key) => value[key] !== undefined && value[key] !== false);
  const nested = state === undefined ? {} : objectAt(value, state);
  const detail = Object.keys(nested).length > 0 ? nested : value;
  return {
    state: state ?? 'unknown',
    reason: textAt(detail, 'reason') ?? '',
    message: textAt(detail, 'message') ?? '',
    exitCode: numberAt(detail, 'exitCode', 'exit_code'),
  };
};

/** Flattened states put the last termination into words: `last terminated: reason=OOMKilled, exit_code=137`. */
const LAST_IN_WORDS = /last (?:terminated|state)[^=]{0,20}reason=(\w+)(?:, ?exit_?code=(-?\d{1,4}))?/i;

const apiContainer = (value: JsonObject, spec: JsonObject | undefined, init: boolean): ContainerFact => {
  const state = apiState(objectAt(value, 'state'));
  const last = apiState(objectAt(value, isObject(value['lastState']) ? 'lastState' : 'last_state'));
  const words = LAST_IN_WORDS.exec(state.message);
  const limits = objectAt(objectAt(spec ?? value, 'resources'), 'limits');
  return container({
    ...state,
    name: textAt(value, 'name') ?? '',
    init,
    lastReason: last.reason || (words?.[1] ?? ''),
    lastMessage: last.message,
    lastExitCode: last.exitCode ?? whole(words?.[2] ?? ''),
    restarts: numberAt(value, 'restartCount', 'restart_count', 'restarts') ?? 0,
    image: textAt(value, 'image') ?? '',
    memoryLimit: textAt(limits, 'memory') ?? '',
    ready: typeof value['ready'] === 'boolean' ? value['ready'] : undefined,
  });
};

const conditionsOf = (value: JsonObject): JsonObject[] => objectsAt(value, 'conditions');

const apiPod = (id: string, value: JsonObject): PodFact | undefined => {
  const metadata = objectAt(value, 'metadata');
  const status = isObject(value['status']) ? value['status'] : value;
  const name = textAt(metadata, 'name') ?? textAt(value, 'name');
  const phase = textAt(status, 'phase');
  if (name === undefined || phase === undefined || !/^(Pending|Running|Succeeded|Failed|Unknown)$/.test(phase)) return undefined;
  const specs = new Map(objectsAt(objectAt(value, 'spec'), 'containers').map((spec) => [textAt(spec, 'name') ?? '', spec]));
  const statuses = [...objectsAt(status, 'containerStatuses'), ...objectsAt(status, 'containers')];
  const ready = conditionsOf(status).find((condition) => condition['type'] === 'Ready');
  const containers = [
    ...objectsAt(status, 'initContainerStatuses').map((entry) => apiContainer(entry, undefined, true)),
    ...statuses.map((entry) => apiContainer(entry, specs.get(textAt(entry, 'name') ?? ''), false)),
  ];
  const allReady = containers.length > 0 && containers.every((entry) => entry.ready !== false);
  return pod(id, {
    name,
    namespace: textAt(metadata, 'namespace') ?? textAt(value, 'namespace') ?? '',
    node: textAt(value, 'node_name', 'node') ?? textAt(objectAt(value, 'spec'), 'nodeName') ?? '',
    status: textAt(status, 'reason') ?? phase,
    ready:
      ready === undefined
        ? phase === 'Running'
          ? allReady
          : phase === 'Succeeded'
            ? undefined
            : false
        : ready['status'] === 'True',
    containers,
    complaints: [
      textAt(status, 'message') ?? '',
      ...conditionsOf(status)
        .filter((condition) => condition['status'] !== 'True')
        .map((condition) => `${textAt(condition, 'reason') ?? ''} ${textAt(condition, 'message') ?? ''}`.trim()),
    ].filter((text) => text !== ''),
  });
};

/** All pods anywhere in a JSON or YAML document, native or flattened. */
export const jsonPods = (id: string, document: unknown): PodFact[] =>
  objectsIn(document).flatMap((value) => {
    const found = apiPod(id, value);
    return found === undefined ? [] : [found];
  });

const READY_CELL = /^(\d{1,3})\/(\d{1,3})$/;
const STATUS_CELL =
  /^(?:Init:\S+|Running|Pending|Completed|Succeeded|Failed|Unknown|Terminating|ContainerCreating|PodInitializing|NotReady|Evicted|Error|[A-Z]\w*(?:BackOff|Error|Killed|Pull|Failed|InvalidImageName))$/;

/** Rows of `kubectl get pods`, with or without heading and namespace, and of lineage trees (`Pod/name`). */
export const tablePods = (id: string, rows: readonly Row[]): PodFact[] =>
  rows.flatMap(({ cells }) => {
    const at = cells.findIndex((cell) => READY_CELL.test(cell));
    const status = cells[at + 1] ?? '';
    const name = (cells[at - 1] ?? '').replace(/^Pod\//, '');
    if (at < 1 || name === '' || name.includes('/') || !STATUS_CELL.test(status)) return [];
    const [, ready = '0', total = '0'] = READY_CELL.exec(cells[at] ?? '') ?? [];
    const done = status === 'Completed' || status === 'Succeeded';
    return [
      pod(id, {
        name,
        namespace: at >= 2 ? (cells[at - 2] ?? '') : '',
        status,
        ready: done ? undefined : ready === total && status === 'Running',
        restarts: Number(/^\d{1,6}/.exec(cells[at + 2] ?? '')?.[0] ?? 0),
        node: cells.find((cell) => /^(?:ip-|gke-|aks-|node|pool-|kind-)/.test(cell)) ?? '',
      }),
    ];
  });

const STATUS_LINE = /^(\S+)\s+(Running|Pending|Failed|Unknown|Succeeded)\s+ready=(\d+)\/(\d+)/;

/** `name Pending ready=0/1 …`, as some agents print pods. */
export const listedPods = (id: string, lines: readonly string[]): PodFact[] =>
  lines.flatMap((line) => {
    const match = STATUS_LINE.exec(line.trim());
    if (match === null) return [];
    const [, name = '', status = '', ready = '0', total = '0'] = match;
    return [pod(id, { name, status, ready: ready === total && status === 'Running' })];
  });

/** One fact per pod: details are joined, the later report of readiness counts. */
export const mergePods = (pods: readonly PodFact[]): PodFact[] => {
  const byName = new Map<string, PodFact>();
  for (const found of pods) {
    const known = byName.get(found.name);
    if (known === undefined) {
      byName.set(found.name, found);
      continue;
    }
    const ready = known.ready === false || found.ready === false ? false : (found.ready ?? known.ready);
    byName.set(found.name, {
      ...known,
      namespace: known.namespace || found.namespace,
      node: known.node || found.node,
      status:
        STATUS_CELL.test(found.status) && !/^(Running|Pending)$/.test(found.status) ? found.status : known.status || found.status,
      ready,
      restarts: Math.max(known.restarts, found.restarts),
      containers: found.containers.length > known.containers.length ? found.containers : known.containers,
      complaints: [...new Set([...known.complaints, ...found.complaints])],
      ids: [...new Set([...known.ids, ...found.ids])],
    });
  }
  return [...byName.values()];
};
