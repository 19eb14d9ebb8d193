import type { EvidenceItem, EvidenceSnapshot } from '@inquest/contracts';
import { isAnswer } from '../entities/sources.js';
import { jsonNodes, nodeAt, textAt, type Node } from '../surroundings/json-nodes.js';

/** One key of a ConfigMap that was changed, as a record of changes tells it. */
export interface ConfigChange {
  readonly name: string;
  readonly namespace?: string;
  readonly key: string;
  /** What it was before the change, and what it is now. */
  readonly old: string;
  readonly present: string;
}

const nodesOf = (items: readonly EvidenceItem[]): Node[] =>
  items.filter(isAnswer).flatMap(({ json }) => jsonNodes(json).map(({ node }) => node));

const valueAt = (node: Node, ...names: string[]): string | undefined => {
  const value = names.map((name) => node[name]).find((found) => typeof found === 'string' || typeof found === 'number');
  return value === undefined ? undefined : String(value);
};

const configMapOf = (node: Node): string | undefined =>
  textAt(node, 'configmap', 'config_map', 'configMap') ??
  (textAt(node, 'kind')?.toLowerCase() === 'configmap'
    ? (textAt(node, 'name') ?? textAt(nodeAt(node, 'metadata'), 'name'))
    : undefined);

/** Changed keys of ConfigMaps; only records that say what the value was count. */
export const configChanges = (changes: readonly EvidenceItem[]): ConfigChange[] =>
  nodesOf(changes).flatMap((node): ConfigChange[] => {
    const name = configMapOf(node);
    const key = textAt(node, 'key', 'field');
    const old = valueAt(node, 'old_value', 'previous_value', 'oldValue', 'previousValue', 'from');
    const present = valueAt(node, 'new_value', 'present_value', 'newValue', 'to');
    if (name === undefined || key === undefined || old === undefined || present === undefined) return [];
    const namespace = textAt(node, 'namespace');
    return [{ name, key, old, present, ...(namespace === undefined ? {} : { namespace }) }];
  });

/** Feature flags that a record says were switched on. */
export const flagsSwitchedOn = (changes: readonly EvidenceItem[]): string[] => [
  ...new Set(
    nodesOf(changes).flatMap((node) => {
      const flag = textAt(node, 'flag', 'feature_flag', 'featureFlag', 'flag_key');
      const state = node['enabled'] ?? node['new_value'] ?? node['newValue'] ?? node['state'] ?? node['to'];
      return flag !== undefined && /^(true|on|enabled)$/i.test(String(state)) ? [flag] : [];
    }),
  ),
];

/** A release and the revisions that its history names: the one that runs and the last that ran before. */
export interface ReleaseHistory {
  readonly name: string;
  readonly namespace?: string;
  readonly present: number;
  readonly previous: number;
}

const HISTORY = /^helm (?:(?:-n|--namespace) (\S+) )?history ([a-z0-9][-a-z0-9.]*)(?: (?:-n|--namespace) (\S+))?/;

/** What `helm history … -o json` answered, as evidence of changes or of the cluster. */
export const releaseHistories = ({ changes, kubernetes }: EvidenceSnapshot): ReleaseHistory[] =>
  [...changes, ...kubernetes].filter(isAnswer).flatMap((item): ReleaseHistory[] => {
    const [, before, name, after] = HISTORY.exec(item.invocation ?? '') ?? [];
    if (name === undefined || !Array.isArray(item.json)) return [];
    const revisions = item.json.flatMap((entry: unknown) => {
      const node = (entry ?? {}) as Node;
      const revision = node['revision'];
      return typeof revision === 'number' ? [{ revision, status: textAt(node, 'status') ?? '' }] : [];
    });
    const present = revisions.find(({ status }) => /^(deployed|failed|pending-upgrade)$/.test(status))?.revision;
    const earlier = revisions.filter(({ revision, status }) => status === 'superseded' && revision < (present ?? 0));
    const namespace = before ?? after;
    return present === undefined || earlier.length === 0
      ? []
      : [
          {
            name,
            present,
            previous: Math.max(...earlier.map(({ revision }) => revision)),
            ...(namespace === undefined ? {} : { namespace }),
          },
        ];
  });
