/** The lists that evidence is gathered from; the chart's ClusterRole grants these and no others. */
export const LISTS = [
  'pods',
  'events',
  'deployments',
  'statefulsets',
  'daemonsets',
  'replicasets',
  'horizontalpodautoscalers',
] as const;
export type ListName = (typeof LISTS)[number];

/** One object of a resource that is not Kubernetes' own. */
export interface CustomObject {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
}

export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of the container before its last restart. */
  readonly previous: boolean;
}

/**
 * What is read of the Kubernetes API, as the JSON that it answers with.
 * @throws {SourceFailure} from every method; `no-data` for an object that is not there.
 */
export interface Cluster {
  list(resource: ListName, namespace: string, signal: AbortSignal): Promise<unknown>;
  node(name: string, signal: AbortSignal): Promise<unknown>;
  custom(object: CustomObject, signal: AbortSignal): Promise<unknown>;
  /** The last lines. */
  log(request: LogRequest, signal: AbortSignal): Promise<string>;
}
