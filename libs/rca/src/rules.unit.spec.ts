import { diagnose } from './index.js';
import {
  event,
  incident,
  insights,
  json,
  log,
  metric,
  pod,
  rdsEvent,
  snapshot,
  step,
  text,
  type Piece,
} from './testing/builders.js';

type Case = [sentence: string, title: string, category: string, faultType: string, mentions: string[], pieces: Piece[]];

const WEB = 'web-7f9dd8b6c4-x7gr9';

const kubernetes: Case[] = [
  [
    'memory kills by exit code and reason',
    `Pod ${WEB} crash looping`,
    'resource_exhaustion',
    'oom_killed',
    ['137', WEB],
    [
      pod(WEB, false, {
        containers: [
          {
            name: 'web',
            ready: false,
            restart_count: 6,
            state: { waiting: true, reason: 'CrashLoopBackOff', message: 'last terminated: reason=OOMKilled, exit_code=137' },
          },
        ],
      }),
    ],
  ],
  [
    'an image that does not exist',
    'web does not start',
    'configuration_error',
    'image_pull_backoff',
    ['web:v9', 'manifest'],
    [
      pod(WEB, false, { phase: 'Pending' }),
      event(`Pod/${WEB}`, 'Failed', 'Failed to pull image "web:v9": rpc error: manifest unknown'),
    ],
  ],
  [
    'a command that is not in the image',
    'web crash looping',
    'configuration_error',
    'container_start_error',
    ['pyhton'],
    [
      event(
        `Pod/${WEB}`,
        'Failed',
        'Error: failed to create containerd task: OCI runtime create failed: exec: "pyhton": executable file not found in $PATH: unknown',
      ),
    ],
  ],
  [
    'a failing liveness probe',
    'web restarting',
    'configuration_error',
    'probe_failure',
    ['Liveness probe'],
    [pod(WEB, false), event(`Pod/${WEB}`, 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 404')],
  ],
  [
    'a failing readiness probe',
    'web not ready',
    'configuration_error',
    'readiness_probe_failure',
    ['Readiness probe'],
    [
      pod(WEB, false),
      event(`Pod/${WEB}`, 'Unhealthy', 'Readiness probe failed: Get "http://10.0.0.1:9999/ready": context canceled'),
    ],
  ],
  [
    'too little CPU in the cluster',
    'web pending',
    'resource_exhaustion',
    'insufficient_resources',
    ['cpu', 'Insufficient'],
    [
      pod(WEB, false, { phase: 'Pending' }),
      event(`Pod/${WEB}`, 'FailedScheduling', '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available'),
    ],
  ],
  [
    'a node selector nobody matches',
    'web pending',
    'configuration_error',
    'affinity_mismatch',
    ['affinity'],
    [event(`Pod/${WEB}`, 'FailedScheduling', "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.")],
  ],
  [
    'a taint nobody tolerates',
    'web pending',
    'configuration_error',
    'taint_mismatch',
    ['dedicated'],
    [event(`Pod/${WEB}`, 'FailedScheduling', '0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}.')],
  ],
  [
    'an exceeded quota',
    'web has no pods',
    'resource_exhaustion',
    'quota_exceeded',
    ['ResourceQuota'],
    [
      event(
        'ReplicaSet/web-7f9dd8b6c4',
        'FailedCreate',
        'Error creating: pods "web-x" is forbidden: exceeded quota: compute, requested: cpu=2, used: cpu=4, limited: cpu=4',
      ),
    ],
  ],
  [
    'an unbound claim',
    'web pending',
    'configuration_error',
    'pvc_unbound',
    ['PVC'],
    [event(`Pod/${WEB}`, 'FailedScheduling', '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.')],
  ],
  [
    'a missing config map',
    'web not starting',
    'configuration_error',
    'config_missing',
    ['web-config'],
    [event(`Pod/${WEB}`, 'Failed', 'Error: configmap "web-config" not found')],
  ],
  [
    'a missing secret for a volume',
    'web stuck in ContainerCreating',
    'configuration_error',
    'config_missing',
    ['web-tls'],
    [event(`Pod/${WEB}`, 'FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found')],
  ],
  [
    'a missing variable',
    'web crash looping',
    'configuration_error',
    'env_var_missing',
    ['DATABASE_URL'],
    [pod(WEB, false), log(WEB, 'INFO starting', 'FATAL: environment variable DATABASE_URL is not set')],
  ],
  [
    'a python key error of the environment',
    'web crash looping',
    'configuration_error',
    'env_var_missing',
    ['API_TOKEN'],
    [log(WEB, 'Traceback (most recent call last):', "KeyError: 'API_TOKEN'")],
  ],
  [
    'an invalid configuration file',
    'nginx crash looping',
    'configuration_error',
    'config_invalid',
    ['directive'],
    [log('nginx-5d4f5b6c7d-abcd2', 'nginx: [emerg] unknown directive "servr" in /etc/nginx/nginx.conf:3')],
  ],
  [
    'a forbidden call',
    'operator errors',
    'configuration_error',
    'forbidden',
    ['secrets'],
    [
      log(
        WEB,
        'ERROR secrets is forbidden: User "system:serviceaccount:shop:web" cannot list resource "secrets" in API group ""',
      ),
    ],
  ],
  [
    'a volume that is attached elsewhere',
    'db-0 not starting',
    'infrastructure',
    'mount_failed',
    ['Multi-Attach'],
    [
      event(
        'Pod/db-0',
        'FailedAttachVolume',
        'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node',
      ),
    ],
  ],
  [
    'a node that is gone',
    'Node node-2 not ready',
    'infrastructure',
    'node_not_ready',
    ['kubelet', 'Unknown'],
    [json('kubernetes', { nodes: [{ name: 'node-2', ready: 'Unknown', memory_pressure: 'False', disk_pressure: 'False' }] })],
  ],
  [
    'a node out of disk',
    'pods evicted',
    'resource_exhaustion',
    'node_pressure',
    ['DiskPressure'],
    [
      json('kubernetes', { nodes: [{ name: 'node-2', ready: 'True', memory_pressure: 'False', disk_pressure: 'True' }] }),
      event(`Pod/${WEB}`, 'Evicted', 'The node was low on resource: ephemeral-storage.'),
    ],
  ],
  [
    'a scaler at its maximum',
    'web HPA maxed out',
    'resource_exhaustion',
    'hpa_at_max',
    ['maximum'],
    [event('HorizontalPodAutoscaler/web', 'ScalingLimited', 'the desired replica count is more than the maximum replica count')],
  ],
  [
    'a throttled container',
    'web is slow',
    'resource_exhaustion',
    'cpu_throttling',
    ['CPU limit'],
    [text('alerts', 'CPUThrottlingHigh: 78% of CPU periods of container web are throttled')],
  ],
  [
    'a blocked drain',
    'node drain stuck',
    'configuration_error',
    'pdb_blocks_eviction',
    ['PodDisruptionBudget'],
    [event(`Pod/${WEB}`, 'FailedEviction', "Cannot evict pod as it would violate the pod's disruption budget.")],
  ],
  [
    'a network policy',
    'client cannot reach api',
    'configuration_error',
    'network_policy',
    ['deny-all-egress'],
    [
      text('topology', 'Pod/client  1/1  Running\n└── NetworkPolicy/deny-all-egress  -'),
      log('client', ...Array.from({ length: 3 }, () => 'ERROR connect ETIMEDOUT api:8080')),
    ],
  ],
  [
    'names that do not resolve',
    'web cannot resolve names',
    'infrastructure',
    'dns_failure',
    ['resolve'],
    [
      log(
        'coredns-5d78c9869d-abcd2',
        'ERROR plugin/errors: 2 api.shop. A: read udp: i/o timeout SERVFAIL',
        '[ERROR] SERVFAIL again',
      ),
      log(WEB, ...Array.from({ length: 4 }, (_, n) => `ERROR lookup api-${n}: no such host`)),
    ],
  ],
  [
    'a service without endpoints',
    'web returns 503',
    'configuration_error',
    'no_endpoints',
    ['selector'],
    [
      text('kubernetes', 'Name:  web\nNamespace:  shop\nSelector:  app=wbe\nPort:  80/TCP\nEndpoints:  <none>\n', {
        title: 'describe service web',
      }),
    ],
  ],
  [
    'an expired certificate',
    'web handshake errors',
    'configuration_error',
    'certificate_expired',
    ['expired'],
    [log(WEB, 'ERROR x509: certificate has expired or is not yet valid')],
  ],
  [
    'a refused database',
    'web errors',
    'dependency_failure',
    'dependency_unreachable',
    ['postgres-db', 'refused'],
    [
      pod(WEB, true),
      pod('postgres-db-0', false),
      log(WEB, ...Array.from({ length: 3 }, () => 'ERROR dial tcp postgres-db:5432: connect: connection refused')),
    ],
  ],
  [
    'rejected credentials',
    'web cannot log in',
    'configuration_error',
    'credentials_rejected',
    ['password'],
    [log(WEB, 'FATAL: password authentication failed for user "web"')],
  ],
  [
    'an exception',
    'web crash looping',
    'code_defect',
    'code_exception',
    ['NullPointerException'],
    [pod(WEB, false), log(WEB, 'Exception in thread "main" java.lang.NullPointerException at Cart.total(Cart.java:12)')],
  ],
  [
    'a missing module',
    'web crash looping',
    'code_defect',
    'module_missing',
    ['express'],
    [log(WEB, "Error: Cannot find module 'express'")],
  ],
  [
    'a full disk',
    'writer fails',
    'resource_exhaustion',
    'disk_full',
    ['No space left'],
    [log(WEB, 'ERROR write /data/a: No space left on device')],
  ],
  [
    'a migration that blocks',
    'web 503',
    'configuration_error',
    'migration_failed',
    ['migration'],
    [log('db-0', 'FATAL: could not obtain migration lock; another migration is in progress')],
  ],
  [
    'a job out of retries',
    'job backup failed',
    'code_defect',
    'job_failed',
    ['backup'],
    [event('Job/backup', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')],
  ],
  [
    'a split cluster',
    'is rabbitmq healthy?',
    'infrastructure',
    'cluster_partition',
    ['partition'],
    [json('kubernetes', { data: { network_partitions_detected: true, nodes: [{ node: 'rabbit@rabbitmq-0', running: false }] } })],
  ],
  [
    'consumers that lag',
    'orders topic is behind',
    'resource_exhaustion',
    'consumer_lag',
    ['lag'],
    [log('worker-5d4f5b6c7d-abcd2', 'WARN consumer lag is 120344 on orders-0 and growing')],
  ],
  [
    'a changed setting that the failure speaks of',
    'web errors',
    'configuration_error',
    'bad_change',
    ['upstream-timeout'],
    [
      text('changes', 'flux Kustomization/web\n--- web/values.yaml\n-  upstream-timeout: 30s\n+  upstream-timeout: 0s'),
      log(WEB, 'ERROR request aborted after upstream-timeout 0s'),
    ],
  ],
  [
    'a slow query seen in a trace',
    'checkout is slow',
    'dependency_failure',
    'slow_query',
    ['fraud', 'query'],
    [
      text(
        'traces',
        '├─ POST /checkout (web) - 7000.00ms (span_id=a)\n  ├─ check (fraud) - 6500.00ms (span_id=b)\n    ├─ postgres.query (fraud) - 6300.00ms (span_id=c)\n    │    db.statement: SELECT * FROM banned',
      ),
    ],
  ],
];

const database: Case[] = [
  [
    'replication lag',
    'Replication lag on orders-prod',
    'resource_exhaustion',
    'replication_lag',
    ['WAL', 'replica'],
    [
      metric('ReplicaLag', step(5, 900), 'orders-prod-replica-1', 'Seconds'),
      metric('TransactionLogsGeneration', step(4e6, 2e8)),
      metric('CPUUtilization', step(20, 45)),
      insights('UPDATE a SET b = 1', 'WAL:Lock'),
    ],
  ],
  [
    'connections near the limit',
    'Connections high on orders-prod',
    'resource_exhaustion',
    'connection_exhaustion',
    ['idle', 'ClientRead'],
    [
      metric('DatabaseConnections', step(200, 495)),
      metric('CPUUtilization', step(20, 30)),
      rdsEvent('DB instance orders-prod has 495 connections, approaching the maximum of 500.'),
      insights('SELECT 1', 'Client:ClientRead'),
    ],
  ],
  [
    'storage that ran out',
    'Writes fail on orders-prod',
    'resource_exhaustion',
    'storage_full',
    ['storage space'],
    [
      metric('FreeStorageSpace', [2e10, 1.5e10, 1e10, 8e9, 5e9, 2e9, 1e9, 3e8, 0, 0, 0, 0], 'orders-prod', 'Bytes'),
      rdsEvent('DB instance ran out of storage space.'),
    ],
  ],
  [
    'a CPU-bound query',
    'CPU saturated on orders-prod',
    'resource_exhaustion',
    'cpu_saturation',
    ['SELECT * FROM orders'],
    [
      metric('CPUUtilization', step(22, 96), 'orders-prod', 'Percent'),
      metric('ReadIOPS', step(200, 2_000)),
      insights('SELECT * FROM orders WHERE note LIKE $1', 'CPU:user'),
    ],
  ],
  [
    'blocked sessions',
    'orders-prod is slow',
    'resource_exhaustion',
    'locks',
    ['Lock'],
    [metric('CPUUtilization', step(22, 12)), insights('UPDATE orders SET status = $1', 'Lock:transactionid')],
  ],
  [
    'checkpoints in bursts',
    'orders-prod latency',
    'resource_exhaustion',
    'checkpoint_storm',
    ['Checkpoint'],
    [
      metric('CPUUtilization', step(30, 91)),
      metric('WriteIOPS', step(500, 9_000)),
      rdsEvent('checkpoints are occurring too frequently (9 seconds apart)'),
      insights('INSERT INTO a VALUES (1)', 'IO:WALWrite'),
    ],
  ],
  [
    'a failover',
    'Connections dropped on orders-prod',
    'infrastructure',
    'failover',
    ['failover initiated'],
    [
      metric('DatabaseConnections', [300, 301, 302, 300, 0, 0, 280, 300, 301, 300, 300, 302]),
      rdsEvent('Multi-AZ instance failover initiated. Reason: health check failure on primary host.', '2026-03-27T10:04:00Z'),
      rdsEvent('Multi-AZ instance failover completed.', '2026-03-27T10:05:00Z'),
    ],
  ],
  [
    'storage at its limit',
    'orders-prod write latency',
    'resource_exhaustion',
    'io_saturation',
    ['DiskQueueDepth'],
    [metric('DiskQueueDepth', step(0.2, 40)), metric('WriteLatency', step(1, 60)), metric('BurstBalance', step(100, 0))],
  ],
  [
    'memory and swap',
    'orders-prod memory',
    'resource_exhaustion',
    'memory_pressure',
    ['swap'],
    [metric('FreeableMemory', step(8e9, 2e8)), metric('SwapUsage', step(5e7, 4e9))],
  ],
  [
    'transaction ids running out',
    'orders-prod wraparound',
    'resource_exhaustion',
    'vacuum_debt',
    ['wraparound'],
    [metric('MaximumUsedTransactionIDs', step(1.8e9, 1.9e9))],
  ],
];

describe('the rules', () => {
  it.each([...kubernetes, ...database])('recognise %s', (_sentence, title, category, faultType, mentions, pieces) => {
    const { report, findings } = diagnose(snapshot(...pieces), incident(title));
    const best = report.hypotheses[0];
    expect({
      healthy: report.healthy,
      abstained: report.abstained,
      category: best?.category,
      faultType: best?.faultType,
    }).toEqual({ healthy: false, abstained: false, category, faultType });
    for (const term of mentions) expect(`${report.summary}`.toLowerCase()).toContain(term.toLowerCase());
    expect(best?.evidenceIds.length).toBeGreaterThan(0);
    expect(findings.candidates[0]?.wouldRefute.length).toBeGreaterThan(0);
  });
});
