import { z } from 'zod';
import { podsOf, render, selects, type KubernetesObject } from './support/render.js';
import { describeChart } from './support/tools.js';

const Peer = z.looseObject({ podSelector: z.unknown().optional(), namespaceSelector: z.unknown().optional() });
const Rule = z.object({
  ports: z.array(z.object({ protocol: z.string(), port: z.number() })),
  to: z.array(Peer).optional(),
  from: z.array(Peer).optional(),
});
const Policy = z.object({ podSelector: z.unknown(), ingress: z.array(Rule).default([]), egress: z.array(Rule).default([]) });
type Labels = Readonly<Record<string, string>>;

const MODELS = ['critic', 'diagnostician', 'reviewer', 'single', 'solver'];
const ROLES = [...MODELS, 'coordinator', 'gateway', 'recorder'].sort();

describeChart('the network policies of the chart', (tools) => {
  const policiesFor = (objects: readonly KubernetesObject[], labels: Labels) =>
    objects
      .filter(({ kind }) => kind === 'NetworkPolicy')
      .map(({ spec }) => Policy.parse(spec))
      .filter(({ podSelector }) => selects(podSelector, labels));

  /** Whether a peer can be that pod: of this namespace, or of any. Addresses and other namespaces are others. */
  const isPeer = ({ podSelector, namespaceSelector, ...rest }: z.infer<typeof Peer>, labels: Labels): boolean =>
    Object.keys(rest).length === 0 &&
    (namespaceSelector === undefined || JSON.stringify(namespaceSelector) === '{}') &&
    selects(podSelector, labels);

  const allows = (rules: readonly z.infer<typeof Rule>[], side: 'to' | 'from', labels: Labels, port: number): boolean =>
    rules.some(
      (rule) => rule.ports.some((each) => each.port === port) && (rule[side]?.some((peer) => isPeer(peer, labels)) ?? true),
    );

  /** The pods of the chart that reach `target` on `port`: the one may send, and the other may hear it. */
  const reaching = (objects: readonly KubernetesObject[], target: string, port: number): string[] => {
    const pods = podsOf(objects).map(({ labels }) => labels);
    const to = pods.find((labels) => labels['app.kubernetes.io/component'] === target) ?? {};
    const heard = policiesFor(objects, to).flatMap(({ ingress }) => ingress);
    return pods
      .filter((from) => {
        const sent = policiesFor(objects, from).flatMap(({ egress }) => egress);
        return allows(sent, 'to', to, port) && allows(heard, 'from', from, port);
      })
      .map((labels) => labels['app.kubernetes.io/component'] ?? '')
      .sort();
  };

  it('lets services to the bundled servers, the migration to PostgreSQL, the test to the gateway, and nobody to a role', () => {
    const objects = render(tools, 'minimal');
    expect(reaching(objects, 'redis', 6379)).toEqual(ROLES);
    expect(reaching(objects, 'postgres', 5432)).toEqual([...ROLES, 'migration'].sort());
    expect(reaching(objects, 'gateway', 8080)).toEqual(['test']);
    for (const role of ROLES.filter((each) => each !== 'gateway'))
      expect([role, reaching(objects, role, 8080)]).toEqual([role, []]);
  });

  it('still lets the test to the gateway when its callers are named', () => {
    expect(reaching(render(tools, 'standard'), 'gateway', 8080)).toEqual(['test']);
  });

  const portsOf = (example: string, component: string): number[] => {
    const objects = render(tools, example);
    const pod = podsOf(objects).find(({ labels }) => labels['app.kubernetes.io/component'] === component);
    const rules = policiesFor(objects, pod?.labels ?? {}).flatMap(({ egress }) => egress);
    return [...new Set(rules.flatMap(({ ports }) => ports.map(({ port }) => port)))].sort((one, other) => one - other);
  };

  it.each([
    ['standard', 'recorder', [53, 5432, 6379]],
    ['standard', 'gateway', [53, 5432, 6379]],
    ['standard', 'solver', [53, 443, 5432, 6379]],
    ['standard', 'migration', [53, 5432]],
    ['full', 'verification', [53, 5432]],
    ['standard', 'test', [53, 8080]],
    ['minimal', 'solver', [53, 5432, 6379]], // No model, so no way out.
    ['minimal', 'postgres', [53]],
    ['full', 'coordinator', [53, 4318, 5432, 6379]],
    ['full', 'gateway', [53, 80, 443, 3100, 3200, 4318, 5432, 6379, 6443, 9090, 16686]],
  ])('with the values of %s lets out of the %s the ports %j', (example, component, ports) => {
    expect(portsOf(example, component)).toEqual(ports);
  });

  it('keeps the model’s callers out of private networks, where the cloud’s metadata is too', () => {
    const text = JSON.stringify(render(tools, 'standard').find(({ metadata }) => metadata.name === 'inquest-to-model')?.spec);
    for (const range of ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16']) expect(text).toContain(range);
  });

  it('lets the monitoring namespace alone scrape', () => {
    const { spec } = render(tools, 'standard').find(({ metadata }) => metadata.name === 'inquest-metrics') ?? {};
    expect(spec?.['ingress']).toEqual([
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
        ports: [{ protocol: 'TCP', port: 8080 }],
      },
    ]);
  });
});
