import { evidenceItems, type Dimension, type EvidenceSnapshot, type Incident } from '@inquest/contracts';
import type { Finding } from './diagnosis.js';
import { collectFacts } from './facts/collect.js';
import type { Facts, PodFact, SeriesFact } from './facts/fact.js';
import { bareName, related, workloadOf } from './facts/names.js';
import type { PatternName } from './facts/patterns.js';
import { sightingsIn, type Sighting } from './facts/sightings.js';

/** How the incident speaks: a fault is asserted, an alert fires, someone merely asks, or the sender says all is well. */
export type Mood = 'asserted' | 'alert' | 'inquiry' | 'all-clear';

/** Facts, and what the incident is about. Everything a rule may look at. */
export interface Scene {
  incident: Incident;
  /** The incident in one lower-case text. */
  text: string;
  mood: Mood;
  facts: Facts;
  sightings: Sighting[];
  /** Sightings of a pattern that are not over, those about the incident's own components first. */
  seen(...patterns: PatternName[]): Sighting[];
  /** 1: the incident is about it; 0: the incident names nobody or it has no subject; -1: it is about somebody else. */
  relevance(subject: string, namespace?: string): -1 | 0 | 1;
  dimensionOf(id: string): Dimension | undefined;
  /** Pods the incident may be about. */
  pods: PodFact[];
  series: SeriesFact[];
}

const ALL_CLEAR =
  /\bwatchdog\b|deadmans?s?(?:switch|snitch)|always (?:be )?firing|health check passed|within normal (?:operating )?(?:bounds|range|limits)|\bno action (?:required|needed)\b|\btest (?:alert|notification)\b/i;
const ALL_CLEAR_STATE = /^(?:normal|ok|resolved|recovered|inactive|green)$/i;
const ASKS =
  /^\W{0,6}(?:(?:can|could|would|will) you |please )*(?:please )?(?:fetch|show|get|list|post|print|retrieve|give|find|display|check|describe|tell me|what are|what is the (?:status|state|health)|is |are |how many|which|count|do )/i;
const ASSERTS =
  /\b(?:why|wrong|fails?|failing|failed|slow|broken|down|crash\w*|cannot|can't|unable|issues?|problems?|not working|isn'?t|doesn'?t|won'?t|stopped|outage|unavailable|timing out|high|stuck)\b/i;

/** Labels that also a person's question gets, since it names an object. */
const PERSONAL_LABELS = new Set(['question', 'kind', 'name', 'namespace', 'workload', 'type']);

/** A person asks; an alert states. */
const QUESTION = /\?\s*$|^\W{0,6}(?:why|what|how|explain|investigate|detect|diagnose|troubleshoot|find out|help|my)\b/i;

const stateOf = (incident: Incident): string =>
  incident.labels['state'] ?? incident.labels['status'] ?? incident.annotations['state'] ?? incident.annotations['status'] ?? '';

