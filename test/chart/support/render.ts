import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { ChartTools } from './tools.js';

export const CHART = join(import.meta.dirname, '../../../k8s/charts/inquest');
/** The oldest that the chart allows. A helm that was built by Go has an older one in mind. */
export const KUBERNETES = '1.31.0';

export const EXAMPLES = readdirSync(join(CHART, 'examples')).map((file) => file.replace('.yaml', ''));

const Env = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }).optional() }).optional(),
});
const Probe = z.object({ httpGet: z.object({ path: z.string() }).optional() });
const Container = z.object({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()).default([]),
  env: z.array(Env).default([]),
  envFrom: z.array(z.object({ configMapRef: z.object({ name: z.string() }) })).default([]),
  resources: z.object({ requests: z.record(z.string(), z.unknown()), limits: z.record(z.string(), z.unknown()) }),
  securityContext: z.record(z.string(), z.unknown()),
  startupProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
  readinessProbe: Probe.optional(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
});
export type Container = z.infer<typeof Container>;
const PodSpec = z.looseObject({
  automountServiceAccountToken: z.boolean().optional(),
  serviceAccountName: z.string().optional(),
  terminationGracePeriodSeconds: z.number().optional(),
  securityContext: z.record(z.string(), z.unknown()),
  containers: z.array(Container).min(1),
  initContainers: z.array(Container).default([]),
  volumes: z.array(z.looseObject({ name: z.string() })).default([]),
});
const CronJobSpec = z.object({ jobTemplate: z.object({ spec: z.object({ template: z.unknown() }) }) });
const Metadata = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
});
const KubernetesObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: Metadata,
  spec: z.record(z.string(), z.unknown()).optional(),
});
export type KubernetesObject = z.infer<typeof KubernetesObject>;

export interface Pod {
  readonly owner: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: z.infer<typeof PodSpec>;
}

/** What helm has made already: most specs look at the same. */
const done = new Map<string, string>();

/** The chart as `helm install` would send it, or `helm upgrade` with `--is-upgrade`. */
export const rendered = ({ helm }: ChartTools, example: string, ...flags: string[]): string => {
  const values = join(CHART, 'examples', `${example}.yaml`);
  const key = [example, ...flags].join(' ');
  const text =
    done.get(key) ??
    execFileSync(helm, [...template(), '--values', values, ...flags], { encoding: 'utf8', maxBuffer: 32 * 2 ** 20 });
  done.set(key, text);
  return text;
};

/** The same as objects, read as Kubernetes reads YAML: `off` is not a text. */
export const render = (tools: ChartTools, example: string, ...flags: string[]): KubernetesObject[] =>
  parseAllDocuments(rendered(tools, example, ...flags), { version: '1.1' })
    .map((document) => document.toJSON() as unknown)
    .filter((object) => object !== null)
    .map((object) => KubernetesObject.parse(object));

/** What helm says when it refuses. */
export const refusal = ({ helm }: ChartTools, ...flags: string[]): string => {
  const { status, stderr } = spawnSync(helm, [...template(), ...flags], { encoding: 'utf8' });
  if (status === 0) throw new Error('helm did not refuse.');
  return stderr;
};

const template = (): string[] => ['template', 'inquest', CHART, '--namespace', 'inquest', '--kube-version', KUBERNETES];

export const named = (objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (!found) throw new Error(`There is no ${kind} ${name}.`);
  return found;
};

/** The pods that the objects lead to. */
export const podsOf = (objects: readonly KubernetesObject[]): Pod[] =>
  objects.flatMap(({ kind, metadata, spec }) => {
    const owner = `${kind} ${metadata.name}`;
    if (kind === 'Pod') return [{ owner, labels: metadata.labels, annotations: metadata.annotations, spec: PodSpec.parse(spec) }];
    if (!['Deployment', 'StatefulSet', 'Job', 'CronJob'].includes(kind)) return [];
    const { metadata: own, spec: inner } = z
      .object({ metadata: Metadata.omit({ name: true }), spec: PodSpec })
      .parse(kind === 'CronJob' ? CronJobSpec.parse(spec).jobTemplate.spec.template : spec?.['template']);
    return [{ owner, labels: own.labels, annotations: own.annotations, spec: inner }];
  });

/** Every setting of a container but its secrets, whether it stands in the pod or in a ConfigMap. */
export const settingsOf = (objects: readonly KubernetesObject[], { env, envFrom }: Container): Record<string, string> => {
  const maps = envFrom.map(({ configMapRef }) => named(objects, 'ConfigMap', configMapRef.name)['data']);
  const inPod = env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  return Object.assign({}, ...maps, Object.fromEntries(inPod)) as Record<string, string>;
};

const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z.array(z.object({ key: z.string(), operator: z.literal('In'), values: z.array(z.string()) })).default([]),
});

export const selects = (selector: unknown, labels: Readonly<Record<string, string>>): boolean => {
  const { matchLabels, matchExpressions } = Selector.parse(selector ?? {});
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
  );
};
