import type { ReplicaSet } from './objects.js';
import { revisionsOf } from './revisions.js';

const workloads = [{ kind: 'Deployment', metadata: { name: 'web' } }] as unknown as Parameters<
  typeof revisionsOf
>[0]['workloads'];

const set = (revision: number, container: object): ReplicaSet => ({
  metadata: {
    name: `web-${revision}`,
    annotations: { 'deployment.kubernetes.io/revision': String(revision) },
    ownerReferences: [{ kind: 'Deployment', name: 'web' }],
  },
  spec: { replicas: 1, template: { spec: { containers: [{ name: 'web', ...container }] } } },
});

it('shows what changed between revisions, and of variables and headers only that they did', () => {
  const container = (image: string, secret: string) => ({
    image,
    env: [
      { name: 'spring.datasource.password', value: secret },
      { name: 'PLAIN', value: secret },
    ],
    readinessProbe: { httpGet: { httpHeaders: [{ name: 'X-Probe-Key', value: secret }] } },
  });
  const [, second] = revisionsOf({ workloads }, [
    set(1, container('web:1', 'blue-otter')),
    set(2, container('web:2', 'red-fox')),
  ]);
  expect(second?.diff).toContain('-spec.containers.web.image: web:1\n+spec.containers.web.image: web:2');
  expect(second?.diff).toContain('+spec.containers.web.env.spring.datasource.password.value: (another value)');
  expect(second?.diff).not.toMatch(/blue-otter|red-fox/);
});
