import type { EvidenceSnapshot, Incident } from '@inquest/contracts';
import { entitiesInJson } from './entities/in-json.js';
import { entitiesInText } from './entities/in-text.js';
import { sourcesOf } from './entities/sources.js';
import { kindOf } from './commands/tools/kubectl.js';
import { surroundingsOf, type Surroundings } from './surroundings.js';

/** Something that the evidence names: a workload, pod, node, database, … */
export interface Entity {
  /** Kubernetes kind in the singular, or `database`, `container`, `image`, `backend`. */
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** Replicas wanted, when the evidence says. */
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly image?: string;
  /** Kind and name of what owns it, e.g. a pod's deployment. */
  readonly owner?: { readonly kind: string; readonly name: string };
  /** True when only deduced, e.g. a deployment from the name of its pod. */
  readonly inferred: boolean;
  readonly evidenceIds: readonly string[];
}

export type Sighting = Omit<Entity, 'evidenceIds'>;

/** What actions may name: nothing else in a snapshot reaches a command. */
export interface Entities {
  readonly all: readonly Entity[];
  /** Those of a name, best known first. */
  named(name: string, kinds?: readonly string[]): Entity[];
  /** Whether a word is the name of something, or the whole value of a typed field. Words of free text do not count. */
  mentions(word: string): boolean;
  /** What stands around them. */
  readonly surroundings: Surroundings;
}

const ENTITIES_MAX = 2_000;
const WORDS_MAX = 200_000;

/** A turn asks several times of the same snapshot, which nobody changes. */
const known = new WeakMap<EvidenceSnapshot, { readonly incident: Incident; readonly entities: Entities }>();

/**
 * Reads the entities out of a snapshot and its incident; linear in their size, never throws. Both must stay as they are. What a
 * log line, a message or a description says names nothing: its author may want a command about a thing of his choice.
 */
export const entitiesOf = (snapshot: EvidenceSnapshot, incident: Incident): Entities => {
  const before = known.get(snapshot);
  if (before?.incident === incident) return before.entities;
  const entities = readEntities(snapshot, incident);
  known.set(snapshot, { incident, entities });
  return entities;
};

const readEntities = (snapshot: EvidenceSnapshot, incident: Incident): Entities => {
  const found = new Map<string, Entity>();
  const words = new Set<string>();
  const readFields = (json: unknown, evidenceId: string): void => {
    const fields = entitiesInJson(json);
    keep(fields.sightings, found, evidenceId);
    for (const word of fields.words) if (words.size < WORDS_MAX) words.add(word);
  };
  for (const { evidenceId, fields, printed, namespace } of sourcesOf(snapshot)) {
    if (namespace !== undefined) keep([{ kind: 'namespace', name: namespace, inferred: false }], found, evidenceId);
    for (const json of fields) readFields(json, evidenceId);
    if (printed) keep(entitiesInText(printed), found, evidenceId);
  }
  const { labels, service, namespace } = incident;
  const named = { ...(service === undefined ? {} : { service }), ...(namespace === undefined ? {} : { namespace }) };
  readFields({ ...labels, ...named }, 'incident');
  for (const { name, namespace: place } of found.values()) {
    words.add(name);
    if (place !== undefined) words.add(place);
  }
  const all = [...found.values()];
  return {
    all,
    named: (name, kinds) =>
      all.filter((entity) => entity.name === name && (!kinds || kinds.includes(entity.kind))).sort(byKnowledge),
    mentions: (word) => words.has(word) || words.has(word.toLowerCase()),
    surroundings: surroundingsOf(snapshot),
  };
};

const knowledge = ({ inferred, namespace, replicas, evidenceIds }: Entity): number =>
  (inferred ? 0 : 4) + (replicas === undefined ? 0 : 2) + (namespace ? 2 : 0) + Math.min(evidenceIds.length, 1);
const byKnowledge = (a: Entity, b: Entity): number => knowledge(b) - knowledge(a) || a.name.localeCompare(b.name);

const keep = (sightings: readonly Sighting[], found: Map<string, Entity>, evidenceId: string): void => {
  for (const sighting of sightings) {
    const kind = kindOf(sighting.kind);
    if (sighting.name.length > 253 || sighting.name === '') continue;
    const key = `${kind}/${sighting.name}`;
    const known = found.get(key);
    if (!known && found.size >= ENTITIES_MAX) continue;
    found.set(key, known ? merged(known, sighting, evidenceId) : { ...sighting, kind, evidenceIds: [evidenceId] });
  }
};

const merged = (known: Entity, { inferred, ...seen }: Sighting, evidenceId: string): Entity => ({
  ...seen,
  ...known,
  inferred: known.inferred && inferred,
  evidenceIds: known.evidenceIds.includes(evidenceId) ? known.evidenceIds : [...known.evidenceIds, evidenceId].slice(0, 20),
});
