import { kindOf } from '../commands/tools/kubectl.js';
import { isNode, jsonNodes, nodeAt, textAt, type Node } from './json-nodes.js';

/** A PodDisruptionBudget, as far as the evidence shows it. Amounts are pods, or a share such as `50%`. */
export interface DisruptionBudget {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly minAvailable?: string;
  readonly maxUnavailable?: string;
  readonly disruptionsAllowed?: number;
}

const LISTS = new Set(['poddisruptionbudgets', 'pdbs', 'disruptionbudgets']);

const amount = (value: unknown): string | undefined => {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return /^\d{1,5}%?$/.test(text) ? text : undefined;
};

const withoutUndefined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

const labelsOf = (node: Node | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(node ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));

export const budgetsInJson = (value: unknown): DisruptionBudget[] =>
  jsonNodes(value).flatMap(({ node, key }) => {
    const isObject = kindOf(textAt(node, 'kind') ?? '') === 'poddisruptionbudget';
    if (!isObject && !LISTS.has(key.toLowerCase())) return [];
    const [metadata, spec, status] = [nodeAt(node, 'metadata'), nodeAt(node, 'spec') ?? node, nodeAt(node, 'status') ?? node];
    const name = textAt(metadata, 'name') ?? textAt(node, 'name');
    if (name === undefined) return [];
    const allowed = status['disruptionsAllowed'] ?? status['allowedDisruptions'] ?? status['disruptions_allowed'];
    const selector = nodeAt(spec, 'selector');
    return [
      withoutUndefined({
        name,
        namespace: textAt(metadata, 'namespace') ?? textAt(node, 'namespace'),
        labels: labelsOf(nodeAt(selector, 'matchLabels') ?? (isNode(selector) ? selector : undefined)),
        minAvailable: amount(spec['minAvailable'] ?? spec['min_available']),
        maxUnavailable: amount(spec['maxUnavailable'] ?? spec['max_unavailable']),
        disruptionsAllowed: typeof allowed === 'number' && Number.isInteger(allowed) ? allowed : undefined,
      }),
    ];
  });

/** The table of `kubectl get poddisruptionbudgets`. */
export const budgetsInText = (text: string): DisruptionBudget[] => {
  const found: DisruptionBudget[] = [];
  let columns: string[] | undefined;
  for (const line of text.slice(0, 64_000).split('\n')) {
    const cells = line.trim().split(/\s{2,}/);
    if (cells.includes('ALLOWED DISRUPTIONS')) columns = cells;
    else if (line.trim() === '') columns = undefined;
    else if (columns) {
      const cell = (column: string): string | undefined => cells[columns?.indexOf(column) ?? -1];
      const name = cell('NAME');
      const allowed = cell('ALLOWED DISRUPTIONS') ?? '';
      if (name !== undefined)
        found.push(
          withoutUndefined({
            name,
            namespace: cell('NAMESPACE'),
            labels: {},
            minAvailable: amount(cell('MIN AVAILABLE')),
            maxUnavailable: amount(cell('MAX UNAVAILABLE')),
            disruptionsAllowed: /^\d{1,5}$/.test(allowed) ? Number(allowed) : undefined,
          }),
        );
    }
  }
  return found;
};

/** Whether a budget guards a workload: by its selector where the labels are known, else by what it is called. */
export const guards = (
  budget: DisruptionBudget,
  workload: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> },
): boolean => {
  if (budget.namespace !== undefined && workload.namespace !== undefined && budget.namespace !== workload.namespace) return false;
  const wanted = Object.entries(budget.labels);
  if (wanted.length > 0 && workload.labels) return wanted.every(([key, value]) => workload.labels?.[key] === value);
  return wanted.some(([, value]) => value === workload.name) || budget.name.replace(/^pdb-|-pdb$/g, '') === workload.name;
};

/**
 * How many more pods may be away at once; undefined when the budget does not say. Shares of pods are rounded up, as the
 * disruption controller does (https://kubernetes.io/docs/tasks/run-application/configure-pdb/).
 */
export const disruptionsLeft = (budget: DisruptionBudget, replicas: number, ready: number): number | undefined => {
  const pods = (text: string): number =>
    text.endsWith('%') ? Math.ceil((Number(text.slice(0, -1)) * replicas) / 100) : Number(text);
  const limits = [
    budget.disruptionsAllowed,
    budget.minAvailable === undefined ? undefined : ready - pods(budget.minAvailable),
    budget.maxUnavailable === undefined ? undefined : pods(budget.maxUnavailable) - (replicas - ready),
  ].filter((limit): limit is number => limit !== undefined);
  return limits.length === 0 ? undefined : Math.max(0, Math.min(...limits));
};
