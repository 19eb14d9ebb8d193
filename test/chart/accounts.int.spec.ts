import { LISTS } from '@inquest/collectors';
import { z } from 'zod';
import { render, type KubernetesObject } from './support/render.js';
import { describeChart } from './support/tools.js';

const Rules = z.array(z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }));

describeChart('the accounts of the chart', (tools) => {
  const rightsOf = (objects: readonly KubernetesObject[], name: RegExp): string[] =>
    objects
      .filter(({ kind, metadata }) => /Role$/.test(kind) && name.test(metadata.name))
      .flatMap((role) => Rules.parse(role['rules']))
      .flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)));
  const bindingsOf = (objects: readonly KubernetesObject[]): string[] =>
    objects
      .filter(({ kind }) => /Binding$/.test(kind))
      .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? '*'} ${metadata.name}`)
      .sort();
  const executor = (...actions: string[]): KubernetesObject[] =>
    render(
      tools,
      'standard',
      ...[
        'executor.enabled=true',
        'executor.namespaces={shop}',
        ...actions.map((action) => `executor.actions.${action}=true`),
      ].flatMap((value) => ['--set', value]),
    );
  const LOOKING = /^(get|list|watch) /;

  it('have no rights unless they are given some', () => {
    for (const example of ['minimal', 'standard']) expect(bindingsOf(render(tools, example))).toEqual([]);
  });

  it('let the evidence reader ask what it asks, and touch nothing', () => {
    const asked = [...LISTS.map((list) => `list ${list}`), 'get pods/log'];
    expect(rightsOf(render(tools, 'full'), /evidence$/).sort()).toEqual(asked.sort());
    const everywhere = render(tools, 'standard', '--set', 'evidence.kubernetes.enabled=true');
    expect(rightsOf(everywhere, /evidence$/).sort()).toEqual([...asked, 'get nodes'].sort());
  });

  it('let it see what GitOps controllers have rolled out, where these are asked', () => {
    expect(rightsOf(render(tools, 'full'), /evidence-gitops$/).sort()).toEqual([
      'get applications',
      'get helmreleases',
      'get kustomizations',
    ]);
    const argoAlone = ['evidence.kubernetes.enabled=true', 'evidence.gitops.argocd.enabled=true'].flatMap((value) => [
      '--set',
      value,
    ]);
    const objects = render(tools, 'standard', ...argoAlone);
    expect(rightsOf(objects, /evidence-gitops$/)).toEqual(['get applications']);
    expect(bindingsOf(objects)).toContain('ClusterRoleBinding * inquest-inquest-evidence-gitops');
  });

  it('bind the evidence reader in its namespaces alone, or everywhere when none is named', () => {
    expect(bindingsOf(render(tools, 'full')).filter((name) => /evidence/.test(name))).toEqual([
      ...['argocd', 'flux-system'].map((namespace) => `RoleBinding ${namespace} inquest-inquest-evidence-gitops`),
      'RoleBinding payments inquest-inquest-evidence',
      'RoleBinding payments inquest-inquest-evidence-gitops',
      'RoleBinding shop inquest-inquest-evidence',
      'RoleBinding shop inquest-inquest-evidence-gitops',
    ]);
    expect(bindingsOf(render(tools, 'standard', '--set', 'evidence.kubernetes.enabled=true'))).toEqual([
      'ClusterRoleBinding * inquest-inquest-evidence',
    ]);
  });

  it.each([
    ['rolloutRestart', ['patch deployments', 'patch statefulsets', 'patch daemonsets']],
    ['rolloutUndo', ['patch deployments', 'patch statefulsets', 'patch daemonsets']],
    ['patchWorkload', ['patch deployments', 'patch statefulsets', 'patch daemonsets']],
    ['scale', ['patch deployments/scale', 'update deployments/scale', 'patch statefulsets/scale', 'update statefulsets/scale']],
    ['deletePod', ['delete pods']],
    ['cordon', ['patch nodes']],
  ])('give the executor for %s what it takes and no more', (action, expected) => {
    const changing = rightsOf(executor(action), /executor$/).filter((right) => !LOOKING.test(right));
    expect(changing.sort()).toEqual(expected.sort());
  });

  it('let the executor change nothing as long as no action is switched on, and nothing outside its namespaces', () => {
    expect(rightsOf(executor(), /executor$/).filter((right) => !LOOKING.test(right))).toEqual([]);
    expect(bindingsOf(executor('scale'))).toEqual(['RoleBinding shop inquest-inquest-executor']);
  });
});
