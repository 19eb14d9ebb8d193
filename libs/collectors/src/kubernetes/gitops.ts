import { z } from 'zod';
import { evidenceOf, type Collected, type Found, type Question } from '../collector.js';
import { isObjectName, type Subject } from '../subject.js';
import type { CustomObject } from './cluster.js';
import type { Affected, KindedWorkload } from './related.js';

/** Which GitOps controllers the cluster has: their objects say what was rolled out, when, and from which commit. */
export interface GitOpsOptions {
  readonly argoCd: boolean;
  /** Where its Applications are, unless a workload says otherwise. */
  readonly argoCdNamespace: string;
  readonly flux: boolean;
}

const DAY_MS = 24 * 60 * 60_000;
const HISTORY_MAX = 10;

const text = z.string().nullish();
const Application = z.object({
  status: z
    .object({
      sync: z.object({ status: text, revision: text }).nullish(),
      health: z.object({ status: text, message: text }).nullish(),
      operationState: z.object({ phase: text, message: text, startedAt: text, finishedAt: text }).nullish(),
      history: z
        .array(z.object({ revision: text, deployedAt: text, source: z.object({ repoURL: text, path: text }).nullish() }))
        .nullish(),
    })
    .nullish(),
});
const Condition = z.object({ type: z.string(), status: z.string(), reason: text, message: text, lastTransitionTime: text });
const Reconciled = z.object({
  spec: z.object({ suspend: z.boolean().nullish() }).nullish(),
  status: z
    .object({
      lastAppliedRevision: text,
      lastAttemptedRevision: text,
      conditions: z.array(Condition).nullish(),
      history: z
        .array(
          z.object({
            chartVersion: text,
            appVersion: text,
            status: text,
            firstDeployed: text,
            lastDeployed: text,
            version: z.number().nullish(),
          }),
        )
        .nullish()
        .catch(null),
    })
    .nullish(),
});

type Ask = (object: CustomObject) => Promise<unknown>;
interface Manager {
  readonly object: CustomObject;
  readonly kind: 'Application' | 'Kustomization' | 'HelmRelease';
}

/** The objects that the affected workloads were applied by, asked for by the names that these bear; none is searched for. */
export const gitOpsEvidence = (
  options: GitOpsOptions,
  { workloads }: Affected,
  subject: Subject,
  ask: Ask,
  signal: AbortSignal,
): Promise<Collected>[] => {
  const managers = new Map<string, Manager>();
  for (const workload of workloads)
    for (const manager of managersOf(workload, options))
      managers.set(`${manager.kind}/${manager.object.namespace}/${manager.object.name}`, manager);
  return [...managers.values()].map(({ object, kind }) => {
    const question: Question = {
      ...{ id: `gitops-${kind.toLowerCase()}-${object.name}`.slice(0, 120), dimension: 'changes', kind: 'change' },
      ...{ title: `${kind} ${object.name} since a day before the onset`, tool: 'kubernetes/gitops' },
      invocation: `kubectl get ${object.plural}.${object.group} ${object.name} -n ${object.namespace} -o json`,
    };
    return evidenceOf(question, signal, async () => {
      const answer = await ask(object);
      return kind === 'Application' ? synced(object.name, answer, subject) : reconciled(kind, object.name, answer, subject);
    });
  });
};

const managersOf = ({ metadata }: KindedWorkload, { argoCd, argoCdNamespace, flux }: GitOpsOptions): Manager[] => {
  const [labels, annotations] = [metadata.labels ?? {}, metadata.annotations ?? {}];
  const found: { kind: Manager['kind']; object: CustomObject }[] = [];
  // `application:group/Kind:namespace/name`; an Application outside Argo CD's own namespace is `namespace_application`.
  const tracked = annotations['argocd.argoproj.io/tracking-id']?.split(':')[0] ?? labels['argocd.argoproj.io/instance'];
  if (argoCd && tracked !== undefined) {
    const [name = '', namespace = argoCdNamespace] = tracked.split('_').reverse();
    found.push({
      kind: 'Application',
      object: { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications', namespace, name },
    });
  }
  const ofFlux = (kind: Manager['kind'], group: string, version: string, plural: string) => {
    const [name, namespace] = [labels[`${group}/name`], labels[`${group}/namespace`]];
    if (flux && name !== undefined && namespace !== undefined)
      found.push({ kind, object: { group, version, plural, namespace, name } });
  };
  ofFlux('Kustomization', 'kustomize.toolkit.fluxcd.io', 'v1', 'kustomizations');
  ofFlux('HelmRelease', 'helm.toolkit.fluxcd.io', 'v2', 'helmreleases');
  return found.filter(({ object }) => isObjectName(object.name) && isObjectName(object.namespace));
};

const isRecent = (at: string | null | undefined, { onsetMs, window }: Subject): boolean =>
  at !== null && at !== undefined && Date.parse(at) >= onsetMs - DAY_MS && Date.parse(at) <= window.toMs;

const synced = (name: string, answer: unknown, subject: Subject): Found | undefined => {
  const { status } = Application.parse(answer);
  const object = `Application/${name}`;
  const history = (status?.history ?? []).filter(({ deployedAt }) => isRecent(deployedAt, subject)).slice(-HISTORY_MAX);
  const state = [status?.operationState?.phase, status?.operationState?.message, status?.health?.message]
    .filter(Boolean)
    .join(': ');
  const isSound = status?.sync?.status === 'Synced' && status.health?.status === 'Healthy';
  const changes = history.map(({ revision, deployedAt, source }) => ({
    ...{ object, at: deployedAt ?? null, revision: revision ?? null },
    message: `Argo CD deployed ${source?.repoURL ?? ''} ${source?.path ?? ''} at revision ${revision ?? 'unknown'} at ${deployedAt}`,
  }));
  const now = isSound
    ? []
    : [{ object, message: `${object} is ${status?.sync?.status} and ${status?.health?.status}. ${state}` }];
  return changes.length + now.length === 0 ? undefined : { json: [...changes, ...now] };
};

const reconciled = (kind: string, name: string, answer: unknown, subject: Subject): Found | undefined => {
  const { spec, status } = Reconciled.parse(answer);
  const object = `${kind}/${name}`;
  const releases = (status?.history ?? [])
    .filter(({ lastDeployed }) => isRecent(lastDeployed, subject))
    .slice(0, HISTORY_MAX)
    .map(({ chartVersion, appVersion, status: outcome, lastDeployed }) => ({
      ...{ object, at: lastDeployed ?? null },
      message: `Flux released chart ${chartVersion ?? ''} (${appVersion ?? ''}) at ${lastDeployed}: ${outcome ?? 'unknown'}`,
    }));
  const told = (status?.conditions ?? [])
    .filter((condition) => condition.status !== 'True' || isRecent(condition.lastTransitionTime, subject))
    .map(({ type, status: value, reason, message, lastTransitionTime }) => ({
      ...{ object, at: lastTransitionTime ?? null, revision: status?.lastAppliedRevision ?? null },
      message: `${object} ${type} is ${value} since ${lastTransitionTime}: ${reason ?? ''} ${message ?? ''}`.trim(),
    }));
  const suspended =
    spec?.suspend === true ? [{ object, message: `${object} is suspended: the cluster may differ from its repository` }] : [];
  const changes = [...releases, ...told, ...suspended];
  return changes.length === 0 ? undefined : { json: changes };
};
