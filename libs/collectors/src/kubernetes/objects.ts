import { z } from 'zod';

/**
 * What is read of Kubernetes' objects. All else is dropped here: above all the values of environment variables, many of which are
 * secrets that no pattern would recognise.
 */

const text = z.string().nullish();
const Strings = z.record(z.string(), z.string()).nullish();
const Condition = z.object({ type: z.string(), status: z.string(), reason: text, message: text, lastTransitionTime: text });
const listOf = <S extends z.ZodType>(schema: S) => z.array(schema).nullish();

const Metadata = z.object({
  name: z.string(),
  namespace: text,
  labels: Strings,
  annotations: Strings,
  creationTimestamp: text,
  deletionTimestamp: text,
  ownerReferences: listOf(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().nullish() })),
});
const Resources = z.object({ requests: Strings, limits: Strings }).nullish();
const ContainerSpec = z.object({ name: z.string(), image: text, resources: Resources });

const StateDetail = z
  .object({
    reason: text,
    message: text,
    exitCode: z.number().nullish(),
    signal: z.number().nullish(),
    startedAt: text,
    finishedAt: text,
  })
  .nullish();
const State = z.object({ running: StateDetail, waiting: StateDetail, terminated: StateDetail }).nullish();
const ContainerStatus = z.object({
  name: z.string(),
  image: text,
  ready: z.boolean().nullish(),
  restartCount: z.number().nullish(),
  state: State,
  lastState: State,
});

export const Pod = z.object({
  metadata: Metadata,
  spec: z.object({ nodeName: text, containers: listOf(ContainerSpec) }).nullish(),
  status: z
    .object({
      phase: text,
      reason: text,
      message: text,
      startTime: text,
      conditions: listOf(Condition),
      initContainerStatuses: listOf(ContainerStatus),
      containerStatuses: listOf(ContainerStatus),
    })
    .nullish(),
});
export type Pod = z.infer<typeof Pod>;

const count = z.number().nullish();
export const Workload = z.object({
  metadata: Metadata,
  spec: z
    .object({
      replicas: count,
      template: z.object({ spec: z.object({ containers: listOf(ContainerSpec) }).nullish() }).nullish(),
    })
    .nullish(),
  status: z
    .object({
      ...{ observedGeneration: count, replicas: count, readyReplicas: count, availableReplicas: count, updatedReplicas: count },
      ...{ unavailableReplicas: count, desiredNumberScheduled: count, numberReady: count, numberUnavailable: count },
      conditions: listOf(Condition),
    })
    .nullish(),
});
export type Workload = z.infer<typeof Workload>;

/** Its template is compared with that of the revision before; of what differs, values of variables are not shown. */
export const ReplicaSet = z.object({
  metadata: Metadata,
  spec: z.object({ replicas: count, template: z.unknown() }).nullish(),
});
export type ReplicaSet = z.infer<typeof ReplicaSet>;

export const Event = z.object({
  involvedObject: z.object({ kind: text, name: text, namespace: text }),
  type: text,
  reason: text,
  message: text,
  count,
  firstTimestamp: text,
  lastTimestamp: text,
  eventTime: text,
  series: z.object({ count, lastObservedTime: text }).nullish(),
  metadata: z.object({ creationTimestamp: text }).nullish(),
});
export type Event = z.infer<typeof Event>;

const Utilisation = z.object({ averageUtilization: count }).nullish();
/** Of those it can scale by, the resources of its pods. */
const Metric = z.object({
  type: z.string(),
  resource: z.object({ name: z.string(), target: Utilisation, current: Utilisation }).nullish(),
});
export const Autoscaler = z.object({
  metadata: Metadata,
  spec: z.object({
    scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
    minReplicas: count,
    maxReplicas: count,
    metrics: listOf(Metric),
  }),
  status: z
    .object({ currentReplicas: count, desiredReplicas: count, currentMetrics: listOf(Metric), conditions: listOf(Condition) })
    .nullish(),
});
export type Autoscaler = z.infer<typeof Autoscaler>;

export const Node = z.object({
  metadata: Metadata,
  spec: z
    .object({ unschedulable: z.boolean().nullish(), taints: listOf(z.object({ key: z.string(), effect: z.string() })) })
    .nullish(),
  status: z.object({ conditions: listOf(Condition), allocatable: Strings }).nullish(),
});
export type Node = z.infer<typeof Node>;

/** One that does not fit is left out: the others are still worth seeing. `isCut`: the server has more than it was asked for. */
export const listed = <S extends z.ZodType>(schema: S) =>
  z
    .object({ items: z.array(z.unknown()).nullish(), metadata: z.object({ continue: text }).nullish() })
    .transform(({ items, metadata }) => ({
      isCut: (metadata?.continue ?? '') !== '',
      objects: (items ?? []).flatMap((item): z.infer<S>[] => {
        const parsed = schema.safeParse(item);
        return parsed.success ? [parsed.data] : [];
      }),
    }));
