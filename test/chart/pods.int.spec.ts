import { EXAMPLES, named, podsOf, render, selects, settingsOf, type Pod } from './support/render.js';
import { describeChart } from './support/tools.js';

const ROLES = ['coordinator', 'critic', 'diagnostician', 'gateway', 'recorder', 'reviewer', 'single', 'solver'];
const CLOSING_MS = 5_000;

describeChart('the pods of the chart', (tools) => {
  const containersOf = ({ spec }: Pod) => [...spec.initContainers, ...spec.containers];

  it('are one Deployment per role', () => {
    const deployments = render(tools, 'standard').filter(({ kind }) => kind === 'Deployment');
    expect(deployments.map(({ metadata }) => metadata.labels['app.kubernetes.io/component']).sort()).toEqual(ROLES);
  });

  describe.each(EXAMPLES)('with the values of %s', (example) => {
    const objects = tools.helm ? render(tools, example) : [];
    const pods = podsOf(objects);
    const services = pods.filter(({ owner }) => owner.startsWith('Deployment'));

    it.each(pods.map((pod) => [pod.owner, pod] as const))('%s is restricted', (_, pod) => {
      expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      for (const { securityContext } of containersOf(pod))
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      for (const volume of pod.spec.volumes) expect(Object.keys(volume)).not.toContain('hostPath');
      expect(pod.spec).not.toMatchObject({ hostNetwork: true });
    });

    it.each(pods.map((pod) => [pod.owner, pod] as const))('%s says what it needs and is bounded', (_, pod) => {
      for (const { resources } of containersOf(pod)) {
        expect(Object.keys(resources.requests).sort()).toEqual(['cpu', 'ephemeral-storage', 'memory']);
        expect(Object.keys(resources.limits)).toEqual(expect.arrayContaining(['ephemeral-storage', 'memory']));
      }
      for (const { volumeMounts } of containersOf(pod))
        for (const { name } of volumeMounts) {
          const claimed = pod.owner.startsWith('StatefulSet') && name === 'data';
          expect(claimed || pod.spec.volumes.some((volume) => volume.name === name)).toBe(true);
        }
    });

    it.each(services.map((pod) => [pod.owner, pod] as const))('%s is probed, drained and spread', (_, { spec }) => {
      expect(
        spec.containers.map(({ startupProbe, livenessProbe, readinessProbe }) => [startupProbe, livenessProbe, readinessProbe]),
      ).toEqual([['/healthz', '/healthz', '/readyz'].map((path) => ({ httpGet: { path } }))]);
      const [container] = spec.containers;
      const settings = container ? settingsOf(objects, container) : {};
      const neededMs = 2 * Number(settings['INQUEST_DRAIN_MS']) + Number(settings['INQUEST_SHUTDOWN_DELAY_MS'] ?? 0) + CLOSING_MS;
      expect((spec.terminationGracePeriodSeconds ?? 0) * 1_000).toBeGreaterThan(neededMs);
      expect(spec['topologySpreadConstraints']).toHaveLength(2);
    });

    it('leave at the gateway alone the rights to see the cluster, and only if it may', () => {
      const withToken = pods.filter(({ spec }) => spec.automountServiceAccountToken !== false).map(({ owner }) => owner);
      expect(withToken).toEqual(example === 'full' ? ['Deployment inquest-gateway'] : []);
    });

    it('are each denied everything, and allowed something by name', () => {
      const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
      const denial = named(objects, 'NetworkPolicy', 'inquest-deny');
      expect(denial.spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
      expect(Object.keys(denial.spec ?? {}).sort()).toEqual(['podSelector', 'policyTypes']);
      for (const { labels } of pods) {
        expect(selects(denial.spec?.['podSelector'], labels)).toBe(true);
        const allowing = policies.filter(
          ({ metadata, spec }) => metadata.name !== 'inquest-deny' && selects(spec?.['podSelector'], labels),
        );
        expect(allowing.length).toBeGreaterThan(0);
      }
      for (const { metadata, spec } of policies)
        expect([metadata.name, pods.some(({ labels }) => selects(spec?.['podSelector'], labels))]).toEqual([metadata.name, true]);
    });

    it('get every secret by reference', () => {
      const secret = /URL$|TOKENS$|KEY$|PASSWORD|AUTH$/;
      for (const pod of pods)
        for (const { name, value, valueFrom } of containersOf(pod).flatMap(({ env }) => env))
          if (secret.test(name) && name !== 'ANTHROPIC_BASE_URL')
            expect([pod.owner, name, value, valueFrom?.secretKeyRef?.name]).toEqual([
              pod.owner,
              name,
              undefined,
              expect.any(String),
            ]);
      expect(objects.filter(({ kind }) => kind === 'Secret')).toHaveLength(example === 'minimal' ? 1 : 0);
      const maps = JSON.stringify(objects.filter(({ kind }) => kind === 'ConfigMap'));
      expect(maps).not.toMatch(/DATABASE_URL|REDIS_URL|TOKENS|API_KEY/);
    });

    it('let the owner’s password into the migration alone', () => {
      const knowing = pods.filter((pod) =>
        containersOf(pod).some(({ env }) => env.some(({ name }) => name === 'DATABASE_OWNER_URL')),
      );
      expect(knowing.map(({ owner }) => owner)).toEqual([`Job inquest-migration${example === 'minimal' ? '-first' : ''}`]);
    });

    it('are found by exactly the Service, the budget and the Deployment of their role', () => {
      for (const role of ROLES) {
        const labels = services.find(({ owner }) => owner === `Deployment inquest-${role}`)?.labels ?? {};
        const selecting = objects.filter(
          ({ kind, spec }) => kind === 'Service' && selects({ matchLabels: spec?.['selector'] }, labels),
        );
        expect(selecting.map(({ metadata }) => metadata.name)).toEqual([`inquest-${role}`]);
        const guarding = objects.filter(
          ({ kind, spec }) => kind === 'PodDisruptionBudget' && selects(spec?.['selector'], labels),
        );
        expect(guarding.map(({ metadata }) => metadata.name)).toEqual(example === 'minimal' ? [] : [`inquest-${role}`]);
      }
    });
  });

  it('have their schema before they are there, or wait for it', () => {
    const hook = (example: string, ...flags: string[]) =>
      render(tools, example, ...flags)
        .filter(({ kind }) => kind === 'Job')
        .map(({ metadata }) => metadata.annotations['helm.sh/hook']);
    expect(hook('standard')).toEqual(['pre-install,pre-upgrade']);
    expect(hook('minimal', '--is-upgrade')).toEqual(['pre-install,pre-upgrade']);
    expect(hook('minimal')).toEqual([undefined]); // Its PostgreSQL comes with it.
    const waiting = podsOf(render(tools, 'minimal')).filter(({ spec }) => spec.initContainers.length > 0);
    expect(waiting.map(({ labels }) => labels['app.kubernetes.io/component']).sort()).toEqual(ROLES);
  });

  it('are scaled by what scales them, and by nothing else', () => {
    const objects = render(tools, 'full');
    for (const role of ROLES) expect(named(objects, 'Deployment', `inquest-${role}`).spec).not.toHaveProperty('replicas');
    for (const role of ROLES.filter((each) => each !== 'gateway'))
      expect(named(objects, 'ScaledObject', `inquest-${role}`).spec).toMatchObject({
        scaleTargetRef: { name: `inquest-${role}` },
        triggers: [
          {
            type: 'redis-cluster-streams',
            metadata: {
              stream: `aiops:inbox:${role}`,
              consumerGroup: role,
              pendingEntriesCount: role === 'recorder' ? '500' : '32',
            },
          },
        ],
      });
    expect(named(objects, 'HorizontalPodAutoscaler', 'inquest-gateway').spec).toMatchObject({ minReplicas: 2 });
  });
});
