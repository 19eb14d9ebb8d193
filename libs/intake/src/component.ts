import { firstText, type Fields } from './values.js';

// Workloads and instances go first: a label `service` often names no more than the product, e.g. `rds`.
const COMPONENT_NAMES = [
  'deployment',
  'kube_deployment',
  'statefulset',
  'kube_stateful_set',
  'daemonset',
  'kube_daemon_set',
  'workload_name',
  'workload',
  'db_instance_identifier',
  'DBInstanceIdentifier',
  'db_instance',
  'service',
  'service_name',
  'app',
  'app_kubernetes_io_name',
  'application',
  'kube_job',
  'job_name',
  'cronjob',
  'pod',
  'pod_name',
  'container',
  'container_name',
  'node',
  'host',
  'instance',
  'job',
];

const NAMESPACE_NAMES = ['namespace', 'kube_namespace', 'exported_namespace', 'kubernetes_namespace'];

const named = (maps: readonly Fields[], names: readonly string[]): string | undefined => {
  for (const name of names) {
    const text = maps.map((map) => firstText(map, name)).find((found) => found !== undefined);
    if (text !== undefined) return text;
  }
  return undefined;
};

/** The component that labels or annotations name: the most specific name first, in labels before annotations. */
export const componentOf = (...maps: readonly Fields[]): string | undefined => named(maps, COMPONENT_NAMES);

export const namespaceOf = (...maps: readonly Fields[]): string | undefined => named(maps, NAMESPACE_NAMES);
