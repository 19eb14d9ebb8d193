import { EvidenceSnapshot, Incident, type EvidenceItem } from '@inquest/contracts';
import fc from 'fast-check';
import { blastRadius, sumOf, term, type Radius } from '../blast-radius.js';
import { readCommand } from '../commands/read-command.js';
import { entitiesOf } from '../entities.js';
import { BUILT_IN_RULES, type SafetyRules } from '../operator-rules/safety-rules.js';
import { ready } from '../sql/parser.js';

beforeAll(ready);

const incident = Incident.parse({ source: 'test', fingerprint: 'f', title: 'slow', startsAt: '2026-01-01T00:00:00Z' });

interface World {
  readonly replicas: number;
  readonly ready: number;
  readonly kind?: string;
  readonly edges?: readonly (readonly [from: string, to: string])[];
  readonly objects?: readonly object[];
}

const snapshotOf = ({ replicas, ready: readyReplicas, kind = 'Deployment', edges, objects = [] }: World): EvidenceSnapshot => {
  const workload = {
    kind,
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas, selector: {}, template: { metadata: { labels: { app: 'web' } }, spec: {} } },
    status: { readyReplicas },
  };
  const pods = Array.from({ length: replicas }, (_, index) => ({
    kind: 'Pod',
    metadata: { name: podOf(index), namespace: 'shop', ownerReferences: [{ kind, name: 'web' }] },
    spec: { nodeName: 'node-1' },
  }));
  const json = { items: [workload, ...pods, ...objects] } as EvidenceItem['json'];
  const topology = { edges: (edges ?? []).map(([source, target]) => ({ source, target })) };
  return EvidenceSnapshot.parse({
    kubernetes: [{ id: 'k', status: 'ok', title: 'Objects', tool: 'kubectl', json }],
    topology: edges ? [{ id: 't', status: 'ok', title: 'Services', json: topology }] : [],
  });
};
const podOf = (index: number): string => `web-${index}`;

const radius = (command: string, world: World, hasUndo = true, rules: SafetyRules = BUILT_IN_RULES): Radius =>
  blastRadius(readCommand(command), { entities: entitiesOf(snapshotOf(world), incident), hasUndo, rules });
const named = (result: Radius, name: string): number => result.terms.find((one) => one.term === name)?.points ?? 0;

const RESTART = 'kubectl -n shop rollout restart deployment/web';
const four: World = { replicas: 4, ready: 4, edges: [['web', 'db']] };

describe('terms of the evidence', () => {
  it('leave an ordinary restart of healthy replicas where it may run by itself', () =>
    expect(radius(RESTART, four).points).toBeLessThanOrEqual(20));

  it('count replicas, and the share of them that is away at once', () => {
    expect(named(radius(RESTART, four), 'replicas')).toBe(6);
    expect(named(radius(RESTART, four), 'share')).toBe(3);
    expect(named(radius(RESTART, { ...four, replicas: 1, ready: 1 }), 'share')).toBe(10);
    expect(named(radius(RESTART, { ...four, replicas: 1, ready: 1 }), 'only-replica')).toBeGreaterThan(0);
  });

  it('count a disruption budget that would be violated, and not one that is kept', () => {
    const budget = (minAvailable: number) => ({
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { minAvailable, selector: { matchLabels: { app: 'web' } } },
    });
    expect(named(radius(RESTART, { ...four, objects: [budget(4)] }), 'disruption-budget')).toBe(20);
    expect(named(radius(RESTART, { ...four, objects: [budget(3)] }), 'disruption-budget')).toBe(0);
    expect(
      named(radius('kubectl -n shop scale deployment/web --replicas=2', { ...four, objects: [budget(3)] }), 'disruption-budget'),
    ).toBe(20);
    expect(named(radius(RESTART, { ...four, ready: 3, objects: [budget(3)] }), 'disruption-budget')).toBe(20);
  });

  it('count state in a volume as much as a StatefulSet', () => {
    const pvc = {
      kind: 'Pod',
      metadata: { name: 'web-0', namespace: 'shop', ownerReferences: [{ kind: 'Deployment', name: 'web' }] },
      spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] },
    };
    expect(named(radius(RESTART, { ...four, objects: [pvc] }), 'stateful')).toBe(15);
    expect(named(radius(RESTART, four), 'stateful')).toBe(0);
    const restart = 'kubectl -n shop rollout restart statefulset/web';
    expect(radius(restart, { ...four, kind: 'StatefulSet' }).terms.filter((one) => one.term === 'stateful')).toHaveLength(1);
  });

  it('count services that depend on the target, through others too', () => {
    const dependents = (edges: World['edges']) => named(radius(RESTART, { ...four, ...(edges && { edges }) }), 'dependents');
    expect(dependents([['shop', 'web']])).toBe(3);
    expect(
      dependents([
        ['shop', 'web'],
        ['app', 'shop'],
      ]),
    ).toBe(4);
    expect(dependents(Array.from({ length: 60 }, (_, index) => [`s${index}`, 'web'] as const))).toBe(15);
  });

  it('count the pods of a node that is drained', () =>
    expect(named(radius('kubectl drain node-1', four), 'pods-on-node')).toBe(6));

  it('take the deletion of a pod that is started again for a replacement, and of several for more', () => {
    const one = radius('kubectl -n shop delete pod web-0', four);
    expect(one.terms.map((part) => part.term)).toContain('effect-replace');
    expect(radius('kubectl -n shop delete pod stranger', four).points).toBeGreaterThan(one.points);
    expect(radius('kubectl -n shop delete pod web-0 stranger', four).terms.map((part) => part.term)).toContain('effect-destroy');
  });

  it('take a thing of the same name in another namespace for another thing', () =>
    expect(named(radius('kubectl -n other rollout restart deployment/web', four), 'not-in-evidence')).toBe(15));

  it('say what the evidence does not show, and never push an ordinary remedy over 50 by that', () => {
    const nothing = blastRadius(readCommand(RESTART), {
      entities: entitiesOf(EvidenceSnapshot.parse({}), incident),
      hasUndo: false,
    });
    expect(nothing.terms.map((one) => one.term)).toEqual(expect.arrayContaining(['not-in-evidence', 'dependents-unknown']));
    expect(nothing.points).toBeLessThanOrEqual(50);
    expect(radius(RESTART, { replicas: 1, ready: 0 }, false).points).toBeLessThanOrEqual(50);
    expect(radius(RESTART, { replicas: 4, ready: 4 }).terms.map((one) => one.term)).toEqual(
      expect.arrayContaining(['dependents-unknown', 'disruption-budget-unknown']),
    );
  });
});

