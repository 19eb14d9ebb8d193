import { z } from 'zod';
import { commandLine } from '../names.js';
import { ImageReference, known, KubernetesName, PinnedImage, Placed, remedy, unknownObject } from './remedy.js';

const ROLLING = ['deployment', 'statefulset', 'daemonset'];

const kubectl = (namespace: string, ...words: string[]): string[] => ['kubectl', '-n', namespace, ...words];
const status = (namespace: string, kind: string, name: string): string =>
  commandLine(kubectl(namespace, 'rollout', 'status', `${kind}/${name}`));

export const rolloutRestart = remedy({
  id: 'rollout-restart',
  tool: 'kubectl',
  verb: 'rollout restart',
  kinds: ROLLING,
  params: Placed,
  when: 'The evidence shows the workload in that namespace.',
  radius: ['effect-remedy'],
  unless: (params, context) => unknownObject(params, context),
  render: ({ kind, name, namespace }) => ({
    argv: kubectl(namespace, 'rollout', 'restart', `${kind}/${name}`),
    undo: {
      command: commandLine(kubectl(namespace, 'rollout', 'undo', `${kind}/${name}`)),
      description: 'Go back to the revision before the restart.',
    },
    description: `Restart the pods of ${kind} ${name} one after the other.`,
    verify: status(namespace, kind, name),
  }),
});

export const rolloutUndo = remedy({
  id: 'rollout-undo',
  tool: 'kubectl',
  verb: 'rollout undo',
  kinds: ROLLING,
  params: Placed,
  when: 'The evidence shows the workload in that namespace, and a change of it to take back.',
  radius: ['effect-remedy'],
  unless: (params, context) => unknownObject(params, context),
  render: ({ kind, name, namespace }) => ({
    argv: kubectl(namespace, 'rollout', 'undo', `${kind}/${name}`),
    undo: {
      command: commandLine(kubectl(namespace, 'rollout', 'undo', `${kind}/${name}`)),
      description: 'A second undo returns to the present revision.',
    },
    description: `Take ${kind} ${name} back to its previous revision.`,
    verify: status(namespace, kind, name),
  }),
});

export const scale = remedy({
  id: 'scale',
  tool: 'kubectl',
  verb: 'scale',
  kinds: ['deployment', 'statefulset'],
  params: Placed.extend({ replicas: z.int().min(1).max(50), before: z.int().min(0).max(1_000) }),
  when: 'The evidence shows the workload, it has as many replicas as `before` says, and it would get more.',
  radius: ['effect-remedy'],
  unless: (params, context) => {
    const workload = known(params.name, params.kind, context);
    if (workload?.replicas !== undefined && workload.replicas !== params.before)
      return `${params.name} has ${workload.replicas} replicas, not ${params.before}`;
    return params.replicas <= params.before ? 'it would not add replicas' : unknownObject(params, context);
  },
  render: ({ kind, name, namespace, replicas, before }) => ({
    argv: kubectl(namespace, 'scale', `${kind}/${name}`, `--replicas=${replicas}`),
    undo:
      before > 0
        ? {
            command: commandLine(kubectl(namespace, 'scale', `${kind}/${name}`, `--replicas=${before}`)),
            description: `Go back to ${before} replicas.`,
          }
        : { command: '', description: 'A person scales it back to zero, should that have been wanted.' },
    description: `Scale ${kind} ${name} from ${before} to ${replicas} replicas.`,
    verify: status(namespace, kind, name),
  }),
});

export const deletePod = remedy({
  id: 'delete-pod',
  tool: 'kubectl',
  verb: 'delete',
  kinds: ['pod'],
  params: z.object({ name: KubernetesName, namespace: KubernetesName }),
  when: 'The evidence shows the pod, and an owner that starts another.',
  radius: ['effect-replace'],
  noUndo: 'The pod is gone; its owner starts another.',
  unless: (params, context) => {
    const pod = known(params.name, 'pod', context);
    return pod && !pod.owner ? 'nothing would recreate this pod' : unknownObject({ ...params, kind: 'pod' }, context);
  },
  render: ({ name, namespace }) => ({
    argv: kubectl(namespace, 'delete', 'pod', name),
    undo: null,
    description: `Delete pod ${name}, so that its owner starts another.`,
    verify: commandLine(kubectl(namespace, 'get', 'pods')),
  }),
});

const suspension = (suspend: boolean) =>
  remedy({
    id: suspend ? 'cronjob-suspend' : 'cronjob-resume',
    tool: 'kubectl',
    verb: 'patch',
    kinds: ['cronjob'],
    params: z.object({ name: KubernetesName, namespace: KubernetesName }),
    when: 'The evidence shows the cron job in that namespace.',
    radius: ['effect-change'],
    unless: (params, context) => unknownObject({ ...params, kind: 'cronjob' }, context),
    render: ({ name, namespace }) => {
      const patch = (value: boolean): string[] =>
        kubectl(namespace, 'patch', 'cronjob', name, '--type=merge', '-p', JSON.stringify({ spec: { suspend: value } }));
      return {
        argv: patch(suspend),
        undo: { command: commandLine(patch(!suspend)), description: suspend ? 'Resume it.' : 'Suspend it again.' },
        description: `${suspend ? 'Suspend' : 'Resume'} cron job ${name}.`,
        verify: commandLine(kubectl(namespace, 'get', 'cronjob', name)),
      };
    },
  });
export const cronjobSuspend = suspension(true);
export const cronjobResume = suspension(false);

export const setImage = remedy({
  id: 'set-image',
  tool: 'kubectl',
  verb: 'set image',
  kinds: ROLLING,
  params: Placed.extend({ container: KubernetesName, image: PinnedImage, before: ImageReference }),
  when: 'The evidence shows the workload, and has seen the image by its digest.',
  radius: ['effect-remedy'],
  unless: (params, context) => {
    const [image] = context.entities.named(params.image, ['image']);
    return image ? unknownObject(params, context) : `the evidence shows no image ${params.image}`;
  },
  render: ({ kind, name, namespace, container, image, before }) => ({
    argv: kubectl(namespace, 'set', 'image', `${kind}/${name}`, `${container}=${image}`),
    undo: {
      command: commandLine(kubectl(namespace, 'set', 'image', `${kind}/${name}`, `${container}=${before}`)),
      description: `Go back to ${before}.`,
    },
    description: `Run ${image} in container ${container} of ${kind} ${name}.`,
    verify: status(namespace, kind, name),
  }),
});

export const setResources = remedy({
  id: 'set-resources',
  tool: 'kubectl',
  verb: 'set resources',
  kinds: ROLLING,
  params: Placed.extend({
    resource: z.enum(['memory', 'cpu']),
    limit: z.string().regex(/^\d{1,6}(m|Mi|Gi)?$/),
    before: z.string().regex(/^\d{1,6}(m|Mi|Gi)?$/),
  }),
  when: 'The evidence shows the workload in that namespace.',
  radius: ['effect-remedy'],
  unless: (params, context) => unknownObject(params, context),
  render: ({ kind, name, namespace, resource, limit, before }) => ({
    argv: kubectl(namespace, 'set', 'resources', `${kind}/${name}`, `--limits=${resource}=${limit}`),
    undo: {
      command: commandLine(kubectl(namespace, 'set', 'resources', `${kind}/${name}`, `--limits=${resource}=${before}`)),
      description: `Go back to ${before}.`,
    },
    description: `Raise the ${resource} limit of ${kind} ${name} from ${before} to ${limit}.`,
    verify: status(namespace, kind, name),
  }),
});
