import type { Category } from '@inquest/contracts';
import type { Finding } from '../diagnosis.js';
import type { KnownFault } from '../fault-types.js';
import type { Sighting } from '../facts/sightings.js';
import { workloadOf } from '../facts/names.js';
import { findingOf, type Scene } from '../scene.js';

/** A cause proposed by a rule, before it is weighed against others. */
export interface Draft {
  rule: string;
  category: Category;
  faultType: KnownFault;
  /** What is broken, as the evidence names it. */
  component: string;
  /** The cause as a sentence with the decisive numbers or quotes. */
  cause: string;
  /** How sure one would be from the decisive fact alone, 0–1; further kinds of evidence and objections move it. */
  base: number;
  support: Finding[];
  refute: Finding[];
  wouldRefute: string[];
  /** Fault types that are mere symptoms when this one is true of the same or a dependent component. */
  explains: readonly KnownFault[];
  /** -1 when it is about something the incident does not concern. */
  relevance: -1 | 0 | 1;
}

/** A rule looks at the scene and proposes the causes it knows. Pure; never throws. */
export type Rule = (scene: Scene) => Draft[];

export interface SightingRule {
  rule: string;
  category: Category;
  faultType: KnownFault;
  base: number;
  wouldRefute: string[];
  explains?: readonly KnownFault[];
  cause: (first: Sighting, all: readonly Sighting[], scene: Scene) => string;
  component?: (first: Sighting, scene: Scene) => string;
}

/** Names a thing a person would go to: the workload of a pod, the host of a database, else what the incident names. */
export const componentOf = (subject: string, scene: Scene): string => {
  const { incident } = scene;
  const pod = scene.facts.pods.find(({ name }) => name === subject);
  return (
    (pod?.workload ?? workloadOf(subject)) ||
    (incident.service ?? '') ||
    (scene.pods[0]?.workload ?? '') ||
    (scene.series[0]?.subject ?? '') ||
    'unknown component'
  );
};

/** What events say of pods that are Ready by now is history; what logs say may go on in a Ready pod. */
const recoveredPods = (sightings: readonly Sighting[], scene: Scene): Finding[] => {
  if (sightings.some(({ sources, ids }) => ids.length > 0 && sources.includes('log'))) return [];
  const pods = sightings.map(({ subject }) => scene.facts.pods.find(({ name }) => name === subject));
  if (pods.length === 0 || !pods.every((pod) => pod?.ready === true)) return [];
  return pods
    .slice(0, 3)
    .flatMap((pod) => (pod === undefined ? [] : [found('pod_ready', pod.name, `pod ${pod.name} is Ready now`, pod.ids)]));
};

/** One draft per subject group of sightings: the pattern most rules follow. */
export const fromSightings = (scene: Scene, sightings: readonly Sighting[], spec: SightingRule): Draft[] => {
  const groups = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const component = spec.component?.(sighting, scene) ?? componentOf(sighting.subject, scene);
    const group = groups.get(component);
    if (group === undefined) groups.set(component, [sighting]);
    else group.push(sighting);
  }
  return [...groups].flatMap(([component, group]) => {
    const first = group.find(({ ids }) => ids.length > 0);
    if (first === undefined) return []; // Only the incident's own words: a symptom, not evidence.
    const recovered = recoveredPods(group, scene);
    return [
      {
        rule: spec.rule,
        category: spec.category,
        faultType: spec.faultType,
        component,
        cause: spec.cause(first, group, scene),
        base: recovered.length > 0 ? Math.max(0.2, spec.base - 0.3) : spec.base,
        support: group.slice(0, 8).map(findingOf),
        refute: recovered,
        wouldRefute: spec.wouldRefute,
        explains: spec.explains ?? [],
        relevance: scene.relevance(first.subject),
      },
    ];
  });
};

export const found = (kind: string, subject: string, statement: string, evidenceIds: readonly string[]): Finding => ({
  kind,
  subject,
  statement,
  evidenceIds: [...new Set(evidenceIds)].slice(0, 20),
});

/** How often all of these were seen, repeats included. */
export const timesSeen = (sightings: readonly Sighting[]): number => sightings.reduce((sum, { count }) => sum + count, 0);
