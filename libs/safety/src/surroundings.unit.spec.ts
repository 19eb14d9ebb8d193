import { EvidenceSnapshot, type EvidenceItem } from '@inquest/contracts';
import { surroundingsOf } from './surroundings.js';
import { disruptionsLeft } from './surroundings/disruption-budgets.js';

const item = (id: string, over: Partial<EvidenceItem>): object => ({ id, status: 'ok', title: id, ...over });
const of = (over: Record<string, object[]>) => surroundingsOf(EvidenceSnapshot.parse(over));
const topology = (json: unknown) => of({ topology: [item('t', { json: json as EvidenceItem['json'] })] });

describe('who depends on a service', () => {
  it.each<[string, unknown]>([
    [
      'edges',
      {
        edges: [
          { source: 'shop', target: 'cart' },
          { source: 'cart', target: 'redis' },
        ],
      },
    ],
    [
      'edges between objects',
      [
        { from: { name: 'shop' }, to: { name: 'cart' } },
        { from: { name: 'cart' }, to: { name: 'redis' } },
      ],
    ],
    [
      'pairs of a tracing system',
      {
        data: [
          { parent: 'shop', child: 'cart', callCount: 3 },
          { parent: 'cart', child: 'redis' },
        ],
      },
    ],
    [
      'lists under services',
      {
        services: [
          { name: 'shop', dependsOn: ['cart'] },
          { name: 'cart', depends_on: ['redis'] },
        ],
      },
    ],
    [
      'lists of callers',
      {
        services: [
          { name: 'redis', calledBy: ['cart'] },
          { name: 'cart', dependents: ['shop'] },
        ],
      },
    ],
    ['a map', { dependencies: { shop: ['cart'], cart: ['redis.shop.svc.cluster.local:6379'] } }],
  ])('is read from %s, through others too', (_form, json) => {
    const { dependentsOf } = topology(json);
    expect(dependentsOf('redis')).toEqual(['cart', 'shop']);
    expect(dependentsOf('shop')).toEqual([]);
    expect(dependentsOf('stranger')).toBeUndefined();
  });

  it('is read from what a text says, and a tree of owners is none', () => {
    const { dependentsOf } = of({
      topology: [item('t', { text: 'shop -> cart\ncart depends on redis\nPod/redis-0 → StatefulSet/redis' })],
    });
    expect(dependentsOf('redis')).toEqual(['cart', 'shop']);
    expect(dependentsOf('redis-0')).toBeUndefined();
  });

  it('ends where services call each other in a circle', () => {
    const { dependentsOf } = topology({ dependencies: { a: ['b'], b: ['c'], c: ['a'] } });
    expect(dependentsOf('a')).toEqual(['c', 'b']);
  });

  it('is not told by what somebody recalls, nor by a query that failed', () => {
    const json = { dependencies: { shop: ['cart'] } };
    for (const over of [{ trusted: false }, { status: 'error' as const }])
      expect(of({ topology: [item('t', { json, ...over })] }).dependentsOf('cart')).toBeUndefined();
    expect(of({ history: [item('t', { json })] }).dependentsOf('cart')).toBeUndefined();
  });
});

const web = { kind: 'deployment', name: 'web', namespace: 'shop' };

describe('disruption budgets', () => {
  const budget = (spec: object, name = 'guard') => ({
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'shop' },
    spec,
  });
  const deployment = {
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas: 3, template: { metadata: { labels: { tier: 'front' } }, spec: { containers: [] } } },
  };
  const budgets = (...objects: object[]) =>
    of({ kubernetes: [item('k', { json: objects as EvidenceItem['json'] })] })
      .budgetsOf(web)
      .map(({ name }) => name);

  it('guard the pods that their selector picks', () => {
    expect(budgets(deployment, budget({ minAvailable: 2, selector: { matchLabels: { tier: 'front' } } }))).toEqual(['guard']);
    expect(budgets(deployment, budget({ minAvailable: 2, selector: { matchLabels: { tier: 'back' } } }))).toEqual([]);
  });

  it('are matched by name where labels are not known', () => {
    expect(budgets(budget({ minAvailable: 2, selector: { matchLabels: { app: 'web' } } }))).toEqual(['guard']);
    expect(budgets(budget({ minAvailable: 2 }, 'web-pdb'))).toEqual(['web-pdb']);
    expect(budgets({ ...budget({ minAvailable: 2 }, 'web-pdb'), metadata: { name: 'web-pdb', namespace: 'other' } })).toEqual([]);
  });

  it('are read from the table that kubectl prints', () => {
    const text =
      'NAMESPACE   NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE\nshop        web    2               N/A               1                     8d';
    const [found] = of({ kubernetes: [item('k', { text })] }).budgetsOf(web);
    expect(found).toMatchObject({ minAvailable: '2', disruptionsAllowed: 1 });
  });

  it.each<[object, number, number, number | undefined]>([
    [{ minAvailable: '2' }, 3, 3, 1],
    [{ minAvailable: '2' }, 3, 2, 0],
    [{ minAvailable: '2' }, 3, 1, 0],
    [{ minAvailable: '50%' }, 5, 5, 2],
    [{ maxUnavailable: '1' }, 3, 3, 1],
    [{ maxUnavailable: '1' }, 3, 2, 0],
    [{ maxUnavailable: '30%' }, 4, 4, 2],
    [{ minAvailable: '1', disruptionsAllowed: 0 }, 3, 3, 0],
    [{}, 3, 3, undefined],
  ])('%j over %d replicas of which %d are ready leave %p', (spec, replicas, ready, left) =>
    expect(disruptionsLeft({ name: 'b', labels: {}, ...spec }, replicas, ready)).toBe(left),
  );
});

describe('what pods hold', () => {
  const pod = (volumes: object[]) => ({
    kind: 'Pod',
    metadata: { name: 'web-7f9dd8b6c4-x7gr9', ownerReferences: [{ kind: 'ReplicaSet', name: 'web-7f9dd8b6c4' }] },
    spec: { nodeName: 'node-1', volumes },
  });
  const seen = (json: unknown) => of({ kubernetes: [item('k', { json: json as EvidenceItem['json'] })] });

  it('is told by their volumes, for the workload that owns them too', () => {
    expect(seen(pod([{ persistentVolumeClaim: { claimName: 'data' } }])).holdsVolumes(web)).toBe(true);
    expect(seen(pod([{ emptyDir: {} }])).holdsVolumes(web)).toBe(false);
    expect(seen({ deployments: [{ name: 'web' }] }).holdsVolumes(web)).toBeUndefined();
  });

  it('is told by kubectl describe', () =>
    expect(
      of({
        kubernetes: [
          item('k', {
            text: 'Name:  web-7f9dd8b6c4-x7gr9\nControlled By:  ReplicaSet/web-7f9dd8b6c4\nVolumes:\n  d:\n    ClaimName:  d',
          }),
        ],
      }).holdsVolumes(web),
    ).toBe(true));

  it('counts the pods of a node', () => {
    expect(seen([pod([]), pod([])]).podsOn('node-1')).toBe(1);
    expect(seen([]).podsOn('node-1')).toBeUndefined();
  });
});
