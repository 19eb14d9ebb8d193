import type { Action } from '@inquest/contracts';

/**
 * The verbs that leave nothing behind that their undo cannot take back (ITBench labels them `reversible`; see also the
 * Kubernetes documentation of each). Anything else asks a person.
 */
const REVERSIBLE: ReadonlyMap<string, readonly string[]> = new Map([
  ['kubectl', ['rollout restart', 'rollout undo', 'rollout pause', 'rollout resume', 'scale', 'cordon', 'uncordon']],
  ['helm', ['rollback']],
  ['flag', ['disable', 'enable']],
]);

/** True when the action's tool and verb are on the reversible list **and** it says how to undo it. */
export const isReversible = ({ tool, verb, undo }: Pick<Action, 'tool' | 'verb' | 'undo'>): boolean =>
  undo !== null && (REVERSIBLE.get(tool)?.includes(verb) ?? false);
