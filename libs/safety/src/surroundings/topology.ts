import { isNode, jsonNodes, textAt, type Node } from './json-nodes.js';

/** Who calls whom, by name of service. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

export interface Topology {
  /** Services that need this one, directly or through others, nearest first; undefined when no topology shows it. */
  dependentsOf(name: string): readonly string[] | undefined;
}

const EDGES_MAX = 5_000;
const DEPENDENTS_MAX = 100;
const TEXT_MAX = 64_000;

const CALLERS = ['source', 'from', 'caller', 'client', 'parent', 'src'];
const CALLED = ['target', 'to', 'callee', 'server', 'child', 'dst', 'destination'];
const NEEDS = new Set(['dependson', 'dependencies', 'calls', 'uses', 'requires']);
const NEEDED_BY = new Set(['dependents', 'callers', 'calledby', 'usedby', 'consumers', 'clients']);
const ARROWS = new Set(['->', '-->', '=>', '→', '⟶', 'calls', 'uses']);

/** The service's own name: without kind, namespace, cluster domain and port. Pods and replica sets are owned, not called. */
export const serviceName = (text: string): string | undefined => {
  if (/^(pod|replicaset|node|pvc)s?\//i.test(text)) return undefined;
  const name = text
    .slice(text.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/[,;.]+$/, '');
  const short = /^\d+\.\d+\./.test(name) ? name : (name.split('.')[0] ?? '');
  return /^[a-z0-9][\w.-]{0,252}$/.test(short) ? short : undefined;
};

/** The edges in the JSON of a topology: pairs of caller and called, lists under a service, or a map of such lists. */
export const edgesInJson = (value: unknown): { edges: Edge[]; services: string[] } => {
  const edges: Edge[] = [];
  const services: string[] = [];
  for (const { node, key } of jsonNodes(value)) {
    const [from, to] = [named(node, CALLERS), named(node, CALLED)];
    if (from !== undefined && to !== undefined) edges.push({ from, to });
    const own = serviceOf(node);
    if (own !== undefined && /^(services|nodes|components|vertices)$/i.test(key)) services.push(own);
    for (const [field, listed] of Object.entries(node)) edges.push(...edgesOfField(own, field, listed));
  }
  return { edges: edges.slice(0, EDGES_MAX), services };
};

const edgesOfField = (own: string | undefined, field: string, listed: unknown): Edge[] => {
  const word = field.toLowerCase().replaceAll('_', '').replaceAll('-', '');
  const [needs, neededBy] = [NEEDS.has(word), NEEDED_BY.has(word)];
  if (!needs && !neededBy) return [];
  const pairs = Array.isArray(listed)
    ? own === undefined
      ? []
      : namesOf(listed).map((other) => [own, other] as const)
    : isNode(listed)
      ? Object.entries(listed).flatMap(([one, others]) => {
          const name = serviceName(one);
          return name === undefined ? [] : namesOf(others).map((other) => [name, other] as const);
        })
      : [];
  return pairs.map(([one, other]) => (needs ? { from: one, to: other } : { from: other, to: one }));
};

const serviceOf = (node: Node): string | undefined => serviceName(textAt(node, 'name', 'service', 'serviceName', 'id') ?? '');

const named = (node: Node, keys: readonly string[]): string | undefined => {
  for (const key of keys) {
    const value = node[key];
    const name = typeof value === 'string' ? serviceName(value) : isNode(value) ? serviceOf(value) : undefined;
    if (name !== undefined) return name;
  }
  return undefined;
};

const namesOf = (listed: unknown): string[] =>
  (Array.isArray(listed) ? listed : []).flatMap((item) => {
    const name = typeof item === 'string' ? serviceName(item) : isNode(item) ? serviceOf(item) : undefined;
    return name === undefined ? [] : [name];
  });

/** Edges that a text says: `web -> db`, `web depends on db`, `web calls db`. Linear in its length. */
export const edgesInText = (text: string): Edge[] =>
  text
    .slice(0, TEXT_MAX)
    .split('\n')
    .flatMap((line) => {
      const words = line.trim().split(/\s+/);
      return words.flatMap((word, index): Edge[] => {
        const on = word === 'depends' && words[index + 1] === 'on';
        if (!on && !ARROWS.has(word)) return [];
        const [before = '', after = ''] = [words[index - 1], words[index + (on ? 2 : 1)]];
        // A tree of owners is drawn with arrows too: Pod/… → ReplicaSet/… → Deployment/….
        if (/\//.test(before) || /\//.test(after)) return [];
        const [from, to] = [serviceName(before), serviceName(after)];
        return from !== undefined && to !== undefined ? [{ from, to }] : [];
      });
    })
    .slice(0, EDGES_MAX);

/** Answers from edges; who calls itself through others is not its own dependent. */
export const topologyOf = (edges: readonly Edge[], services: readonly string[]): Topology => {
  const callers = new Map<string, Set<string>>(services.map((name) => [name, new Set<string>()]));
  for (const { from, to } of edges) {
    if (!callers.has(from)) callers.set(from, new Set());
    callers.set(to, (callers.get(to) ?? new Set<string>()).add(from));
  }
  return {
    dependentsOf: (given) => {
      const name = serviceName(given);
      if (name === undefined || !callers.has(name)) return undefined;
      const found = new Set([name]);
      for (const at of found) {
        if (found.size > DEPENDENTS_MAX) break;
        for (const caller of callers.get(at) ?? []) found.add(caller);
      }
      return [...found].slice(1, DEPENDENTS_MAX + 1);
    },
  };
};
