import { OPENED_AT_MS } from './builders.js';
import { fakeHttpServer, type FakeHttpServer } from './fake-http-server.js';

const at = (minutes: number): string => new Date(OPENED_AT_MS + minutes * 60_000).toISOString();
const controlledBy = (kind: string, name: string) => [{ apiVersion: 'apps/v1', kind, name, uid: 'u', controller: true }];
const template = (image: string, level: string, limit: string) => ({
  metadata: { labels: { app: 'checkout', 'pod-template-hash': image } },
  spec: {
    containers: [
      {
        ...{ name: 'app', image, resources: { limits: { memory: limit } } },
        env: [
          { name: 'LOG_LEVEL', value: level },
          { name: 'DB_PASSWORD', value: 'correct-horse' },
        ],
      },
    ],
  },
});

export const aPodObject = (name: string, set: string, over: object = {}) => ({
  metadata: {
    ...{
      name,
      namespace: 'shop',
      labels: { app: name.split('-')[0] },
      ownerReferences: controlledBy('ReplicaSet', set),
      creationTimestamp: at(-20),
    },
    managedFields: [{ manager: 'kubelet' }],
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': '{"env":[{"name":"DB_PASSWORD","value":"correct-horse"}]}',
    },
  },
  spec: { nodeName: 'node-1', ...template('checkout:2', 'info', '128Mi').spec },
  status: {
    phase: 'Running',
    conditions: [
      { type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [app]' },
    ],
    containerStatuses: [
      {
        ...{ name: 'app', image: 'checkout:2', ready: false, restartCount: 7 },
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
        lastState: { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: at(2) } },
      },
    ],
  },
  ...over,
});

const replicaSet = (revision: number, minutes: number, ...of: Parameters<typeof template>) => ({
  metadata: {
    ...{
      name: `checkout-r${revision}`,
      namespace: 'shop',
      creationTimestamp: at(minutes),
      ownerReferences: controlledBy('Deployment', 'checkout'),
    },
    annotations: { 'deployment.kubernetes.io/revision': String(revision), 'kubernetes.io/change-cause': `release ${revision}` },
  },
  spec: { replicas: revision === 2 ? 2 : 0, template: template(...of) },
});

const LISTS: Record<string, readonly object[]> = {
  'api/v1/namespaces/shop/pods': [
    aPodObject('checkout-r2-abc12', 'checkout-r2'),
    aPodObject('payments-1', 'payments-r1', { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }),
  ],
  'api/v1/namespaces/shop/events': [
    {
      ...{
        type: 'Warning',
        reason: 'BackOff',
        message: 'Back-off restarting failed container app',
        count: 21,
        lastTimestamp: at(5),
      },
      involvedObject: { kind: 'Pod', name: 'checkout-r2-abc12', namespace: 'shop' },
    },
    {
      type: 'Warning',
      reason: 'Failed',
      message: 'of another',
      lastTimestamp: at(5),
      involvedObject: { kind: 'Pod', name: 'payments-1' },
    },
    {
      type: 'Warning',
      reason: 'Old',
      message: 'long ago',
      lastTimestamp: at(-600),
      involvedObject: { kind: 'Pod', name: 'checkout-r2-abc12' },
    },
  ],
  'apis/apps/v1/namespaces/shop/deployments': [
    {
      metadata: {
        ...{ name: 'checkout', namespace: 'shop', labels: { app: 'checkout' }, creationTimestamp: at(-90_000) },
        annotations: { 'argocd.argoproj.io/tracking-id': 'shop-app:apps/Deployment:shop/checkout' },
      },
      spec: { replicas: 2, template: template('checkout:2', 'info', '128Mi') },
      status: {
        replicas: 2,
        unavailableReplicas: 2,
        conditions: [{ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' }],
      },
    },
  ],
  'apis/apps/v1/namespaces/shop/statefulsets': [],
  'apis/apps/v1/namespaces/shop/daemonsets': [],
  'apis/apps/v1/namespaces/shop/replicasets': [
    replicaSet(2, -20, 'checkout:2', 'debug', '128Mi'),
    replicaSet(1, -60_000, 'checkout:1', 'info', '512Mi'),
  ],
  'apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers': [
    {
      metadata: { name: 'checkout', namespace: 'shop' },
      spec: {
        ...{ scaleTargetRef: { kind: 'Deployment', name: 'checkout' }, minReplicas: 2, maxReplicas: 2 },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
      },
      status: {
        ...{ currentReplicas: 2, desiredReplicas: 2 },
        currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 95 } } }],
      },
    },
  ],
};

const application = {
  status: {
    ...{ sync: { status: 'Synced' }, health: { status: 'Degraded' } },
    history: [
      { revision: 'c0ffee', deployedAt: at(-20), source: { repoURL: 'https://git.example/shop', path: 'checkout' } },
      { revision: 'deadbeef', deployedAt: at(-60_000), source: { repoURL: 'https://git.example/shop', path: 'checkout' } },
    ],
  },
};

/** An API server on the wire with one namespace, `shop`, whose Deployment `checkout` runs out of memory since its last rollout. */
export const fakeKubernetes = async (): Promise<FakeHttpServer> => {
  const server = await fakeHttpServer();
  for (const [path, items] of Object.entries(LISTS)) server.on(`/${path}?`, { json: { kind: 'List', metadata: {}, items } });
  server.on('/api/v1/nodes/node-1', {
    json: {
      metadata: { name: 'node-1' },
      status: {
        conditions: [
          { type: 'MemoryPressure', status: 'True' },
          { type: 'Ready', status: 'True' },
        ],
      },
    },
  });
  server.on('/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop-app', { json: application });
  server.on('/api/v1/namespaces/shop/pods/checkout-r2-abc12/log?', (request, response) => {
    const previous = request.url?.includes('previous=true') === true;
    response.end(previous ? '2026-01-15T10:01:59Z FATAL out of memory, heap 128Mi\n' : '2026-01-15T10:05:00Z starting\n');
  });
  return server;
};
