import { own } from '../own.js';

/** What a person does when no command is safe to offer: by fault type. */
export const MANUAL_STEPS: Record<string, { readonly verb: string; readonly description: string }> = {
  oom_killed: {
    verb: 'raise memory limit',
    description: 'Find out why the container needs more memory than its limit; raise the limit or mend the leak, then roll out.',
  },
  crash_loop: {
    verb: 'mend start-up',
    description: 'Read the last log of the crashing container, mend what it fails on, and roll out.',
  },
  image_pull_backoff: {
    verb: 'correct image',
    description: 'Correct the image reference or the pull secret of the workload to one that exists in the registry.',
  },
  probe_failure: {
    verb: 'correct probe',
    description: 'Compare the probe of the container with what it really serves; correct the probe or give it more time.',
  },
  node_not_ready: {
    verb: 'inspect node',
    description: "Look at the node's kubelet, container runtime and network; replace the node when it does not come back.",
  },
  node_pressure: {
    verb: 'relieve node',
    description: 'Find what fills the memory, disk or process table of the node and move or limit it.',
  },
  disk_pressure: {
    verb: 'free disk',
    description: 'Find what fills the disk (logs, images, volumes), free it, and bound its growth.',
  },
  pending_unschedulable: {
    verb: 'add capacity',
    description: 'Add a node that fits, or correct requests, selectors, taints or affinity of the workload.',
  },
  quota_exceeded: { verb: 'review quota', description: 'Raise the quota of the namespace or lower what its workloads request.' },
  config_missing: {
    verb: 'restore configuration',
    description: 'Restore the missing configuration object or key from version control, then restart what reads it.',
  },
  secret_missing: {
    verb: 'restore secret',
    description: 'Restore the missing secret from the secret store, then restart what reads it.',
  },
  connection_exhaustion: {
    verb: 'relieve connections',
    description:
      'Find the client that holds idle connections, bound its pool, end its idle sessions, and see whether a pooler is due.',
  },
  replication_lag: {
    verb: 'relieve replica',
    description:
      'Find the write burst or the long query on the replica that holds replay up, and stop it at its source. Rebuild or reboot the replica only if it does not catch up.',
  },
  storage_full: {
    verb: 'extend storage',
    description:
      'Extend the storage of the instance (it cannot be shrunk again), then find what fills it: logs, WAL held by slots, bloat.',
  },
  cpu_saturation: {
    verb: 'relieve processor',
    description: 'Find the query or workload that takes the processor; bound it, or give it more.',
  },
  cpu_throttling: {
    verb: 'raise processor limit',
    description: 'Raise the processor limit of the container, or take the limit off and keep the request.',
  },
  lock_contention: {
    verb: 'end blocker',
    description:
      'Find the session that blocks the others in pg_blocking_pids and cancel its query after looking at what it does.',
  },
  long_transaction: {
    verb: 'end transaction',
    description: 'Find the oldest open transaction and end it after asking its owner.',
  },
  checkpoint_storm: {
    verb: 'tune checkpoints',
    description: 'Spread the write burst out, and raise max_wal_size and checkpoint_timeout.',
  },
  failover: {
    verb: 'verify failover',
    description: 'Confirm that the new primary serves and that clients reconnected; then find why the old one failed.',
  },
  dependency_unavailable: {
    verb: 'restore dependency',
    description: 'Bring the dependency back; what depends on it recovers by itself or needs a restart after.',
  },
  dns_failure: { verb: 'restore name resolution', description: 'Look at the cluster DNS and the name that does not resolve.' },
  network_policy: {
    verb: 'correct network policy',
    description: 'Allow the traffic that the network policy blocks, no more than that.',
  },
  certificate_expired: {
    verb: 'renew certificate',
    description: 'Renew the certificate and see why it was not renewed by itself.',
  },
  job_failed: { verb: 'repair job', description: "Read the job's last log, mend what it failed on, and run it again." },
  volume_mount: {
    verb: 'repair volume',
    description: 'See why the volume does not attach or mount: claim, zone, driver, another node still holding it.',
  },
  service_selector_mismatch: {
    verb: 'correct selector',
    description: "Make the service's selector and port match the labels and ports of its pods.",
  },
  rbac_denied: { verb: 'review rights', description: 'Grant the service account the one right it lacks, in its own namespace.' },
  memory_leak: { verb: 'mend leak', description: 'Restart what leaks to gain time, then mend the leak.' },
  bad_rollout: { verb: 'roll back', description: 'Take the workload back to the version before the change.' },
  slow_query: {
    verb: 'mend query',
    description: 'Look at the plan of the slow query; add the index it lacks (concurrently) or rewrite it.',
  },
  io_saturation: {
    verb: 'relieve storage',
    description: 'Find what reads or writes so much, bound it, or give the volume more throughput.',
  },
  vacuum_debt: {
    verb: 'vacuum',
    description: 'Vacuum the tables with the most dead rows, and end the old transaction or slot that holds vacuum back.',
  },
  cluster_partition: {
    verb: 'heal partition',
    description: 'Restore the network between the members, then let the side with the fewer changes rejoin.',
  },
  consumer_lag: {
    verb: 'relieve consumer',
    description: 'See whether the consumers fail or are too few; mend them before adding more.',
  },
  migration_failed: {
    verb: 'repair migration',
    description: 'Read where the migration stopped, mend the schema by a new migration, and run it again.',
  },
  extension_missing: {
    verb: 'install extension',
    description: 'Install the missing database extension or run on an image that holds it.',
  },
  rate_limited: {
    verb: 'lower request rate',
    description: 'Lower the rate of requests, or ask the provider for a higher limit.',
  },
  upstream_timeout: {
    verb: 'restore dependency',
    description: 'Find why the dependency answers slowly; shed load until it recovers.',
  },
};

