import type { KnownFault } from '@inquest/rca';

/** Names of faults that models use besides those of the rules. */
export type ModelsFault =
  | 'deadlock'
  | 'disk_pressure'
  | 'lock_contention'
  | 'long_transaction'
  | 'memory_leak'
  | 'pending_unschedulable'
  | 'rbac_denied'
  | 'scaled_to_zero'
  | 'secret_missing'
  | 'service_selector_mismatch'
  | 'volume_mount';

/** Words that the evidence of a fault always holds, whoever collected it. */
const SIGNATURES: Partial<Record<KnownFault | ModelsFault, RegExp>> = {
  oom_killed: /OOM|out of memory|exit[_ ]?code"?:? ?137|memory/i,
  crash_loop: /crash|back-?off|restart|exit[_ ]?code|terminated|panic|exception/i,
  image_pull_backoff: /image|pull|registry|manifest unknown/i,
  probe_failure: /probe|unhealthy|liveness|readiness|startup/i,
  node_not_ready: /not ?ready|unreachable|kubelet|node/i,
  node_pressure: /pressure|evict/i,
  disk_pressure: /disk|storage|space|evict/i,
  pending_unschedulable: /pending|unschedulable|schedul|insufficient|taint|affinity/i,
  quota_exceeded: /quota|limit|exceeded/i,
  config_missing: /config|not found|missing|undefined|key|variable|env/i,
  secret_missing: /secret|credential|not found|missing/i,
  connection_exhaustion: /connection|pool|slots|clients/i,
  replication_lag: /replica|lag|wal|replay/i,
  storage_full: /storage|disk|space|free/i,
  cpu_saturation: /cpu|load|processor/i,
  cpu_throttling: /throttl|cpu/i,
  memory_pressure: /mem|swap|heap|\brss\b/i,
  io_saturation: /disk|\bi\/?o\b|iops|latency|queue|burst/i,
  insufficient_resources: /insufficient|pending|schedul/i,
  affinity_mismatch: /affinity|selector|match|topology/i,
  taint_mismatch: /taint|tolerat/i,
  pvc_unbound: /volume|claim|pvc|storage/i,
  pdb_blocks_eviction: /budget|evict|drain/i,
  evicted: /evict|pressure|low on/i,
  env_var_missing: /env|variable|undefined|missing|unset|not set|required/i,
  readiness_probe_failure: /probe|ready|unhealthy/i,
  disk_full: /disk|space|storage/i,
  vacuum_debt: /vacuum|dead|bloat|wraparound|transaction ?id/i,
  locks: /lock|block|wait|idle in/i,
  forbidden: /forbid|denied|rbac|cannot|author|permission/i,
  mount_failed: /mount|volume|attach/i,
  no_endpoints: /endpoint|selector|service|port/i,
  lock_contention: /lock|block|deadlock|wait/i,
  long_transaction: /transaction|idle in|query|xact/i,
  checkpoint_storm: /checkpoint|wal|write|iops/i,
  failover: /failover|promot|multi-?az|primary/i,
  dns_failure: /dns|resolve|lookup|nxdomain|name/i,
  certificate_expired: /cert|tls|x509|expir/i,
  network_policy: /policy|timeout|refused|denied|network/i,
  rbac_denied: /forbidden|rbac|denied|cannot/i,
  volume_mount: /mount|volume|attach/i,
  job_failed: /job|backofflimit|failed/i,
  service_selector_mismatch: /selector|endpoint|service|port/i,
};

/** What the evidence of a fault type always shows; undefined for fault types that have no such words. */
export const signatureOf = (faultType: string): RegExp | undefined =>
  Object.hasOwn(SIGNATURES, faultType) ? SIGNATURES[faultType as keyof typeof SIGNATURES] : undefined;

/** States that only something broken is in. */
export const failureSigns =
  /\b(CrashLoopBackOff|ImagePullBackOff|ErrImagePull|CreateContainerConfigError|RunContainerError|OOMKilled|Evicted|NotReady|FATAL|panic:|Back-off restarting)\b/;
