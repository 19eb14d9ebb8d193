import type { EvidenceItem } from '@inquest/contracts';
import type { z } from 'zod';
import { evidenceOf, itemOf, type Collected, type Collector, type Found, type Question } from '../collector.js';
import { failureOf, SourceFailure } from '../http/source-failure.js';
import { lastLines } from '../last-lines.js';
import { isObjectName, type Subject } from '../subject.js';
import type { Cluster, ListName, LogRequest } from './cluster.js';
import { gitOpsEvidence, type GitOpsOptions } from './gitops.js';
import { Autoscaler, Event, listed, Node, Pod, ReplicaSet, Workload } from './objects.js';
import {
  affectedBy,
  isTroubled,
  isUnhealthy,
  ownersOf,
  statusesOf,
  type Affected,
  type Inventory,
  type Kind,
} from './related.js';
import { changeOf, isRecent, revisionsOf } from './revisions.js';

const PODS_MAX = 20;
const EVENTS_MAX = 60;
const LOGS_MAX = 6;
const NODES_MAX = 3;
/** Whose memory of events is longer than this is told of other troubles. */
const EVENTS_BEFORE_MS = 2 * 60 * 60_000;

/** The kinds of its lists, without which nobody could tell what an object is: members of lists do not say their own. */
const API = { Deployment: 'apps/v1', StatefulSet: 'apps/v1', DaemonSet: 'apps/v1' } as const;

/** Objects, events, logs and rollouts of the workload, with who owns what. */
export class Kubernetes implements Collector {
  readonly name = 'kubernetes';
  readonly dimension = 'kubernetes';

  constructor(
    private readonly cluster: Cluster,
    private readonly gitOps: GitOpsOptions,
  ) {}

  async collect(subject: Subject, signal: AbortSignal): Promise<Collected[]> {
    const { namespace } = subject;
    if (!isObjectName(namespace)) return [unnamed()];
    const look = new Look(this.cluster, namespace, signal);
    const [pods, events, deployments, statefulSets, daemonSets, replicaSets, autoscalers] = await Promise.all([
      look.list('pods', Pod),
      look.list('events', Event),
      look.list('deployments', Workload),
      look.list('statefulsets', Workload),
      look.list('daemonsets', Workload),
      look.list('replicasets', ReplicaSet),
      look.list('horizontalpodautoscalers', Autoscaler),
    ]);
    const of = (kind: Kind, list: readonly Workload[]) => list.map((one) => ({ ...one, kind }));
    const workloads = [...of('Deployment', deployments), ...of('StatefulSet', statefulSets), ...of('DaemonSet', daemonSets)];
    const inventory: Inventory = { pods, replicaSets, workloads };
    const affected = affectedBy(subject, inventory);
    const further = await Promise.all([
      ...this.logs(affected, look),
      ...this.nodes(affected, look),
      ...gitOpsEvidence(this.gitOps, affected, subject, (object) => this.cluster.custom(object, signal), signal),
    ]);
    return [
      ...look.incomplete,
      ...objects(affected, look, namespace),
      owners(affected, inventory, look),
      eventsOf(affected, events, subject, look),
      ...scalers(affected, autoscalers, look),
      ...rollouts(affected, replicaSets, subject, look),
      ...further,
    ];
  }

  /**
   * Of containers in trouble, and of what ran in them before; of a healthy workload those of one pod. While a container waits for its next
   * start both would be the same text.
   */
  private logs({ isNamed, pods }: Affected, look: Look): Promise<Collected>[] {
    const wanted = pods.flatMap((pod) =>
      statusesOf(pod.status)
        .filter((status) => isUnhealthy(pod) && isTroubled(status))
        .flatMap(({ name, restartCount, state }) => {
          if ((restartCount ?? 0) === 0) return [logRequest(pod, name, false)];
          return [logRequest(pod, name, true), ...(state?.waiting ? [] : [logRequest(pod, name, false)])];
        }),
    );
    const [first] = isNamed && wanted.length === 0 ? pods : [];
    const ofHealthy = (first?.spec?.containers ?? []).slice(0, 1).map(({ name }) => logRequest(first as Pod, name, false));
    return [...wanted, ...ofHealthy].slice(0, LOGS_MAX).map((request) => look.log(request));
  }

  private nodes({ pods }: Affected, look: Look): Promise<Collected>[] {
    const names = pods.filter(isUnhealthy).map(({ spec }) => spec?.nodeName ?? undefined);
    return [...new Set(names)]
      .filter(isObjectName)
      .slice(0, NODES_MAX)
      .map((name) => look.node(name));
  }
}

