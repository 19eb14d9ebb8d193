import type { EvidenceSnapshot, Incident } from '@inquest/contracts';
import { parse as parseYaml } from 'yaml';
import { callsOf } from './calls.js';
import { changesOf } from './changes.js';
import { databaseLoadOf } from './database.js';
import { looksLikeDescribe } from './describe.js';
import { emptyFacts, type Facts, type Line } from './fact.js';
import { objectAt, objectsIn, textAt } from './json.js';
import { countedLines, linesOf } from './lines.js';
import { materialsOf, type Material } from './material.js';
import { bareName } from './names.js';
import { mergeNodes, nodesOf } from './nodes.js';
import { describedPod, jsonPods, listedPods, mergePods, tablePods } from './pods.js';
import { seriesOf } from './series.js';
import { subjectOf } from './subject.js';
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

/** Text and JSON of one item, each read for itself: a tool may say in words what its JSON does not hold. */
const formsOf = (material: Material): Material[] =>
  material.json === undefined || material.text.trim() === '' || material.isJsonText
    ? [material]
    : [
        { ...material, text: '' },
        { ...material, json: undefined, series: [] },
      ];

interface Reading {
  material: Material;
  yaml: unknown;
}

const readItem = (material: Material, facts: Facts): Reading => {
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
  if (material.dimension === 'topology') facts.calls.push(...callsOf(material));
  if (material.dimension === 'changes') facts.changes.push(...changesOf(material));
  facts.policies.push(...policiesIn(material, document));
  for (const value of objectsIn(material.json)) {
    const state = textAt(value, 'overall_state', 'monitor_state');
    if (state !== undefined) facts.monitors.push({ name: textAt(value, 'name') ?? '', state, id: material.id });
  }
  return { material, yaml };
};

const TROUBLED = /Err|BackOff|Error|Invalid/;

/** States of containers that came without a message: the reason is then all there is to read. */
const stateLines = (pods: Facts['pods']): Line[] =>
  pods.flatMap(({ name, containers, ids }) =>
    containers
      .filter(({ state, reason, message }) => state === 'waiting' && message === '' && TROUBLED.test(reason))
      .map(({ reason, image }) => ({
        text: reason.includes('Image') && image !== '' ? `${reason}: image "${image}"` : reason,
        source: 'status' as const,
        subject: name,
        reason,
        count: 1,
        at: undefined,
        id: ids[0] ?? '',
      })),
  );

/** What the incident itself says. Its lines carry no evidence id: a report of a symptom proves no cause. */
const incidentLines = (incident: Incident): Line[] =>
  [incident.title, ...splitLines(incident.description.slice(0, 8_000)), ...Object.values(incident.annotations)]
    .filter((text) => text.length > 8)
    .slice(0, 60)
    .map((text) => ({ text: quote(text, 800), source: 'alert', subject: '', reason: '', count: 1, at: undefined, id: '' }));

/** Reads all facts out of all evidence. Items that failed become gaps, recalled ones are left out. */
export const collectFacts = (snapshot: EvidenceSnapshot, incident: Incident): Facts => {
  const facts = emptyFacts();
  const read: Reading[] = [];
  for (const material of materialsOf(snapshot)) {
    if (material.standing === 'gap') facts.gaps.push({ id: material.id, title: material.title, why: material.gap });
    if (material.standing !== 'usable') continue;
    facts.usable.push(material.id);
    if (material.truncated) facts.truncated.push(material.id);
    read.push(...formsOf(material).map((form) => readItem(form, facts)));
  }
  facts.pods = mergePods(facts.pods);
  facts.workloads = mergeWorkloads(facts.workloads);
  facts.nodes = mergeNodes(facts.nodes);
  const known = [...facts.pods, ...facts.workloads].map(({ name }) => name).sort((a, b) => b.length - a.length);
  for (const { material, yaml } of read) {
    const found = linesOf(material, subjectOf(material, known), yaml).map((line) => ({
      ...line,
      subject: bareName(line.subject),
    }));
    facts.lines.push(...countedLines(found));
    if (material.dimension === 'logs') facts.timedLogLines.push(...found.filter(({ at }) => at !== undefined));
  }
  facts.lines.push(...stateLines(facts.pods), ...incidentLines(incident));
  return facts;
};
