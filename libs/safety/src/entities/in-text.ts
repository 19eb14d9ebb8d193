import type { Sighting } from '../entities.js';
import { kindOf } from '../commands/tools/kubectl.js';
import { backendsInPsql } from './backends.js';
import { podWithOwner } from './owners.js';
import type { Printed } from './sources.js';

const NAME = /^[a-z0-9][-a-z0-9.]{0,252}$/;
const LINES_MAX = 20_000;

/** Entities in what a trusted tool printed: only of fields and columns whose content the tool itself checks. */
export const entitiesInText = ({ shape, text, kind, namespace }: Printed): Sighting[] => {
  if (shape === 'psql') return backendsInPsql(text).map((name) => ({ kind: 'backend', name, inferred: false }));
  const lines = text.split('\n', LINES_MAX);
  return shape === 'table' ? inTable(lines, namespace) : inDescription(lines, kind, namespace);
};

/** Where `kubectl describe` begins to show what containers, events, and the authors of objects say. */
const TOLD_BY_OTHERS =
  /^(?:Containers|Init Containers|Pod Template|Conditions|Data|BinaryData|Events|Message|Status Message):?\s*/;

/** The object that `kubectl describe` shows; a pod is told by its node and controller. */
const inDescription = (lines: readonly string[], wanted: string | undefined, place: string | undefined): Sighting[] => {
  const head = lines.slice(
    0,
    Math.max(
      0,
      end(
        lines.findIndex((line) => TOLD_BY_OTHERS.test(line)),
        lines.length,
      ),
    ),
  );
  const field = (name: string): string | undefined =>
    head
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const name = field('Name');
  if (name === undefined || !NAME.test(name)) return [];
  const namespace = field('Namespace') ?? place;
  const where = namespace ? { namespace } : {};
  const found: Sighting[] = namespace ? [{ kind: 'namespace', name: namespace, inferred: false }] : [];
  const [kind = '', owner = ''] = field('Controlled By')?.split('/') ?? [];
  const node = field('Node')?.split('/')[0];
  const isPod = wanted === 'pod' || owner !== '' || node !== undefined;
  if (isPod) found.push(...podWithOwner(name, namespace, owner ? { kind: kindOf(kind), name: owner } : undefined));
  if (node && NAME.test(node)) found.push({ kind: 'node', name: node, inferred: false });
  const [, replicas, readyReplicas] = /^(\d+) desired.*?(\d+) available/.exec(field('Replicas') ?? '') ?? [];
  const told = isPod ? undefined : replicas === undefined ? wanted : (wanted ?? 'deployment');
  if (told !== undefined)
    found.push({
      kind: told,
      name,
      ...(told === 'node' || told === 'namespace' ? {} : where),
      ...(replicas === undefined ? {} : { replicas: Number(replicas), readyReplicas: Number(readyReplicas) }),
      inferred: false,
    });
  return found;
};

const end = (index: number, length: number): number => (index < 0 ? length : index);

/** `kubectl get` tables: the columns tell the kind. */
const inTable = (lines: readonly string[], namespace: string | undefined): Sighting[] => {
  const found: Sighting[] = [];
  let columns: string[] | undefined;
  for (const line of lines) {
    const header = /\bNAME\s{2,}[A-Z]/.test(line) ? line.slice(Math.max(line.search(/\b(NAMESPACE|NAME)\b/), 0)) : undefined;
    if (header !== undefined) columns = header.trim().split(/\s{2,}/);
    else if (columns && line.trim() === '') columns = undefined;
    else if (columns) row(line, columns, namespace, found);
  }
  return found;
};

const row = (line: string, columns: readonly string[], namespace: string | undefined, found: Sighting[]): void => {
  const cells = line.trim().split(/\s{2,}|\t/);
  const cell = (column: string): string | undefined => cells[columns.indexOf(column)];
  const raw = cell('NAME');
  if (raw === undefined) return;
  const place = cell('NAMESPACE') ?? namespace;
  const [prefix, rest] = raw.includes('/') ? raw.replace(/^[^\w]+/, '').split('/') : [undefined, raw];
  const kind = prefix
    ? kindOf(prefix)
    : columns.includes('RESTARTS')
      ? 'pod'
      : columns.includes('UP-TO-DATE')
        ? 'deployment'
        : columns.includes('ROLES')
          ? 'node'
          : undefined;
  if (kind === undefined || !rest || !NAME.test(rest)) return;
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
