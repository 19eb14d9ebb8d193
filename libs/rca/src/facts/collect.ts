import type { EvidenceSnapshot, Incident } from '@inquest/contracts';
import { parse as parseYaml } from 'yaml';
import { changesOf } from './changes.js';
import { databaseLoadOf } from './database.js';
import { looksLikeDescribe } from './describe.js';
import { emptyFacts, type Facts, type Line } from './fact.js';
import { objectAt, objectsIn, textAt } from './json.js';
import { linesOf } from './lines.js';
import { materialsOf, type Material } from './material.js';
import { bareName } from './names.js';
import { mergeNodes, nodesOf } from './nodes.js';
import { describedPod, jsonPods, listedPods, mergePods, tablePods } from './pods.js';
import { seriesOf } from './series.js';
import { rowsOf } from './table.js';
import { quote, splitLines } from './text.js';
import { spansOf } from './traces.js';
import { mergeWorkloads, workloadsOf } from './workloads.js';

const YAML_MAX = 24_000;

/** Kubernetes objects as YAML. Other YAML is read as text: its shapes are unknown and a parser costs time. */
const yamlOf = ({ text, json }: Material): unknown => {
  if (json !== undefined || text.length > YAML_MAX || !/^(?:---\n)?apiVersion: /.test(text.trimStart().slice(0, 40)))
    return undefined;
  try {
    return parseYaml(text, { maxAliasCount: 20, logLevel: 'silent' });
  } catch {
    return undefined;
  }
};

const GENERATED = /\b[a-z0-9](?:[a-z0-9-]{0,50}[a-z0-9])?-[a-z0-9]{5,10}-[a-z0-9]{5}\b/;
const AFTER_KIND = /\b(?:pods?|deployments?|statefulsets?|daemonsets?|jobs?|nodes?|services?)[ /]([a-z0-9][a-z0-9.-]{2,80})/i;

/** What an item is about, by its own title and command: a pod name, or what follows the kind. */
const subjectOf = ({ title, invocation, kind }: Material, known: readonly string[]): string => {
  const words = `${title} ${invocation}`;
  const pod = known.find((name) => name.length > 3 && words.includes(name));
  if (pod !== undefined) return pod;
  const generated = GENERATED.exec(words)?.[0];
  if (generated !== undefined) return generated;
  const named = AFTER_KIND.exec(invocation || title)?.[1] ?? '';
  return kind === 'k8s_event' || /^(?:get|describe|logs?|status|namespace|default|all)$/i.test(named) ? '' : named;
};

const POLICY = /\bNetworkPolicy\/([a-z0-9][a-z0-9.-]{1,62})/g;

const policiesIn = (material: Material, document: unknown): Facts['policies'] => {
  const named = [...material.text.matchAll(POLICY)].map(([, name = '']) => name);
  const objects = objectsIn(document)
    .filter((value) => value['kind'] === 'NetworkPolicy')
    .map((value) => textAt(objectAt(value, 'metadata'), 'name') ?? '');
  const table = /networkpolic|netpol/i.test(`${material.title} ${material.invocation}`)
    ? rowsOf(splitLines(material.text)).map(({ byHeading }) => byHeading.get('name') ?? '')
    : [];
  return [...new Set([...named, ...objects, ...table])].filter((name) => name !== '').map((name) => ({ name, id: material.id }));
};

const readItem = (material: Material, facts: Facts): { material: Material; yaml: unknown } => {
  const yaml = yamlOf(material);
  const document = material.json ?? yaml;
  const text = splitLines(material.text);
  const described = material.json === undefined && looksLikeDescribe(material.text);
  const rows = document === undefined && !described ? rowsOf(text) : [];
  const pod = described ? describedPod(material.id, text) : undefined;
  facts.pods.push(
    ...(pod === undefined ? [] : [pod]),
    ...jsonPods(material.id, document),
    ...tablePods(material.id, rows),
    ...listedPods(material.id, text),
  );
  facts.workloads.push(...workloadsOf(material.id, document, described ? text : [], rows));
  facts.nodes.push(...nodesOf(material.id, document, described ? text : [], rows));
  facts.series.push(...seriesOf(material));
  const load = databaseLoadOf(material.id, material.json);
  facts.queries.push(...load.queries);
  facts.waits.push(...load.waits);
  facts.users.push(...load.users);
  facts.series.push(...load.series);
  if (material.dimension === 'traces') facts.spans.push(...spansOf(material.id, material.json, text));
  if (material.dimension === 'changes') facts.changes.push(...changesOf(material));
  facts.policies.push(...policiesIn(material, document));
  for (const value of objectsIn(material.json)) {
    const state = textAt(value, 'overall_state', 'monitor_state');
    if (state !== undefined) facts.monitors.push({ name: textAt(value, 'name') ?? '', state, id: material.id });
  }
  return { material, yaml };
};

/** What the incident itself says. Its lines carry no evidence id: a report of a symptom proves no cause. */
const incidentLines = (incident: Incident): Line[] =>
  [incident.title, ...splitLines(incident.description.slice(0, 8_000)), ...Object.values(incident.annotations)]
    .filter((text) => text.length > 8)
    .slice(0, 60)
    .map((text) => ({ text: quote(text, 800), source: 'alert', subject: '', reason: '', count: 1, at: undefined, id: '' }));

/** Reads all facts out of all evidence. Items that failed become gaps, recalled ones are left out. */
export const collectFacts = (snapshot: EvidenceSnapshot, incident: Incident): Facts => {
  const facts = emptyFacts();
  const read: { material: Material; yaml: unknown }[] = [];
  for (const material of materialsOf(snapshot)) {
    if (material.standing === 'gap') facts.gaps.push({ id: material.id, title: material.title, why: material.gap });
    if (material.standing !== 'usable') continue;
    facts.usable.push(material.id);
    if (material.truncated) facts.truncated.push(material.id);
    read.push(readItem(material, facts));
  }
  facts.pods = mergePods(facts.pods);
  facts.workloads = mergeWorkloads(facts.workloads);
  facts.nodes = mergeNodes(facts.nodes);
  const known = [...facts.pods, ...facts.workloads].map(({ name }) => name).sort((a, b) => b.length - a.length);
  for (const { material, yaml } of read) {
    facts.lines.push(
      ...linesOf(material, subjectOf(material, known), yaml).map((found) => ({ ...found, subject: bareName(found.subject) })),
    );
  }
  facts.lines.push(...incidentLines(incident));
  return facts;
};
