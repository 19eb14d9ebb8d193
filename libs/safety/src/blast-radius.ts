import type { RadiusTerm } from '@inquest/contracts';
import { labelOf, type CommandFact } from './commands/command-fact.js';
import type { CommandReading } from './commands/read-command.js';
import type { Entities } from './entities.js';
import { dependentTerms, evidenceTerms, isRecreated } from './radius/evidence-terms.js';
import { BUILT_IN_RULES, type SafetyRules } from './operator-rules/safety-rules.js';
import { placeTerms } from './radius/place-terms.js';
import { sumOf, term, type Radius } from './radius/radius.js';
import type { SqlFact } from './sql/sql-fact.js';

export { sumOf, term, type Radius } from './radius/radius.js';

export interface RadiusContext {
  readonly entities: Entities;
  /** Whether the action says how to take it back; null for commands judged on their own. */
  readonly hasUndo: boolean | null;
  /** What operators add; without it only the built-in terms count. */
  readonly rules?: SafetyRules;
}

export const REVISION_ABOVE = 50;
export const REJECT_ABOVE = 80;

/** What each effect costs before anything else is looked at. */
const EFFECT_POINTS: Record<CommandFact['effect'], number> = { read: 0, remedy: 5, change: 25, unknown: 45, destroy: 55 };

/** How far an action can reach if it goes wrong: a sum of named terms from the facts and the evidence, 0 – 100. */
export const blastRadius = ({ facts, sql, problems }: CommandReading, context: RadiusContext): Radius => {
  const terms = [
    ...facts.flatMap((fact) => termsOfCommand(fact, context)),
    ...sql.flatMap(termsOfSql),
    ...(context.rules?.termsOf({ facts, sql, problems }) ?? []),
    ...databaseTerms(facts, sql, context.entities),
    ...(problems.length > 0 ? [term('unreadable', 30, problems[0] ?? '')] : []),
    ...(context.hasUndo === false && changesAnything(facts, sql)
      ? [term('no-undo', 10, 'the action does not say how to take it back')]
      : []),
  ];
  return sumOf(terms);
};

const changesAnything = (facts: readonly CommandFact[], sql: readonly SqlFact[]): boolean =>
  [...facts, ...sql].some(({ effect }) => effect !== 'read');

/**
 * Marks of what is gone for good afterwards. `writes-system-file` is none of them: a host's own files come back with their
 * package, and the rule against it stands without.
 */
const DATA_LOSS = new Set([
  'code-deletes',
  'deletes-by-replacement',
  'deletes-manifest',
  'moves-to-null',
  'platform-delete',
  'drops-data',
  'formats',
  'wipes',
  'writes-device',
  'removes-volumes',
  'find-delete',
  'truncates',
  'cloud-delete',
  'mirror-delete',
  'drops-column',
  'removes-finalizers',
]);

const termsOfCommand = (fact: CommandFact, { entities, rules = BUILT_IN_RULES }: RadiusContext): RadiusTerm[] => {
  if (fact.effect === 'read' && fact.unresolved.length === 0) return [];
  const terms = [effectTerm(fact, entities)];
  if (fact.unresolved.length > 0) terms.push(term('unresolved', 25, fact.unresolved[0] ?? ''));
  if (fact.marks.some((mark) => DATA_LOSS.has(mark))) terms.push(term('data-loss', 30, 'it can lose data'));
  if (fact.recursive && fact.effect === 'destroy') terms.push(term('recursive', 20, 'it goes through a whole tree'));
  if (fact.marks.includes('removes-file')) terms.push(term('file-gone', 20, 'what the file held is gone'));
  if (fact.force) terms.push(term('force', 10, 'it skips checks'));
  if (fact.scopeAll) terms.push(term('everything', 25, 'it does not name a single thing'));
  if (fact.kinds.includes('namespace') && fact.effect === 'destroy')
    terms.push(term('namespace', 35, 'everything in the namespace goes with it'));
  if (fact.kinds.includes('node') && fact.effect !== 'read')
    terms.push(term('node', fact.verb === 'cordon' || fact.verb === 'uncordon' ? 5 : 20, 'every pod of the node is concerned'));
  if (fact.kinds.includes('host')) terms.push(term('host', 30, 'everything on the host is concerned'));
  if (fact.targets.length > 1 && !fact.kinds.includes('url'))
    terms.push(term('several-targets', Math.min(20, 5 * (fact.targets.length - 1)), `${fact.targets.length} targets`));
  return [...terms, ...placeTerms(fact, rules), ...evidenceTerms(fact, entities)];
};

/** A pod whose owner starts another is replaced and not removed. */
const effectTerm = (fact: CommandFact, entities: Entities): RadiusTerm =>
  fact.effect === 'destroy' && isRecreated(fact, entities)
    ? term('effect-replace', EFFECT_POINTS.change, `${labelOf(fact)}: its owner starts another`)
    : term(`effect-${fact.effect}`, EFFECT_POINTS[fact.effect], labelOf(fact));

/** What depends on the databases that statements go to: only their client's command line names them. */
const databaseTerms = (facts: readonly CommandFact[], sql: readonly SqlFact[], entities: Entities): RadiusTerm[] => {
  if (sql.every(({ effect }) => effect === 'read')) return [];
  const names = facts.flatMap(({ flags }) => flags.get('d') ?? flags.get('dbname') ?? flags.get('database') ?? []);
  return dependentTerms(names, entities);
};

const termsOfSql = (fact: SqlFact): RadiusTerm[] => {
  if (fact.effect === 'read') return [];
  const terms = [
    term(`effect-${fact.effect}`, EFFECT_POINTS[fact.effect], `SQL ${fact.statement}`),
    term('stateful', 10, 'a database holds state'),
  ];
  if (fact.restricted === false && fact.statement !== 'select') terms.push(term('every-row', 25, 'no row is left out'));
  if (fact.statement === 'truncate' || fact.marks.some((mark) => DATA_LOSS.has(mark)))
    terms.push(term('data-loss', 30, 'it can lose data'));
  if (fact.marks.includes('cascade')) terms.push(term('cascade', 15, 'what depends on it goes too'));
  if (fact.marks.includes('terminates-every-backend')) terms.push(term('everything', 25, 'every session of the server'));
  if (fact.marks.some((mark) => mark === 'locks-table' || mark === 'rewrites-table'))
    terms.push(term('locks', 15, 'others wait while it runs'));
  return terms;
};
