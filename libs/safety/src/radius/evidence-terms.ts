import type { RadiusTerm } from '@inquest/contracts';
import type { CommandFact } from '../commands/command-fact.js';
import type { Entities, Entity } from '../entities.js';
import { disruptionsLeft } from '../surroundings/disruption-budgets.js';
import { term } from './radius.js';

const WORKLOADS = new Set(['deployment', 'statefulset', 'daemonset', 'replicaset']);
/** Kinds of things that others may call, by a name that a topology knows. */
const CALLED = new Set([...WORKLOADS, 'pod', 'service', 'release', 'container', 'database', 'unit']);
const NAMES_MAX = 20;

/** Pods of one workload that an action takes away, for a while or for good. */
interface Reach {
  readonly workload: Entity;
  /** Pods that it replaces or removes, one after the other or not. */
  readonly touched: number;
  /** Pods that are away at the same time. */
  readonly atOnce: number;
}

/** What the evidence adds about the workloads that are touched. What it does not say is a term too. */
export const evidenceTerms = (fact: CommandFact, entities: Entities): RadiusTerm[] => {
  const kind = fact.kinds.find((word) => WORKLOADS.has(word));
  if (fact.verb === 'drain') return podsOfNodes(fact, entities);
  if (kind !== undefined && fact.targets.length > 0) return workloadTerms(fact, kind, entities);
  if (fact.kinds.includes('pod') && fact.verb === 'delete' && fact.targets.length > 0) return podTerms(fact, entities);
  return fact.kinds.some((word) => CALLED.has(word)) ? dependentTerms(fact.targets, entities) : [];
};

/** The pods of an action's targets are started again by what owns them, as the evidence shows. */
export const isRecreated = (fact: CommandFact, entities: Entities): boolean =>
  fact.verb === 'delete' &&
  fact.targets.length > 0 &&
  fact.kinds.every((kind) => kind === 'pod') &&
  fact.targets.every((name) => entities.named(name, ['pod'])[0]?.owner !== undefined);

const workloadTerms = (fact: CommandFact, kind: string, entities: Entities): RadiusTerm[] => {
  const names = fact.targets.slice(0, NAMES_MAX);
  const known = names.flatMap((name) => shown(name, kind, fact.namespace, entities) ?? []);
  const missing = names.filter((name) => !known.some((entity) => entity.name === name));
  const terms =
    missing.length > 0
      ? [term('not-in-evidence', 15, `the evidence does not show ${kind} ${missing.join(', ')}`.slice(0, 200))]
      : [];
  if (/^(rollout (pause|resume)|annotate|label)$/.test(fact.verb)) return known.length > 0 ? [] : terms;
  if (fact.verb === 'scale') return [...terms, ...known.flatMap((workload) => scaleTerms(fact, workload, entities))];
  const reaches = known.flatMap((workload) => rolling(fact.verb, workload) ?? []);
  const unsized = known.filter(({ replicas }) => replicas === undefined);
  return [
    ...terms,
    ...(unsized.length > 0 ? [unknownReplicas(unsized)] : []),
    ...reachTerms(reaches, entities),
    ...stateTerms(known, entities),
    ...dependentTerms(names, entities),
  ];
};

/** A thing of the same name in another namespace is another thing. */
const shown = (name: string, kind: string, namespace: string | undefined, entities: Entities): Entity | undefined => {
  const [entity] = entities.named(name, [kind]);
  const elsewhere = entity?.namespace !== undefined && namespace !== undefined && entity.namespace !== namespace;
  return elsewhere ? undefined : entity;
};

const unknownReplicas = (workloads: readonly Entity[]): RadiusTerm =>
  term(
    'replicas-unknown',
    8,
    `the evidence does not say how many replicas ${workloads.map(({ name }) => name).join(', ')} has`.slice(0, 300),
  );

/** Kubernetes' own defaults: a quarter of a deployment at once, one pod of the others; a deletion takes all. */
const rolling = (verb: string, workload: Entity): Reach | undefined => {
  const { replicas, kind } = workload;
  if (replicas === undefined) return undefined;
  const atOnce = verb === 'delete' ? replicas : kind === 'deployment' ? Math.max(1, Math.floor(replicas / 4)) : 1;
  return { workload, touched: replicas, atOnce };
};

const scaleTerms = (fact: CommandFact, workload: Entity, entities: Entities): RadiusTerm[] => {
  const { name, replicas } = workload;
  const wanted = Number(fact.flags.get('replicas'));
  if (replicas === undefined || !Number.isInteger(wanted)) return [unknownReplicas([workload])];
  const removed = replicas - wanted;
  if (removed > 0)
    return [
      term('fewer-replicas', Math.round((40 * removed) / replicas), `${replicas} → ${wanted} replicas`),
      ...budgetTerms({ workload, touched: removed, atOnce: removed }, entities),
      ...dependentTerms([name], entities),
    ];
  return wanted > replicas * 3 && wanted > 5
    ? [term('many-replicas', 15, `${replicas} → ${wanted} replicas`)]
    : [term('more-replicas', 3, `${replicas} → ${wanted} replicas`)];
};

