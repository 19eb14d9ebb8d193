import type { ChangeFact } from '../facts/fact.js';
import type { ChangeEvidence } from '../telemetry-engine/telemetry-evidence.js';
import { serviceNamed } from './services.js';

/** The changes of a snapshot, each under a name from which its evidence item can be told. */
export interface NamedChange {
  /** As the engine names it: the item's id, numbered where one item tells of several. */
  id: string;
  evidenceId: string;
  title: string;
}

/** Changes as the engine weighs them. One without a time was found by whoever looked before now, so it counts as earlier. */
export const changeEvidence = (
  facts: readonly ChangeFact[],
  services: ReadonlySet<string>,
  earliestSeconds: number,
): { evidence: ChangeEvidence; names: NamedChange[] } => {
  const perItem = new Map<string, number>();
  const named = facts.map((fact) => {
    const count = (perItem.get(fact.id) ?? 0) + 1;
    perItem.set(fact.id, count);
    return {
      fact,
      id: count === 1 ? fact.id : `${fact.id} #${count}`,
      atSeconds: fact.at === undefined ? earliestSeconds : fact.at / 1_000,
    };
  });
  return {
    evidence: {
      commits: named.map(({ fact, id, atSeconds }) => ({
        id,
        atSeconds,
        message: fact.text,
        files: fact.object === '' ? [] : [fact.object],
        diff: [...fact.removed.map((line) => `-${line}`), ...fact.added.map((line) => `+${line}`)].join('\n'),
      })),
      deploys: named.flatMap(({ fact, id, atSeconds }) => {
        const service = serviceIn(fact, services);
        return service === '' ? [] : [{ atSeconds, service, commitId: id }];
      }),
    },
    names: named.map(({ fact, id }) => ({ id, evidenceId: fact.id, title: fact.object || fact.text.slice(0, 80) })),
  };
};

/** The service that a change names, or the only known one that its words hold. */
const serviceIn = ({ service, object, text }: ChangeFact, services: ReadonlySet<string>): string => {
  const own = serviceNamed(service);
  if (services.has(own)) return own;
  const words = `${object} ${text}`;
  const [first = '', second] = [...services]
    .filter((name) => name.length >= 3 && words.includes(name))
    .sort((a, b) => b.length - a.length);
  return second === undefined || first.includes(second) ? first : '';
};
