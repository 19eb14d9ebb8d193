import { aPodObject, type FakeHttpServer, fakeKubernetes } from '@inquest/testing';
import type { Collected } from '../collector.js';
import { aSubject, never } from '../testing/an-incident.spec.js';
import { ApiCluster } from './api-cluster.js';
import { Kubernetes } from './kubernetes.js';
import { asProxied } from './kube-config.js';

const OFF = { argoCd: false, argoCdNamespace: 'argocd', flux: false };

describe('evidence from Kubernetes', () => {
  let server: FakeHttpServer;
  beforeEach(async () => {
    server = await fakeKubernetes();
  });
  afterEach(() => server.close());

  const collected = (given: Parameters<typeof aSubject>[0] = {}, gitOps = OFF, signal = never()) =>
    new Kubernetes(new ApiCluster(asProxied(server.url)), gitOps).collect(aSubject(given), signal);
  const item = (found: readonly Collected[], id: string) => found.find((one) => one.item.id === id)?.item;

  it('shows the workload, its pods, who owns them, its node and its autoscaler', async () => {
    const found = await collected();
    expect(item(found, 'kubernetes-workloads')?.json).toMatchObject([{ kind: 'Deployment', metadata: { name: 'checkout' } }]);
    expect(item(found, 'kubernetes-pods-affected')?.json).toMatchObject([
      {
        kind: 'Pod',
        metadata: { name: 'checkout-r2-abc12' },
        status: { containerStatuses: [{ lastState: { terminated: { reason: 'OOMKilled' } } }] },
      },
    ]);
    expect(item(found, 'kubernetes-owners')?.text).toBe(
      'Pod/checkout-r2-abc12 is owned by ReplicaSet/checkout-r2 is owned by Deployment/checkout; it runs on Node/node-1',
    );
    expect(item(found, 'kubernetes-node-node-1')?.json).toMatchObject({
      kind: 'Node',
      status: { conditions: [{ type: 'MemoryPressure' }, {}] },
    });
    expect(item(found, 'kubernetes-autoscalers')?.json).toMatchObject([
      { current_cpu_utilization: 95, target_cpu_utilization: 70 },
    ]);
    expect(found.filter((one) => one.item.status !== 'ok')).toEqual([]);
  });

  it('shows the events of the workload and of its time alone', async () => {
    const events = item(await collected(), 'kubernetes-events-affected')?.json;
    expect(events).toMatchObject([{ reason: 'BackOff', count: 21, involvedObject: { name: 'checkout-r2-abc12' } }]);
    expect(events).toHaveLength(1);
  });

  it('shows what containers in trouble logged before they were to be started again', async () => {
    const logs = (await collected()).filter(({ dimension }) => dimension === 'logs').map((one) => [one.item.id, one.item.text]);
    expect(logs).toEqual([
      ['kubernetes-log-checkout-r2-abc12-app-previous', '2026-01-15T10:01:59Z FATAL out of memory, heap 128Mi'],
    ]);
  });

  it('shows what the last rollout changed', async () => {
    const found = await collected();
    expect(item(found, 'kubernetes-history')?.text?.split('\n')).toHaveLength(2);
    const [change] = item(found, 'kubernetes-rollouts')?.json as [{ diff: string; object: string }];
    expect(change.object).toBe('Deployment/checkout');
    expect(change.diff.split('\n')).toEqual([
      'Deployment/checkout revision 2: release 2',
      '-spec.containers.app.env.LOG_LEVEL.value: (a value)',
      '+spec.containers.app.env.LOG_LEVEL.value: (another value)',
      '-spec.containers.app.image: checkout:1',
      '+spec.containers.app.image: checkout:2',
      '-spec.containers.app.resources.limits.memory: 512Mi',
      '+spec.containers.app.resources.limits.memory: 128Mi',
    ]);
  });

  it('shows no value of any variable, wherever the API puts it', async () => {
    expect(JSON.stringify(await collected())).not.toMatch(/correct-horse|managedFields|last-applied/);
  });

  it('shows what Argo CD has deployed since a day before the onset, and that it is not well', async () => {
    const found = await collected({}, { ...OFF, argoCd: true });
    expect(item(found, 'gitops-application-shop-app')?.json).toMatchObject([
      { message: expect.stringContaining('https://git.example/shop checkout at revision c0ffee') as string },
      { message: expect.stringContaining('Synced and Degraded') as string },
    ]);
  });

  it('shows what Flux has reconciled', async () => {
    const labels = { app: 'checkout', 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'flux-system' };
    const deployment = { metadata: { name: 'checkout', namespace: 'shop', labels }, spec: { replicas: 1 }, status: {} };
    server.on('/apis/apps/v1/namespaces/shop/deployments?', { json: { items: [deployment] } });
    const condition = {
      type: 'Ready',
      status: 'False',
      reason: 'UpgradeFailed',
      message: 'timed out',
      lastTransitionTime: '2026-01-15T09:50:00Z',
    };
    server.on('/apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases/shop', {
      json: { status: { conditions: [condition] } },
    });
    const found = await collected({}, { ...OFF, flux: true });
    expect(JSON.stringify(item(found, 'gitops-helmrelease-shop')?.json)).toContain('UpgradeFailed timed out');
  });

  it('takes what is unhealthy in the namespace when nothing has the name of the alert', async () => {
    const found = await collected({ service: 'nobody' });
    expect(item(found, 'kubernetes-pods-affected')).toMatchObject({
      title: expect.stringContaining('unhealthy ones') as string,
      json: [{}],
    });
  });

  it('takes a log of a healthy workload, too', async () => {
    const well = {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'app', ready: true, restartCount: 0 }],
    };
    server.on('/api/v1/namespaces/shop/pods?', {
      json: { items: [aPodObject('checkout-r2-abc12', 'checkout-r2', { status: well })] },
    });
    const logs = (await collected()).filter(({ dimension }) => dimension === 'logs');
    expect(logs.map((one) => one.item.text)).toEqual(['2026-01-15T10:05:00Z starting']);
  });

  it('takes the log of a container that waits for its next start once', async () => {
    const asked = async (state: object): Promise<string[]> => {
      const status = { containerStatuses: [{ name: 'app', ready: false, restartCount: 4, state }] };
      server.on('/api/v1/namespaces/shop/pods?', {
        json: { items: [aPodObject('checkout-r2-abc12', 'checkout-r2', { status })] },
      });
      return (await collected()).filter(({ dimension }) => dimension === 'logs').map((one) => one.item.id);
    };
    expect(await asked({ waiting: { reason: 'CrashLoopBackOff' } })).toEqual(['kubernetes-log-checkout-r2-abc12-app-previous']);
    expect(await asked({ running: {} })).toEqual([
      'kubernetes-log-checkout-r2-abc12-app-previous',
      'kubernetes-log-checkout-r2-abc12-app',
    ]);
  });

  it('says of each list that it may not read, and shows the others', async () => {
    server.on('/api/v1/namespaces/shop/events', {
      status: 403,
      json: { kind: 'Status', message: 'events is forbidden: User "x"' },
    });
    server.on('/apis/autoscaling', { status: 404 });
    server.on('/apis/apps/v1/namespaces/shop/replicasets', { json: { kind: 'Status' } });
    server.on('/api/v1/nodes', { status: 403 });
    const found = await collected();
    expect(item(found, 'kubernetes-events')).toMatchObject({
      status: 'denied',
      text: expect.stringContaining('forbidden') as string,
    });
    expect(item(found, 'kubernetes-horizontalpodautoscalers')).toMatchObject({ status: 'no-data' });
    expect(item(found, 'kubernetes-node-node-1')).toMatchObject({ status: 'denied' });
    expect(item(found, 'kubernetes-workloads')?.status).toBe('ok');
  });

  it('says when a namespace has more than it looked at', async () => {
    server.on('/apis/apps/v1/namespaces/shop/statefulsets', { json: { metadata: { continue: 'next' }, items: [] } });
    expect(item(await collected(), 'kubernetes-statefulsets')).toMatchObject({ status: 'truncated' });
  });

  it('gives what it has at the deadline, and says what is missing', async () => {
    server.on('/api/v1/namespaces/shop/pods/', () => undefined);
    const found = await collected({}, OFF, AbortSignal.timeout(700));
    expect(item(found, 'kubernetes-pods-affected')?.status).toBe('ok');
    expect(item(found, 'kubernetes-log-checkout-r2-abc12-app-previous')).toMatchObject({
      status: 'error',
      text: 'It did not answer in time.',
    });
  });

  it.each([undefined, '../../../secrets', 'Shop', 'a/b', '', 'x?y'])(
    'asks for nothing in the namespace %j',
    async (namespace) => {
      const found = await collected({ namespace: namespace === '' ? undefined : namespace });
      expect(found.map((one) => one.item.status)).toEqual(['no-data']);
      expect(server.asked).toEqual([]);
    },
  );

  it('only reads', async () => {
    await collected({}, { argoCd: true, argoCdNamespace: 'argocd', flux: true });
    expect(new Set(server.asked.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(server.asked.filter(({ url }) => /secrets|configmaps|exec|proxy/.test(url.pathname))).toEqual([]);
  });
});