/** Fault types that ask for the same step as another. */
const SAME_STEP: Record<string, string> = {
  affinity_mismatch: 'pending_unschedulable',
  taint_mismatch: 'pending_unschedulable',
  unschedulable: 'pending_unschedulable',
  insufficient_resources: 'pending_unschedulable',
  too_many_pods: 'pending_unschedulable',
  bad_change: 'bad_rollout',
  rollout_stuck: 'bad_rollout',
  readiness_probe_failure: 'probe_failure',
  container_start_error: 'crash_loop',
  module_missing: 'crash_loop',
  code_exception: 'crash_loop',
  version_mismatch: 'bad_rollout',
  config_invalid: 'config_missing',
  env_var_missing: 'config_missing',
  credentials_rejected: 'secret_missing',
  dependency_unreachable: 'dependency_unavailable',
  slow_dependency: 'upstream_timeout',
  gateway_errors: 'dependency_unavailable',
  disk_full: 'disk_pressure',
  evicted: 'node_pressure',
  memory_pressure: 'node_pressure',
  low_memory: 'node_pressure',
  file_permission: 'volume_mount',
  forbidden: 'rbac_denied',
  locks: 'lock_contention',
  mount_failed: 'volume_mount',
  volume_affinity_conflict: 'volume_mount',
  pvc_unbound: 'volume_mount',
  no_endpoints: 'service_selector_mismatch',
  route_misconfigured: 'service_selector_mismatch',
  hpa_at_max: 'cpu_saturation',
  traffic_spike: 'cpu_saturation',
};

/** What a person does about a fault type; undefined for one that nobody described. */
export const manualStepFor = (faultType: string): { readonly verb: string; readonly description: string } | undefined =>
  own(MANUAL_STEPS, own(SAME_STEP, faultType) ?? faultType);

export const DEFAULT_STEP = {
  verb: 'investigate',
  description: 'Look at the component that the diagnosis names, confirm the cause, and decide on a remedy.',
} as const;
