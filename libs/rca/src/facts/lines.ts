import type { Line } from './fact.js';
import { looksLikeDescribe, entryAt, parseDescribe, type Entry } from './describe.js';
import { isObject, numberAt, objectAt, objectsIn, parseJson, textAt, type JsonObject } from './json.js';
import type { Material } from './material.js';
import { isStatisticsView, saidByRow } from './postgres-rows.js';
import { jsonRows, queryTables, type QueryRow } from './query-rows.js';
import { spelledOut } from './spelled-out.js';
import { LINE_MAX, splitLines, templateOf } from './text.js';

const LINES_MAX = 4_000;

const timeOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const at = /^\d{13}/.test(text) ? Number(text.slice(0, 13)) : Date.parse(text.slice(0, 40));
  return Number.isFinite(at) ? at : undefined;
};

const ISO = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/;

const line = (id: string, over: Partial<Line> & { text: string }): Line => ({
  source: 'log',
  subject: '',
  reason: '',
  count: 1,
  at: undefined,
  id,
  ...over,
});

const repeats = (text: string): number => Number(/\(x(\d{1,7})/.exec(text)?.[1] ?? 1);

/** `AGE Warning REASON OBJECT MESSAGE` of `kubectl events` and `Warning REASON AGE FROM MESSAGE` of `kubectl describe`. */
const eventRow = (id: string, raw: string, subject: string): Line | undefined => {
  if (!raw.includes('Warning') && !raw.includes('Normal')) return undefined;
  const cells = raw.trim().split(/\s{2,}/);
  const at = cells.findIndex((cell) => cell === 'Warning' || cell === 'Normal');
  if (at < 0 || at > 2 || cells.length < at + 3) return undefined;
  const described = at === 0;
  const reason = cells[at + 1] ?? '';
  if (cells[at] === 'Normal' && !/Kill|Evict|NotReady|Preempt|Scal/.test(reason))
    return line(id, { text: '', source: 'event', reason, subject });
  return line(id, {
    text: `${reason}: ${cells.slice(described ? at + 4 : at + 3).join(' ') || (cells.at(-1) ?? '')}`,
    source: 'event',
    reason,
    subject: described ? subject : (cells[at + 2] ?? subject),
    count: repeats(raw),
  });
};

/** `2026-08-02T11:06:36Z Warning Pod/x Failed (x2): message`, as event summaries of other agents look. */
const EVENT_SENTENCE =
  /(?:Warning|\[event\])\s+(?:(\w+)\s+)?((?:Pod|Deployment|Node|Job|ReplicaSet|StatefulSet|DaemonSet)\/\S+)\s*(\w+)?\s*(?:\(x(\d{1,7})\))?:\s/;

const eventSentence = (id: string, raw: string): Line | undefined => {
  const match = raw.includes('Warning') || raw.includes('[event]') ? EVENT_SENTENCE.exec(raw) : null;
  if (match === null) return undefined;
  const reason = match[3] ?? match[1] ?? '';
  return line(id, {
    text: `${reason}: ${raw.slice(match.index + match[0].length)}`,
    source: 'event',
    reason,
    subject: match[2] ?? '',
    count: Number(match[4] ?? 1),
    at: timeOf(ISO.exec(raw)?.[0]),
  });
};

const PREFIXED = /^([a-z0-9][a-z0-9.-]{2,62}(?:\/[a-z0-9.-]{1,62})?):?\s{1,3}(?=[A-Z[{(]|dial |error|panic|fatal)/;

/** A row of a table of pods: what it says is about that pod, whatever the table was asked for. */
const POD_ROW = /(?:^|\s)(?:Pod\/)?([a-z0-9][a-z0-9.-]{1,120})\s{1,80}\d{1,3}\/\d{1,3}\s{1,80}[A-Z]/;

const LEVELS: Record<string, string> = { '30': 'INFO', '40': 'WARN', '50': 'ERROR', '60': 'FATAL' };

/** A structured log line as the sentence a person would read: level, message, error, status. */
const sentenceOf = (value: JsonObject): string => {
  const level = textAt(value, 'level', 'severity', 'status') ?? '';
  const error = isObject(value['err']) ? value['err'] : objectAt(value, 'error');
  const status = numberAt(objectAt(value, 'res'), 'statusCode');
  return [
    LEVELS[level] ?? level.toUpperCase(),
    textAt(value, 'message', 'msg', 'log', 'line', 'body') ?? '',
    textAt(error, 'message') ?? textAt(value, 'error', 'err', 'exception') ?? '',
    status === undefined || status < 400 ? '' : `status ${status}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
    .slice(0, LINE_MAX);
};

/** `2026-11-20T10:00:00.000Z web-7f9dd8b6c4-x7gr9 …`: lines of several pods, each under its pod's name, as one query brings them. */
const OF_POD = /^(\d{4}-\d\d-\d\dT[\d:.]{8,18}Z) ([a-z0-9][a-z0-9.-]{0,120}-(?:[a-z0-9]{5}|\d{1,3})) (?=\S)/;

const textLine = (id: string, raw: string, source: Line['source'], subject: string): Line => {
  const [head = '', time, pod = ''] = OF_POD.exec(raw) ?? [];
  if (head !== '') {
    const rest = textLine(id, raw.slice(head.length), source, pod);
    return { ...rest, at: rest.at ?? timeOf(time) };
  }
  if (raw.startsWith('{')) {
    const value = parseJson(raw);
    if (isObject(value)) {
      return line(id, {
        text: sentenceOf(value),
        source,
        subject: subject || (textAt(value, 'service', 'pod', 'hostname', 'host') ?? ''),
        at: timeOf(textAt(value, 'timestamp', 'time', 'ts')),
      });
    }
  }
  const event = eventRow(id, raw, subject) ?? eventSentence(id, raw);
  if (event !== undefined) return event;
  const prefix = ((/\d\/\d/.test(raw) ? POD_ROW.exec(raw) : null) ?? PREFIXED.exec(raw))?.[1];
  return line(id, { text: raw, source, subject: prefix ?? subject, at: timeOf(ISO.exec(raw.slice(0, 60))?.[0]) });
};

/** Ingress classes of controllers in wide use; another one is a suspect, most often a typo. */
const KNOWN_INGRESS =
  /nginx|traefik|haproxy|alb|gce|kong|istio|contour|cilium|ambassador|azure|openshift|caddy|apisix|tyk|webapprouting|<none>/i;

/** Of a description only what happened: states, messages, events. Commands and annotations say what was meant to happen. */
const describedLines = (id: string, lines: readonly string[]): Line[] => {
  const entries = parseDescribe(lines);
  const name = entryAt(entries, 'Name')?.value ?? '';
  const kind = entryAt(entries, 'Containers') === undefined ? '' : 'Pod/';
  const events = entryAt(entries, 'Events')?.lines ?? [];
  const states: Entry[] = [
    ...(entryAt(entries, 'Init Containers')?.children ?? []),
    ...(entryAt(entries, 'Containers')?.children ?? []),
  ].flatMap(({ children }) => children.filter(({ key }) => key === 'State' || key === 'Last State'));
  const told = states.flatMap(({ children }) =>
    children.filter(({ key }) => key === 'Reason' || key === 'Message').map(({ value }) => value),
  );
  const conditions = (entryAt(entries, 'Conditions')?.lines ?? []).filter((text) => !/^(?:Type|----)/.test(text));
  const endpoints = entryAt(entries, 'Endpoints')?.value ?? '';
  const ingressClass = entryAt(entries, 'Ingress Class')?.value ?? '';
  const status = [
    entryAt(entries, 'Reason')?.value ?? '',
    entryAt(entries, 'Message')?.value ?? '',
    ingressClass === '' || KNOWN_INGRESS.test(ingressClass)
      ? ''
      : `Ingress ${name} is misconfigured: no controller serves class ${ingressClass}`,
    /^(?:<none>)?$/.test(endpoints) && entryAt(entries, 'Selector') !== undefined && entryAt(entries, 'Endpoints') !== undefined
      ? `Service ${name} has no endpoints; its selector is ${entryAt(entries, 'Selector')?.value ?? ''}`
      : '',
  ];
  return [
    ...events.map((raw) => eventRow(id, raw, `${kind}${name}`)).filter((found) => found !== undefined),
    ...[...told, ...status, ...conditions].map((text) => line(id, { text, source: 'status', subject: name })),
  ];
};

const tagOf = (value: JsonObject, name: string): string => {
  const tags = value['tags'];
  const tag = Array.isArray(tags)
    ? tags.find((entry): entry is string => typeof entry === 'string' && entry.startsWith(`${name}:`))
    : undefined;
  return tag?.slice(name.length + 1) ?? '';
};

const involved = (value: JsonObject): string => {
  const object = isObject(value['involvedObject']) ? value['involvedObject'] : objectAt(value, 'regarding');
  const native = [textAt(object, 'kind'), textAt(object, 'name')].filter((part) => part !== undefined).join('/');
  return native || (textAt(value, 'involved_object', 'object', 'source_identifier', 'SourceIdentifier') ?? '');
};

const jsonLines = (id: string, document: unknown, subject: string, source: Line['source']): Line[] =>
  objectsIn(document).flatMap((value): Line[] => {
    if ('overall_state' in value || 'values' in value) return [];
    const message = textAt(value, 'message', 'msg', 'Message', 'note', 'log', 'body');
    const event = involved(value);
    const reason = textAt(value, 'reason') ?? '';
    const at = timeOf(textAt(value, 'last_time', 'lastTimestamp', 'eventTime', 'date', 'timestamp', 'time', 'SourceArrivalTime'));
    const logs = textAt(value, 'logs', 'output', 'stdout', 'data', 'content');
    const found: Line[] = [];
    if (message !== undefined && (event !== '' || (reason !== '' && 'type' in value))) {
      const count = numberAt(value, 'count') ?? 1;
      if (value['type'] !== 'Normal')
        found.push(
          line(id, { text: `${reason ? `${reason}: ` : ''}${message}`, source: 'event', reason, subject: event, count, at }),
        );
    } else if (message !== undefined) {
      const from = tagOf(value, 'pod_name') || (textAt(value, 'pod', 'service', 'host') ?? subject);
      found.push(line(id, { text: sentenceOf(value), source, subject: from, at }));
    }
    if (logs !== undefined && logs.length > 3) {
      const from = textAt(value, 'pod_name', 'pod', 'service') ?? subject;
      found.push(...splitLines(logs.slice(0, 48_000)).map((raw) => textLine(id, raw, source, from)));
    }
    const description = textAt(value, 'description', 'summary', 'error');
    if (description !== undefined && description.length > 8)
      found.push(line(id, { text: description, source, subject: subject || (textAt(value, 'subject_name') ?? '') }));
    return found;
  });

/** Flags that a status report raises, as a sentence: `network partitions detected`, `mem alarm`, a member that does not run. */
const FLAG = /partition|alarm|degraded|unhealthy|failed|down\b|isolated/i;

const scalerLines = (id: string, value: JsonObject): Line[] => {
  const [spec, status] = [objectAt(value, 'spec'), objectAt(value, 'status')];
  const max = numberAt(value, 'max_replicas', 'maxReplicas') ?? numberAt(spec, 'maxReplicas');
  const now = numberAt(value, 'current_replicas', 'currentReplicas') ?? numberAt(status, 'currentReplicas');
  const use =
    numberAt(value, 'current_cpu_utilization', 'currentCPUUtilizationPercentage', 'current_utilization') ??
    numberAt(status, 'currentCPUUtilizationPercentage');
  const target =
    numberAt(value, 'target_cpu_utilization', 'targetCPUUtilizationPercentage', 'target_utilization') ??
    numberAt(spec, 'targetCPUUtilizationPercentage');
  if (max === undefined || now === undefined || now < max || use === undefined || target === undefined || use <= target)
    return [];
  const name = textAt(objectAt(value, 'metadata'), 'name') ?? textAt(value, 'name') ?? '';
  return [
    line(id, {
      text: `HPA ${name} is at maximum replicas (${now} of ${max}) with CPU at ${use} % over its target of ${target} %`,
      source: 'status',
      subject: name,
    }),
  ];
};

const flagLines = (id: string, document: unknown, subject: string): Line[] =>
  objectsIn(document).flatMap((value) => {
    const member = textAt(value, 'node', 'name', 'member', 'broker');
    const raised = Object.entries(value)
      .filter(([key, flag]) => flag === true && FLAG.test(key))
      .map(([key]) => `${key.replace(/_/g, ' ')}: true`);
    const stopped = value['running'] === false && member !== undefined ? [`member ${member} is not running`] : [];
    return [
      ...scalerLines(id, value),
      ...[...raised, ...stopped].map((text) => line(id, { text, source: 'status', subject: member ?? subject })),
    ];
  });

const statusLines = (id: string, rows: readonly QueryRow[], subject: string): Line[] =>
  rows.flatMap(saidByRow).map((text) => line(id, { text, source: 'status', subject }));

/** Text line by line; of a statistics view only what its rows say is wrong. */
const plainLines = (material: Material, raw: readonly string[], source: Line['source'], subject: string): Line[] => {
  const views = queryTables(raw).filter(({ rows }) => isStatisticsView(rows[0]));
  const isInView = (index: number): boolean => views.some(({ from, to }) => index >= from && index < to);
  return [
    ...raw
      .filter((_, index) => !isInView(index))
      .map((text) => textLine(material.id, spelledOut(text, material), source, subject)),
    ...views.flatMap(({ rows }) => statusLines(material.id, rows, subject)),
  ];
};

/** Everything in an item that reads like something happened, in order, repeats and all. */
export const linesOf = (material: Material, subject: string, yaml: unknown): Line[] => {
  const source: Line['source'] =
    material.dimension === 'alerts'
      ? 'alert'
      : material.dimension === 'logs'
        ? 'log'
        : material.dimension === 'changes'
          ? 'change'
          : 'status';
  const document = material.json ?? yaml;
  const raw = splitLines(material.text);
  const lines =
    document !== undefined
      ? [
          ...jsonLines(material.id, document, subject, source),
          ...flagLines(material.id, document, subject),
          ...statusLines(material.id, jsonRows(document), subject),
        ]
      : looksLikeDescribe(material.text)
        ? describedLines(material.id, raw)
        : plainLines(material, raw, source, subject);
  return lines.slice(0, LINES_MAX).filter(({ text }) => text !== '');
};

/** The lines of one item with repeats counted instead of kept. */
export const countedLines = (lines: readonly Line[]): Line[] => {
  const byTemplate = new Map<string, Line>();
  for (const found of lines) {
    const key = `${found.subject}\u0000${templateOf(found.text)}`;
    const known = byTemplate.get(key);
    if (known === undefined) byTemplate.set(key, found);
    else
      byTemplate.set(key, {
        ...known,
        count: known.count + found.count,
        at: Math.max(known.at ?? 0, found.at ?? 0) || undefined,
      });
  }
  return [...byTemplate.values()];
};