const names = fc.constantFrom('web', 'cart', 'shop', 'db', 'mail', 'pay');
const edges = fc.array(fc.tuple(names, names), { maxLength: 12 });
const worlds = fc
  .record({ replicas: fc.integer({ min: 1, max: 12 }), down: fc.nat({ max: 3 }), edges: fc.option(edges, { nil: undefined }) })
  .map(({ replicas, down, edges: calls }): World => ({
    replicas,
    ready: Math.max(0, replicas - down),
    ...(calls && { edges: calls }),
  }));
const commands = fc.constantFrom(
  RESTART,
  'kubectl -n shop set image deployment/web web=web:2',
  'kubectl -n shop scale deployment/web --replicas=1',
  'kubectl -n shop delete deployment web',
  'kubectl -n shop delete pod web-0',
  'kubectl -n shop rollout restart deployment/stranger',
  'kubectl drain node-1',
  `psql -d db -c 'VACUUM orders'`,
  'systemctl restart web',
  'rm -rf /srv',
);

describe('the sum', () => {
  it('never falls when one more service calls the target or what depends on it', () =>
    fc.assert(
      fc.property(commands, worlds, names, (command, world, callee) => {
        const before = radius(command, world).points;
        const target = world.edges?.some(([, to]) => to === callee) ? callee : 'web';
        const after = radius(command, { ...world, edges: [...(world.edges ?? []), ['newcomer', target]] }).points;
        expect(after).toBeGreaterThanOrEqual(before);
      }),
    ));

  it('never falls when one more replica is touched', () =>
    fc.assert(
      fc.property(worlds, fc.nat({ max: 10 }), (world, count) => {
        const fewer = Math.min(count, world.replicas - 1);
        const deleting = (amount: number): number =>
          radius(`kubectl -n shop delete pod ${Array.from({ length: amount }, (_, index) => podOf(index)).join(' ')}`, world)
            .points;
        const leaving = (replicas: number): number =>
          radius(`kubectl -n shop scale deployment/web --replicas=${replicas}`, world).points;
        if (fewer > 0) expect(deleting(fewer + 1)).toBeGreaterThanOrEqual(deleting(fewer));
        expect(leaving(world.replicas - fewer - 1)).toBeGreaterThanOrEqual(leaving(world.replicas - fewer));
      }),
    ));

  it('never falls when the tier of a namespace gets stricter', () =>
    fc.assert(
      fc.property(commands, worlds, fc.constantFrom('shop', 'kube-system', 'monitoring'), (command, world, place) => {
        const moved = command.replace('-n shop', `-n ${place}`);
        const points = [undefined, 'standard', 'high', 'critical'].map((tier) => {
          const rules: SafetyRules = { ...BUILT_IN_RULES, tierOf: () => tier as ReturnType<SafetyRules['tierOf']> };
          return radius(moved, world, true, rules).points;
        });
        expect(points).toEqual([...points].sort((a, b) => a - b));
      }),
    ));

  it('is the same twice, and what its terms add up to, clipped', () =>
    fc.assert(
      fc.property(commands, worlds, fc.boolean(), (command, world, hasUndo) => {
        const result = radius(command, world, hasUndo);
        expect(radius(command, world, hasUndo)).toEqual(result);
        const sum = result.terms.reduce((all, { points }) => all + points, 0);
        expect(result.points).toBe(Math.min(100, Math.max(0, sum)));
        for (const { why } of result.terms) expect(why).toMatch(/\S/);
      }),
    ));

  it('keeps to the bounds of a message however many terms there are', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 80 }), (points) => {
        const result = sumOf(points.map((one, index) => term(`t${index}`, one, 'why')));
        expect(result.terms.length).toBeLessThanOrEqual(30);
        expect(
          Math.min(
            100,
            result.terms.reduce((all, one) => all + one.points, 0),
          ),
        ).toBe(result.points);
        for (const one of result.terms) expect(one.points).toBeLessThanOrEqual(100);
      }),
    ));
});