const podTerms = (fact: CommandFact, entities: Entities): RadiusTerm[] => {
  const names = fact.targets.slice(0, NAMES_MAX);
  const pods = names.map((name) => shown(name, 'pod', fact.namespace, entities));
  const owners = new Map<string, { readonly workload: Entity | undefined; pods: number }>();
  for (const owner of pods.flatMap((pod) => pod?.owner ?? [])) {
    const key = `${owner.kind}/${owner.name}`;
    const workload = shown(owner.name, owner.kind, fact.namespace, entities);
    owners.set(key, { workload, pods: (owners.get(key)?.pods ?? 0) + 1 });
  }
  const reaches = [...owners.values()].flatMap(({ workload, pods: atOnce }) =>
    workload?.replicas === undefined ? [] : [{ workload, touched: atOnce, atOnce }],
  );
  const workloads = [...owners.values()].flatMap(({ workload }) => workload ?? []);
  const orphans = names.filter((_name, index) => pods[index]?.owner === undefined);
  return [
    ...(orphans.length > 0
      ? [term('owner-unknown', 5, `the evidence does not show what would start ${orphans.join(', ')} again`.slice(0, 300))]
      : []),
    ...(reaches.length < owners.size ? [unknownReplicas(workloads.filter(({ replicas }) => replicas === undefined))] : []),
    ...reachTerms(reaches, entities),
    ...stateTerms(workloads, entities),
    ...dependentTerms(workloads.length > 0 ? workloads.map(({ name }) => name) : names, entities),
  ];
};

/** Of several workloads the one that suffers most counts; pods are counted together. */
const reachTerms = (reaches: readonly Reach[], entities: Entities): RadiusTerm[] => {
  if (reaches.length === 0) return [];
  const touched = reaches.reduce((sum, reach) => sum + reach.touched, 0);
  return [
    term('replicas', Math.min(8, 2 + touched), `${touched} pods are replaced or removed`),
    ...worst(reaches.map(shareTerm)),
    ...worst(reaches.flatMap(lastOneTerm)),
    ...worst(reaches.flatMap((reach) => budgetTerms(reach, entities))),
  ];
};

const worst = (terms: readonly RadiusTerm[]): RadiusTerm[] => [...terms].sort((a, b) => b.points - a.points).slice(0, 1);

const shareTerm = ({ workload: { name, replicas = 1 }, atOnce }: Reach): RadiusTerm => {
  const share = Math.min(1, atOnce / Math.max(1, replicas));
  return term('share', Math.round(10 * share), `${Math.round(100 * share)} % of ${name} is away at once`);
};

const lastOneTerm = ({ workload: { name, replicas = 1, readyReplicas } }: Reach): RadiusTerm[] => {
  if (replicas <= 1) return [term('only-replica', 8, `${name} has no second replica`)];
  const healthy = readyReplicas ?? replicas;
  return healthy <= 1 ? [term('last-healthy', 15, `only ${healthy} of ${replicas} replicas is ready`)] : [];
};

const budgetTerms = ({ workload, atOnce }: Reach, { surroundings }: Entities): RadiusTerm[] => {
  const { name, replicas = 0, readyReplicas = replicas } = workload;
  const budgets = surroundings.budgetsOf(workload);
  const left = budgets.flatMap((budget) => disruptionsLeft(budget, replicas, readyReplicas) ?? []);
  if (left.length === 0)
    return [term('disruption-budget-unknown', 1, `the evidence shows no disruption budget that says what ${name} can bear`)];
  const least = Math.min(...left);
  return atOnce > least
    ? [term('disruption-budget', 20, `${atOnce} pods of ${name} away at once, its disruption budget allows ${least}`)]
    : [];
};

/** A StatefulSet's state is a term of its own, from the kind alone. */
const stateTerms = (workloads: readonly Entity[], { surroundings }: Entities): RadiusTerm[] => {
  const others = workloads.filter(({ kind }) => kind !== 'statefulset');
  const holding = others.find((workload) => surroundings.holdsVolumes(workload) === true);
  if (holding) return [term('stateful', 15, `${holding.name} mounts a persistent volume`)];
  const unknown = others.find((workload) => surroundings.holdsVolumes(workload) === undefined);
  return unknown ? [term('state-unknown', 1, `the evidence does not show whether ${unknown.name} mounts a volume`)] : [];
};

/** Each service that needs the target, directly or through others, costs a point; there may always be one that nobody knows of. */
export const dependentTerms = (names: readonly string[], { surroundings }: Entities): RadiusTerm[] => {
  const answers = names.slice(0, NAMES_MAX).map((name) => surroundings.dependentsOf(name));
  const dependents = new Set(answers.flatMap((found) => found ?? []));
  if (dependents.size > 0) {
    const some = [...dependents].slice(0, 5).join(', ');
    return [
      term('dependents', Math.min(15, 2 + dependents.size), `${dependents.size} services depend on it, ${some} among them`),
    ];
  }
  return names.length === 0 || answers.includes(undefined)
    ? [term('dependents-unknown', 2, 'no topology in the evidence shows what depends on it')]
    : [];
};

const podsOfNodes = (fact: CommandFact, { surroundings }: Entities): RadiusTerm[] => {
  const counts = fact.targets.slice(0, NAMES_MAX).map((name) => surroundings.podsOn(name));
  const pods = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return [
    ...(pods > 0 ? [term('pods-on-node', Math.min(15, 2 + pods), `${pods} pods of the evidence are on it`)] : []),
    ...(pods === 0 ? [term('pods-unknown', 2, 'the evidence does not show which pods are on it')] : []),
  ];
};
