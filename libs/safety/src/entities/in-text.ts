import type { Sighting } from '../entities.js';
import { kindOf } from '../commands/tools/kubectl.js';
import { podWithOwner } from './owners.js';

const NAME = '[a-z0-9][-a-z0-9.]{0,252}';
const KIND =
  'pod|po|deployment|deploy|statefulset|sts|daemonset|ds|replicaset|rs|job|cronjob|node|no|service|svc|configmap|cm|namespace|ns|persistentvolumeclaim|pvc|secret|ingress|horizontalpodautoscaler|hpa|networkpolicy';
const REFERENCE = new RegExp(`\\b(${KIND})s?(?:\\.apps)?[/ ]"?(${NAME})"?(?=[\\s,;:)"'\`_.]|$)`, 'gi');
const NAMESPACE_FLAG = /(?:-n|--namespace)[ =]([a-z0-9][-a-z0-9]{0,62})/;
const LINES_MAX = 20_000;

/** Entities in what tools print: `kubectl describe`, `kubectl get` tables, `Kind/name` references, invocations. */
export const entitiesInText = (text: string): Sighting[] => {
  const found: Sighting[] = [];
  const lines = text.split('\n', LINES_MAX);
  const namespace = NAMESPACE_FLAG.exec(text.slice(0, 3_000))?.[1] ?? described(lines, 'Namespace');
  if (namespace) found.push({ kind: 'namespace', name: namespace, inferred: false });
  descriptions(lines, found);
  tables(lines, namespace, found);
  for (const match of text.slice(0, 64_000).matchAll(REFERENCE)) {
    const [, kind = '', name = ''] = match;
    // "pod is running" names no pod: a bare word counts only with a digit or a dash, unless written kind/name.
    if (!match[0].includes('/') && !/[-0-9]/.test(name)) continue;
    add(kindOf(kind), name.replace(/\.$/, ''), namespace, found);
  }
  for (const [, image = ''] of text.slice(0, 64_000).matchAll(/\bimage[:"= ]+"?([\w.\-/]+(?::[\w.-]+|@sha256:[0-9a-f]{64}))/gi))
    found.push({ kind: 'image', name: image, inferred: false });
  for (const [, pid = ''] of text.slice(0, 64_000).matchAll(/\bpid[=: ]{1,3}(\d{1,10})\b/gi))
    found.push({ kind: 'backend', name: pid, inferred: false });
  return found;
};

const add = (kind: string, name: string, namespace: string | undefined, found: Sighting[]): void => {
  if (kind === 'pod') found.push(...podWithOwner(name, namespace));
  else
    found.push({ kind, name, ...(namespace && kind !== 'node' && kind !== 'namespace' ? { namespace } : {}), inferred: false });
};

const described = (lines: readonly string[], field: string): string | undefined => {
  const line = lines.find((candidate) => candidate.startsWith(`${field}:`) || candidate.includes(` ${field}: `));
  return line && new RegExp(`${field}:\\s+(\\S+)`).exec(line)?.[1];
};

/** Objects that `kubectl describe` shows; a pod is told by its node and controller. */
const descriptions = (lines: readonly string[], found: Sighting[]): void => {
  const name = described(lines, 'Name');
  const namespace = described(lines, 'Namespace');
  if (name === undefined) return;
  const controlled = described(lines, 'Controlled By');
  const [kind = '', owner = ''] = controlled?.split('/') ?? [];
  if (controlled && owner) found.push(...podWithOwner(name, namespace, { kind: kindOf(kind), name: owner }));
  const node = described(lines, 'Node')?.split('/')[0];
  if (node && node !== '<none>') {
    if (!controlled) found.push(...podWithOwner(name, namespace));
    found.push({ kind: 'node', name: node, inferred: false });
  }
  const replicas = lines.map((line) => /^Replicas:\s+(\d+) desired.*?(\d+) available/.exec(line)).find((match) => match !== null);
  if (replicas)
    found.push({
      kind: 'deployment',
      name,
      ...(namespace ? { namespace } : {}),
      replicas: Number(replicas[1]),
      readyReplicas: Number(replicas[2]),
      inferred: false,
    });
};

/** `kubectl get` tables: the columns tell the kind. */
const tables = (lines: readonly string[], namespace: string | undefined, found: Sighting[]): void => {
  let columns: string[] | undefined;
  for (const line of lines) {
    const header = /\bNAME\s{2,}[A-Z]/.test(line) ? line.slice(Math.max(line.search(/\b(NAMESPACE|NAME)\b/), 0)) : undefined;
    if (header !== undefined) columns = header.trim().split(/\s{2,}/);
    else if (columns && line.trim() === '') columns = undefined;
    else if (columns) row(line, columns, namespace, found);
  }
};

const row = (line: string, columns: readonly string[], namespace: string | undefined, found: Sighting[]): void => {
  const cells = line.trim().split(/\s{2,}|\t/);
  const cell = (column: string): string | undefined => cells[columns.indexOf(column)];
  const raw = cell('NAME');
  if (raw === undefined) return;
  const place = cell('NAMESPACE') ?? namespace;
  const [prefix, rest] = raw.includes('/') ? raw.split('/') : [undefined, raw];
  const kind = prefix
    ? kindOf(prefix)
    : columns.includes('RESTARTS')
      ? 'pod'
      : columns.includes('UP-TO-DATE')
        ? 'deployment'
        : columns.includes('ROLES')
          ? 'node'
          : undefined;
  if (kind === undefined || !rest || !new RegExp(`^${NAME}$`).test(rest)) return;
  if (kind === 'pod') return void found.push(...podWithOwner(rest, place));
  const [, ready, wanted] = /^(\d+)\/(\d+)$/.exec(cell('READY') ?? '') ?? [];
  found.push({
    kind,
    name: rest,
    ...(place && kind !== 'node' ? { namespace: place } : {}),
    ...(wanted === undefined ? {} : { replicas: Number(wanted), readyReplicas: Number(ready) }),
    inferred: false,
  });
};
