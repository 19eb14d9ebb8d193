import { json, log, plotted, step, text, type Piece } from '../testing/builders.js';
import { describeVariants, type Variant } from './variants.spec.js';

/** The same faults as other tools show them: descriptions, tables, lists of the API, views of PostgreSQL, logs of other programs. */
const POD = 'cart-6c9b8d7f5c-q8w2z';

const describePod = (...rest: string[]): Piece =>
  text(
    'kubernetes',
    [`Name:             ${POD}`, 'Namespace:        shop', 'Node:             node-3/10.0.0.3', ...rest].join('\n'),
    { title: `describe pod ${POD}`, invocation: `kubectl describe pod ${POD} -n shop`, kind: 'k8s_object' },
  );

const events = (...rows: string[]): Piece =>
  text('kubernetes', ['LAST SEEN   TYPE      REASON             OBJECT                      MESSAGE', ...rows].join('\n'), {
    title: 'Events',
    invocation: 'kubectl get events -n shop',
    kind: 'k8s_event',
  });

const apiPod = (waiting: object, over: object = {}): Piece =>
  json('kubernetes', {
    kind: 'PodList',
    items: [
      {
        kind: 'Pod',
        metadata: { name: POD, namespace: 'shop' },
        spec: { nodeName: 'node-3', containers: [{ name: 'cart', image: 'registry.local/cart:v9' }] },
        status: {
          phase: 'Pending',
          conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
          containerStatuses: [
            { name: 'cart', ready: false, restartCount: 0, image: 'registry.local/cart:v9', state: { waiting }, ...over },
          ],
        },
      },
    ],
  });

const rising = (to: number): number[] => Array.from({ length: 20 }, (_, index) => (to * index) / 19);

