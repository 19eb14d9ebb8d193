import type { RadiusTerm } from '@inquest/contracts';
import type { CommandFact } from './commands/command-fact.js';
import type { CommandReading } from './commands/read-command.js';
import type { Entities, Entity } from './entities.js';
import type { SqlFact } from './sql/sql-fact.js';

export interface Radius {
  /** 0 – 100. */
  readonly points: number;
  readonly terms: RadiusTerm[];
}

export interface RadiusContext {
  readonly entities: Entities;
  /** Whether the action says how to take it back; null for commands judged on their own. */
  readonly hasUndo: boolean | null;
}

export const REVISION_ABOVE = 50;
export const REJECT_ABOVE = 80;

const TERMS_MAX = 30;

/** What each effect costs before anything else is looked at. */
const EFFECT_POINTS: Record<CommandFact['effect'], number> = { read: 0, remedy: 5, change: 25, unknown: 45, destroy: 55 };

/** How far an action can reach if it goes wrong: a sum of named terms from the facts and the evidence, 0 – 100. */
export const blastRadius = ({ facts, sql, problems }: CommandReading, context: RadiusContext): Radius => {
  const terms = [
    ...facts.flatMap((fact) => termsOfCommand(fact, context)),
    ...sql.flatMap(termsOfSql),
    ...(problems.length > 0 ? [term('unreadable', 30, problems[0] ?? '')] : []),
    ...(context.hasUndo === false && changesAnything(facts, sql)
      ? [term('no-undo', 10, 'the action does not say how to take it back')]
      : []),
  ];
  return sumOf(terms);
};

/** Adds terms up, within 0 – 100. */
export const sumOf = (terms: readonly RadiusTerm[]): Radius => ({
  points: Math.min(
    100,
    Math.max(
      0,
      terms.reduce((sum, { points }) => sum + points, 0),
    ),
  ),
  terms: terms.slice(0, TERMS_MAX),
});

export const term = (name: string, points: number, why: string): RadiusTerm => ({ term: name, points, why: why.slice(0, 500) });

const changesAnything = (facts: readonly CommandFact[], sql: readonly SqlFact[]): boolean =>
  [...facts, ...sql].some(({ effect }) => effect !== 'read');

const STATEFUL = new Set(['statefulset', 'persistentvolumeclaim', 'persistentvolume', 'database', 'volume']);
const WORKLOADS = new Set(['deployment', 'statefulset', 'daemonset', 'replicaset']);
const SYSTEM_NAMESPACE =
  /^(kube-|istio-|cert-manager|ingress|monitoring|observability|argocd|flux|cilium|calico|longhorn|rook|vault|linkerd|gatekeeper|kyverno|openshift-)/;
const DATA_LOSS = new Set([
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

const termsOfCommand = (fact: CommandFact, { entities }: RadiusContext): RadiusTerm[] => {
  if (fact.effect === 'read' && fact.unresolved.length === 0) return [];
  const terms = [term(`effect-${fact.effect}`, EFFECT_POINTS[fact.effect], `${fact.tool} ${fact.verb}`.trim())];
  if (fact.unresolved.length > 0) terms.push(term('unresolved', 25, fact.unresolved[0] ?? ''));
  if (fact.marks.some((mark) => DATA_LOSS.has(mark))) terms.push(term('data-loss', 30, 'it can lose data'));
  if (fact.recursive && fact.effect === 'destroy') terms.push(term('recursive', 20, 'it goes through a whole tree'));
  if (fact.force) terms.push(term('force', 10, 'it skips checks'));
  if (fact.scopeAll) terms.push(term('everything', 25, 'it does not name a single thing'));
  if (fact.kinds.includes('namespace') && fact.effect === 'destroy')
    terms.push(term('namespace', 35, 'everything in the namespace goes with it'));
  if (fact.kinds.includes('node') && fact.effect !== 'read')
    terms.push(term('node', fact.verb === 'cordon' || fact.verb === 'uncordon' ? 5 : 20, 'every pod of the node is concerned'));
  if (fact.kinds.includes('host')) terms.push(term('host', 30, 'everything on the host is concerned'));
  if (fact.targets.length > 1 && !fact.kinds.includes('url'))
    terms.push(term('several-targets', Math.min(20, 5 * (fact.targets.length - 1)), `${fact.targets.length} targets`));
  return [...terms, ...placeTerms(fact), ...evidenceTerms(fact, entities)];
};

const placeTerms = ({ namespace, kinds }: CommandFact): RadiusTerm[] => {
  if (namespace !== undefined && SYSTEM_NAMESPACE.test(namespace))
    return [term('system-namespace', 15, `${namespace} serves the whole cluster`)];
  if (kinds.some((kind) => STATEFUL.has(kind))) return [term('stateful', 15, 'it holds state')];
  return [];
};

/** What the evidence adds about the workload that is touched. Unknown costs as much as the last replica. */
const evidenceTerms = (fact: CommandFact, entities: Entities): RadiusTerm[] => {
  const workload = fact.kinds.find((kind) => WORKLOADS.has(kind));
  const [name] = fact.targets;
  if (!workload || name === undefined) return [];
  const [known] = entities.named(name, [workload]);
  if (!known) return [term('not-in-evidence', 15, `the evidence does not show ${workload} ${name}`.slice(0, 200))];
  return fact.verb === 'scale' ? scaleTerms(fact, known) : replicaTerms(fact, known);
};

const replicaTerms = ({ verb }: CommandFact, { name, replicas, readyReplicas }: Entity): RadiusTerm[] => {
  if (verb === 'rollout pause' || verb === 'rollout resume') return [];
  if (replicas === undefined) return [term('replicas-unknown', 8, `the evidence does not say how many replicas ${name} has`)];
  if (replicas <= 1) return [term('only-replica', 10, `${name} has no second replica`)];
  const healthy = readyReplicas ?? replicas;
  return healthy <= 1
    ? [term('last-healthy', 15, `only ${healthy} of ${replicas} replicas is ready`)]
    : [term('replicas', Math.min(8, 2 + replicas), `${replicas} replicas, one after the other`)];
};

const scaleTerms = ({ flags }: CommandFact, { name, replicas }: Entity): RadiusTerm[] => {
  const wanted = Number(flags.get('replicas'));
  if (replicas === undefined || !Number.isInteger(wanted))
    return [term('replicas-unknown', 8, `the evidence does not say how many replicas ${name} has`)];
  if (wanted < replicas)
    return [term('fewer-replicas', Math.round((40 * (replicas - wanted)) / replicas), `${replicas} → ${wanted} replicas`)];
  return wanted > replicas * 3 && wanted > 5
    ? [term('many-replicas', 15, `${replicas} → ${wanted} replicas`)]
    : [term('more-replicas', 3, `${replicas} → ${wanted} replicas`)];
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