/** One look into one namespace, which remembers what it could not see. */
class Look {
  readonly incomplete: Collected[] = [];

  constructor(
    private readonly cluster: Cluster,
    readonly namespace: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Empty when it fails: then that is evidence of its own. */
  async list<S extends z.ZodType>(resource: ListName, schema: S): Promise<z.infer<S>[]> {
    const question = this.question(`kubernetes-${resource}`, `${resource} in ${this.namespace}`, `get ${resource}`);
    try {
      const parsed = listed(schema).safeParse(await this.cluster.list(resource, this.namespace, this.signal));
      if (!parsed.success) throw new SourceFailure('error', 'Its answer is not a list of objects.');
      const { objects, isCut } = parsed.data;
      const text = `The namespace has more ${resource} than the ${objects.length} that were looked at.`;
      if (isCut) this.incomplete.push(itemOf(question, 'truncated', { text }));
      return objects;
    } catch (error) {
      const { status, message } = failureOf(error, this.signal);
      this.incomplete.push(itemOf(question, status, { text: message }));
      return [];
    }
  }

  log(request: LogRequest): Promise<Collected> {
    const { pod, container, previous } = request;
    const ran = previous ? ', before its last restart' : '';
    const question: Question = {
      ...this.question(
        `kubernetes-log-${pod}-${container}${previous ? '-previous' : ''}`.slice(0, 120),
        `Log of container ${container} of Pod/${pod}${ran}`,
        `logs ${pod} -c ${container}${previous ? ' --previous' : ''}`,
      ),
      ...{ dimension: 'logs', kind: 'log' },
    };
    return evidenceOf(question, this.signal, async () => {
      const text = await this.cluster.log(request, this.signal);
      return text.trim() === '' ? undefined : lastLines(text.trimEnd().split('\n'));
    });
  }

  node(name: string): Promise<Collected> {
    const question = this.question(`kubernetes-node-${name}`.slice(0, 120), `Node ${name}`, `get node ${name}`);
    return evidenceOf(question, this.signal, async () => {
      const node = Node.parse(await this.cluster.node(name, this.signal));
      return { json: jsonOf({ apiVersion: 'v1', kind: 'Node', ...node, metadata: { name } }) };
    });
  }

  question(id: string, title: string, command: string): Question {
    const invocation = `kubectl ${command} -n ${this.namespace}`;
    return { id, title, dimension: 'kubernetes', kind: 'k8s_object', tool: 'kubernetes/api', invocation };
  }

  found(question: Question, found: Found | undefined): Collected {
    return itemOf(question, found ? 'ok' : 'no-data', found ?? {});
  }
}

const unnamed = (): Collected =>
  itemOf(
    {
      ...{ id: 'kubernetes-objects', title: 'Objects of the workload', dimension: 'kubernetes', kind: 'k8s_object' },
      ...{ tool: 'kubernetes/api', invocation: '' },
    },
    'no-data',
    { text: 'The alert names no namespace, so nobody knows where to look.' },
  );

const logRequest = ({ metadata }: Pod, container: string, previous: boolean): LogRequest => ({
  ...{ namespace: metadata.namespace ?? '', pod: metadata.name, container, previous },
});

const objects = ({ isNamed, pods, workloads }: Affected, look: Look, namespace: string): Collected[] => {
  const which = isNamed ? '' : `, unhealthy ones in ${namespace}, as none has a name that the alert mentions`;
  const left = pods.length > PODS_MAX ? ` (${PODS_MAX} of ${pods.length})` : '';
  const ofPods = look.question('kubernetes-pods-affected', `Pods${left}${which}`, 'get pods -o json');
  const ofWorkloads = look.question(
    'kubernetes-workloads',
    `Workloads${which}`,
    'get deployments,statefulsets,daemonsets -o json',
  );
  const shownPods = pods.slice(0, PODS_MAX).map((pod) => ({ apiVersion: 'v1', kind: 'Pod', ...pod, metadata: identityOf(pod) }));
  const shownWorkloads = workloads
    .slice(0, PODS_MAX)
    .map((one) => ({ apiVersion: API[one.kind], ...one, metadata: identityOf(one) }));
  return [
    look.found(ofWorkloads, shownWorkloads.length === 0 ? undefined : { json: jsonOf(shownWorkloads) }),
    look.found(ofPods, shownPods.length === 0 ? undefined : { json: jsonOf(shownPods) }),
  ];
};

/** Annotations can hold a whole object as it was applied, values of variables included. */
const identityOf = ({ metadata }: Pick<Pod, 'metadata'>) => ({ ...metadata, annotations: undefined });

const owners = ({ pods }: Affected, inventory: Inventory, look: Look): Collected => {
  const lines = pods.slice(0, PODS_MAX).map((pod) => {
    const chain = [`Pod/${pod.metadata.name}`, ...ownersOf(pod, inventory)].join(' is owned by ');
    return pod.spec?.nodeName ? `${chain}; it runs on Node/${pod.spec.nodeName}` : `${chain}; it runs on no node`;
  });
  const question = look.question('kubernetes-owners', 'Who owns the pods and where they run', 'get pods -o wide');
  const item: Question = { ...question, dimension: 'topology', kind: 'topology' };
  return look.found(item, lines.length === 0 ? undefined : { text: lines.join('\n') });
};

const timeOf = ({ series, lastTimestamp, eventTime, firstTimestamp, metadata }: Event): string =>
  series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata?.creationTimestamp ?? '';

const eventsOf = ({ isNamed, pods, workloads }: Affected, events: readonly Event[], subject: Subject, look: Look): Collected => {
  const names = [...pods, ...workloads].map(({ metadata }) => metadata.name);
  const about = ({ involvedObject: { name } }: Event): boolean =>
    !isNamed || names.some((known) => name === known || name?.startsWith(`${known}-`) || name?.startsWith(`${known}.`));
  const shown = events
    .filter((event) => about(event) && Date.parse(timeOf(event)) >= subject.onsetMs - EVENTS_BEFORE_MS)
    .sort((a, b) => timeOf(a).localeCompare(timeOf(b)))
    .slice(-EVENTS_MAX)
    .map((event) => ({
      ...event,
      kind: 'Event',
      lastTimestamp: timeOf(event),
      count: event.series?.count ?? event.count ?? 1,
      metadata: undefined,
    }));
  const question: Question = { ...look.question('kubernetes-events-affected', 'Events', 'get events'), kind: 'k8s_event' };
  return look.found(question, shown.length === 0 ? undefined : { json: jsonOf(shown) });
};

const scalers = ({ workloads }: Affected, autoscalers: readonly Autoscaler[], look: Look): Collected[] => {
  const shown = autoscalers.filter(({ spec: { scaleTargetRef: to } }) =>
    workloads.some(({ kind, metadata }) => kind === to.kind && metadata.name === to.name),
  );
  if (shown.length === 0) return [];
  const json = shown.map((one) => ({
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', ...one, metadata: identityOf(one) },
    current_cpu_utilization: one.status?.currentMetrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.current
      ?.averageUtilization,
    target_cpu_utilization: one.spec.metrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.target
      ?.averageUtilization,
  }));
  return [
    look.found(look.question('kubernetes-autoscalers', 'Autoscalers of the workloads', 'get hpa -o json'), {
      json: jsonOf(json),
    }),
  ];
};

const rollouts = (
  affected: Affected,
  replicaSets: readonly ReplicaSet[],
  { onsetMs, window }: Subject,
  look: Look,
): Collected[] => {
  const revisions = revisionsOf(affected, replicaSets);
  if (revisions.length === 0) return [];
  const recent = revisions.filter((revision) => isRecent(revision, onsetMs, window.toMs));
  const history = revisions.map(
    ({ object, revision, at, images, replicas, cause }) =>
      `${object} revision ${revision}, made ${at ?? 'at an unknown time'}, ${replicas} replicas wanted now, ${images.join(', ')} ${cause}`,
  );
  const command = 'get replicasets -o json';
  const change: Question = {
    ...look.question('kubernetes-rollouts', 'Rollouts since a day before the onset, against the revision before', command),
    ...{ dimension: 'changes', kind: 'change' },
  };
  return [
    look.found(look.question('kubernetes-history', 'Rollout history', command), { text: history.join('\n') }),
    look.found(change, recent.length === 0 ? undefined : { json: recent.map(changeOf) }),
  ];
};

/** Without members that are undefined. */
const jsonOf = (value: unknown): NonNullable<EvidenceItem['json']> =>
  JSON.parse(JSON.stringify(value)) as NonNullable<EvidenceItem['json']>;