const broken: Variant[] = [
  [
    'an affinity that no node satisfies, in a description',
    'cart has no ready pods',
    'affinity_mismatch',
    describePod(
      'Status:           Pending',
      'Containers:',
      '  cart:',
      '    Image:      registry.local/cart:v9',
      'Events:',
      '  Type     Reason            Age   From               Message',
      "  Warning  FailedScheduling  42s   default-scheduler  0/4 nodes are available: 4 node(s) didn't match Pod's node affinity/selector.",
    ),
  ],
  [
    'too little memory on all nodes, in a list of events',
    'cart has no ready pods',
    'insufficient_resources',
    events(
      `3m          Warning   FailedScheduling   pod/${POD}   0/4 nodes are available: 4 Insufficient memory. preemption: 0/4 nodes are available.`,
    ),
  ],
  [
    'a quota, as a ReplicaSet reports it',
    'cart does not scale',
    'quota_exceeded',
    events(
      '9s          Warning   FailedCreate       replicaset/cart-6c9b8d7f5c   Error creating: pods "cart-6c9b8d7f5c-" is forbidden: exceeded quota: compute, requested: limits.cpu=2, used: limits.cpu=39, limited: limits.cpu=40',
    ),
  ],
  [
    'a disruption budget that stops a drain',
    'node-3 cannot be drained',
    'pdb_blocks_eviction',
    text(
      'kubernetes',
      'evicting pod shop/cart-6c9b8d7f5c-q8w2z\nerror when evicting pods/"cart-6c9b8d7f5c-q8w2z" -n "shop" (will retry after 5s): Cannot evict pod as it would violate the pod\'s disruption budget.',
      { title: 'kubectl drain node-3', invocation: 'kubectl drain node-3 --ignore-daemonsets' },
    ),
  ],
  [
    'a node short of disk, from the API',
    'pods are evicted',
    'node_pressure',
    json('kubernetes', {
      kind: 'Node',
      metadata: { name: 'node-3' },
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure' },
        ],
      },
    }),
  ],
  [
    'CPU throttling, as a share of periods',
    'cart is slow',
    'cpu_throttling',
    plotted('container_cpu_cfs_throttled_ratio', step(0.02, 0.71), { pod: POD }),
  ],
  [
    'CPU throttling, as two counters',
    'cart is slow',
    'cpu_throttling',
    plotted('container_cpu_cfs_throttled_periods_total', rising(6_000), { pod: POD }),
    plotted('container_cpu_cfs_periods_total', rising(11_000), { pod: POD }),
  ],
  [
    'a resolver that does not answer',
    'cart cannot reach payments',
    'dns_failure',
    text('kubernetes', ';; connection timed out; no servers could be reached\n\ncommand terminated with exit code 1', {
      title: 'nslookup payments',
      invocation: `kubectl exec ${POD} -n shop -- nslookup payments`,
    }),
    log(
      POD,
      'Error: getaddrinfo EAI_AGAIN payments.shop.svc.cluster.local',
      'Error: getaddrinfo EAI_AGAIN payments.shop.svc.cluster.local',
    ),
  ],
  [
    'a network policy around a caller that times out',
    'cart cannot reach payments',
    'network_policy',
    json('kubernetes', {
      kind: 'NetworkPolicy',
      metadata: { name: 'shop-default-deny', namespace: 'shop' },
      spec: { policyTypes: ['Egress'] },
    }),
    log(POD, 'ERROR dial tcp 10.96.3.4:443: i/o timeout', 'ERROR dial tcp 10.96.3.4:443: i/o timeout'),
  ],
  [
    'a claim whose storage class does not exist',
    'cart has no ready pods',
    'pvc_unbound',
    text(
      'kubernetes',
      'Name:          cart-data\nNamespace:     shop\nStatus:        Pending\nEvents:\n  Type     Reason              Age  From                         Message\n  Warning  ProvisioningFailed  20s  persistentvolume-controller  storageclass.storage.k8s.io "fast-ssd" not found',
      { title: 'describe pvc cart-data', invocation: 'kubectl describe pvc cart-data -n shop' },
    ),
  ],
  [
    'a secret that does not exist, from the API',
    'cart does not start',
    'config_missing',
    apiPod({ reason: 'CreateContainerConfigError', message: 'secret "cart-db" not found' }),
  ],
  [
    'an image that cannot be pulled, from the API without any message',
    'cart does not start',
    'image_pull_backoff',
    apiPod({ reason: 'ImagePullBackOff' }),
  ],
  [
    'a memory kill, from the API',
    'cart restarts',
    'oom_killed',
    apiPod(
      { reason: 'CrashLoopBackOff' },
      { restartCount: 7, lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } },
    ),
  ],
  [
    'a memory kill, from the kernel of the node',
    'cart restarts',
    'oom_killed',
    text('logs', `Nov 20 10:00:01 node-3 kernel: Memory cgroup out of memory: Killed process 4182 (cart) total-vm:912844kB`, {
      title: 'journal of node-3',
      invocation: 'journalctl -k',
    }),
  ],
  [
    'a liveness probe that refuses',
    'cart restarts',
    'probe_failure',
    events(
      `1m (x14 over 8m)   Warning   Unhealthy   pod/${POD}   Liveness probe failed: Get "http://10.1.0.9:8080/healthz": dial tcp 10.1.0.9:8080: connect: connection refused`,
    ),
  ],
  [
    'an expired certificate, as OpenSSL prints it',
    'TLS errors at shop',
    'certificate_expired',
    text('kubernetes', 'subject=CN = shop.example.com\nnotBefore=Aug  1 00:00:00 2026 GMT\nnotAfter=Oct 30 00:00:00 2026 GMT', {
      title: 'certificate of shop.example.com',
      invocation: 'openssl x509 -noout -subject -dates',
      collectedAt: '2026-11-20T10:00:00Z',
    }),
  ],
];

const fine: Variant[] = [
  [
    'a disruption budget that merely exists',
    'show the budgets of shop',
    '',
    text(
      'kubernetes',
      'NAME       MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE\ncart-pdb   1               N/A               1                     90d',
      {
        title: 'PodDisruptionBudgets',
        invocation: 'kubectl get pdb -n shop',
      },
    ),
  ],
  [
    'throttling that everybody has',
    'how is cart',
    '',
    plotted('container_cpu_cfs_throttled_ratio', step(0.02, 0.03), { pod: POD }),
  ],
  [
    'a certificate that is valid',
    'check the certificate of shop',
    '',
    text('kubernetes', 'notBefore=Aug  1 00:00:00 2026 GMT\nnotAfter=Jan 30 00:00:00 2027 GMT', {
      title: 'certificate',
      invocation: 'openssl x509 -noout -dates',
      collectedAt: '2026-11-20T10:00:00Z',
    }),
  ],
];

describeVariants('other ways to show a fault of Kubernetes', { broken, fine });