const STATE_IN_TEXT = /"?(?:state|status)"?\s?[:=]\s?"?(normal|ok|resolved|recovered)"?(?=[\s",}]|$)/i;

/** Machines name alerts in one word or give severities; people write questions and sentences. */
const moodOf = (incident: Incident, text: string): Mood => {
  if (ALL_CLEAR.test(text) || ALL_CLEAR_STATE.test(stateOf(incident)) || STATE_IN_TEXT.test(text)) return 'all-clear';
  const machine =
    Object.keys(incident.labels).some((label) => !PERSONAL_LABELS.has(label)) ||
    /[a-z][A-Z]/.test(incident.title) ||
    /alertname|aggregation_key|issue_type/.test(text);
  if (machine) return 'alert';
  const said = `${incident.title} ${incident.description}`.trim();
  if (ASKS.test(said) && !/\bwhy\b/i.test(said)) {
    const what = said
      .replace(/["'`“][^"'`”]{0,80}["'`”]/g, '')
      .replace(/errors? in the logs|logs? (?:that|with) .{0,40}|going on|healthy/gi, '');
    return ASSERTS.test(what) ? 'asserted' : 'inquiry';
  }
  return QUESTION.test(incident.title) && ASSERTS.test(said) ? 'asserted' : 'alert';
};

const wordsOf = (text: string): Set<string> =>
  new Set(text.toLowerCase().match(/[a-z0-9](?:[a-z0-9._-]{0,100}[a-z0-9])?/g) ?? []);

const COMMON = new Set([
  'default',
  'node',
  'service',
  'pod',
  'pods',
  'app',
  'api',
  'main',
  'web',
  'db',
  'server',
  'client',
  'test',
  'postgres',
  'none',
  'instance',
]);

/** Names in the incident that the evidence knows as pods, workloads, nodes, instances or namespaces. */
const namedIn = (incident: Incident, text: string, facts: Facts): { names: string[]; namespaces: string[] } => {
  const words = wordsOf(`${text} ${incident.service ?? ''}`);
  const mentions = (name: string): boolean => name.length >= 3 && words.has(name.toLowerCase());
  const subjects = [
    ...facts.pods.flatMap(({ name, workload }) => [name, workload]),
    ...facts.workloads.map(({ name }) => name),
    ...facts.nodes.map(({ name }) => name),
    ...facts.series.map(({ subject }) => subject),
    ...facts.lines.map(({ subject }) => bareName(subject)),
    ...facts.spans.map(({ service }) => service),
  ];
  const names = subjects.filter((name) => mentions(name) && !COMMON.has(name.toLowerCase()));
  if (incident.service !== undefined) names.push(incident.service);
  const namespaces = [...facts.pods, ...facts.workloads]
    .map(({ namespace }) => namespace)
    .filter((name) => name !== 'default' && mentions(name));
  if (incident.namespace !== undefined && incident.namespace !== 'default') namespaces.push(incident.namespace);
  return { names: [...new Set(names)], namespaces: [...new Set(namespaces)] };
};

/** Reads the evidence once and prepares what all rules share. */
export const setScene = (snapshot: EvidenceSnapshot, incident: Incident): Scene => {
  const facts = collectFacts(snapshot, incident);
  const text = [incident.title, incident.description, ...Object.values(incident.labels), ...Object.values(incident.annotations)]
    .join('\n')
    .slice(0, 24_000);
  const { names, namespaces } = namedIn(incident, text, facts);
  const dimensions = new Map(evidenceItems(snapshot).map(({ dimension, item }) => [item.id, dimension]));
  const cache = new Map<string, -1 | 0 | 1>();
  const nodesOfNamed = new Set(
    facts.pods
      .filter(({ name, workload }) => names.some((other) => related(other, name) || other === workload))
      .map(({ node }) => node),
  );
  const nearby = facts.lines
    .filter(({ subject, id }) => id !== '' && subject !== '' && names.some((name) => related(name, subject)))
    .map(({ text: words }) => words.toLowerCase())
    .join('\n')
    .slice(0, 100_000);
  const isNamed = (name: string): boolean => names.some((other) => related(other, name));
  const neighbours = new Set(
    facts.calls.flatMap(({ caller, callee }) => (isNamed(caller) ? [callee] : isNamed(callee) ? [caller] : [])),
  );
  const lowerText = text.toLowerCase();
  const judge = (subject: string, namespace: string): -1 | 0 | 1 => {
    if (subject === '' || (names.length === 0 && namespaces.length === 0)) return 0;
    if (names.some((name) => related(name, subject)) || lowerText.includes(workloadOf(bareName(subject)).toLowerCase())) return 1;
    if (namespace !== '' && namespaces.includes(namespace)) return 1;
    const pod = facts.pods.find(({ name, workload }) => name === subject || workload === subject);
    if (pod !== undefined && namespaces.includes(pod.namespace)) return 1;
    // What the named components speak of (a database they cannot reach) belongs to the story.
    if (nodesOfNamed.has(subject) || neighbours.has(bareName(subject))) return 0;
    const workload = workloadOf(bareName(subject)).toLowerCase();
    if (workload.length >= 4 && nearby.includes(workload)) return 1;
    // A namespace alone was named: others in it are unknown rather than foreign.
    return names.length === 0 && (namespace || (pod?.namespace ?? '')) === '' ? 0 : -1;
  };
  const relevance = (subject: string, namespace = ''): -1 | 0 | 1 => {
    const key = `${subject}\u0000${namespace}`;
    const known = cache.get(key) ?? judge(subject, namespace);
    cache.set(key, known);
    return known;
  };
  const sightings = sightingsIn(
    facts.lines,
    facts.series.map(({ times }) => times.at(-1) ?? Number.NaN),
  );
  return {
    incident,
    text: lowerText,
    mood: moodOf(incident, text),
    facts,
    sightings,
    seen: (...patterns) =>
      sightings
        .filter(({ pattern, past }) => !past && patterns.includes(pattern))
        .sort((a, b) => relevance(b.subject) - relevance(a.subject) || Math.sign(b.ids.length - a.ids.length)),
    relevance,
    dimensionOf: (id) => dimensions.get(id),
    pods: facts.pods.filter(({ name, namespace }) => relevance(name, namespace) >= 0),
    series: facts.series.filter(({ subject }) => relevance(subject) >= 0),
  };
};

export const findingOf = ({ pattern, subject, text, ids, count, at }: Sighting): Finding => ({
  kind: pattern,
  subject,
  statement: count > 1 ? `${text} (seen ${count} times)` : text,
  evidenceIds: ids.slice(0, 20),
  ...(at !== undefined && { at }),
});
