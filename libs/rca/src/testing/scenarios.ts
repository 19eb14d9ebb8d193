import { EvidenceSnapshot, Incident, type Dimension } from '@inquest/contracts';

/** A scenario file as far as specs read it. */
export interface Scenario {
  id: string;
  incident: {
    format: string;
    body?: Record<string, unknown>;
    prompt?: string;
    alert?: Record<string, unknown>;
    workload?: Record<string, unknown>;
  };
  evidence: {
    id: string;
    kind: string;
    title: string;
    tool?: string;
    invocation?: string;
    status: string;
    cut_bytes?: number;
    text?: string;
    json?: unknown;
    trusted?: boolean;
  }[];
  expected: {
    healthy: boolean;
    category?: string;
    abstain?: boolean;
    answerable?: boolean;
    accepted_categories?: string[];
    forbidden_categories?: string[];
    must_mention?: string[];
  };
}

const BY_KIND: Record<string, Dimension> = {
  alert: 'alerts',
  metric: 'metrics',
  log: 'logs',
  trace: 'traces',
  k8s_object: 'kubernetes',
  k8s_event: 'kubernetes',
  topology: 'topology',
  change: 'changes',
  runbook: 'history',
};

const BY_TOOL: [RegExp, Dimension][] = [
  [/prometheus|metric|cloudwatch/i, 'metrics'],
  [/log/i, 'logs'],
  [/trace|tempo/i, 'traces'],
];

const dimensionOf = ({ kind, tool }: Scenario['evidence'][number]): Dimension =>
  BY_KIND[kind] ?? BY_TOOL.find(([pattern]) => pattern.test(tool ?? ''))?.[1] ?? 'kubernetes';

/** Evidence of a scenario file as a snapshot. */
export const snapshotOf = (evidence: Scenario['evidence']): EvidenceSnapshot => {
  const draft: Partial<Record<Dimension, unknown[]>> = {};
  for (const item of evidence) {
    (draft[dimensionOf(item)] ??= []).push({
      id: item.id,
      status: item.status === 'no_data' ? 'no-data' : item.status,
      title: item.title.slice(0, 500),
      kind: item.kind,
      ...(item.tool === undefined ? {} : { tool: item.tool }),
      ...(item.invocation === undefined ? {} : { invocation: item.invocation.slice(0, 2_000) }),
      ...(item.text === undefined ? {} : { text: item.text.slice(0, 64_000) }),
      ...(item.json === undefined ? {} : { json: item.json }),
      ...(item.cut_bytes === undefined ? {} : { cutBytes: item.cut_bytes }),
      trusted: item.trusted ?? true,
    });
  }
  return EvidenceSnapshot.parse(draft);
};

const strings = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, entry]) => typeof entry === 'string' || typeof entry === 'number')
          .map(([key, entry]) => [key, String(entry).slice(0, 4_000)]),
      )
    : {};

const pick = (from: Record<string, string>, ...keys: string[]): string | undefined =>
  keys.map((key) => from[key]).find((value) => value !== undefined && value !== '');

/** The incident of a scenario file in any of its four forms. */
export const incidentOf = ({ id, incident: { body, prompt, alert, workload } }: Scenario): Incident => {
  const labels = {
    ...strings(body?.['commonLabels']),
    ...strings(alert?.['labels']),
    ...strings(body?.['subject']),
    ...strings(workload),
  };
  const annotations = { ...strings(body?.['commonAnnotations']), ...strings(alert?.['annotations']) };
  if (typeof body?.['state'] === 'string') labels['state'] = body['state'];
  const title = (typeof body?.['title'] === 'string' ? body['title'] : (prompt ?? id)).slice(0, 400);
  const description = [typeof body?.['description'] === 'string' ? body['description'] : '', prompt ?? '']
    .filter((text) => text !== '')
    .join('\n');
  const service = pick(annotations, 'db_instance_identifier') ?? pick(labels, 'workload_name', 'name');
  return Incident.parse({
    source: 'spec',
    fingerprint: id,
    title,
    description: description.slice(0, 8_000),
    startsAt: '2026-01-01T00:00:00Z',
    labels,
    annotations,
    ...(service === undefined ? {} : { service }),
    ...(pick(labels, 'namespace') === undefined ? {} : { namespace: pick(labels, 'namespace') }),
  });
};
