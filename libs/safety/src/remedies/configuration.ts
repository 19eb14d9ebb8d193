import { z } from 'zod';
import { commandLine } from '../names.js';
import { KubernetesName, remedy, unknownObject } from './remedy.js';

/** One word: what needs more is put back by a person, who sees the whole of it. */
const Value = z.string().regex(/^[\w@][\w@.:/+-]{0,199}$/, 'not a value of one word');
const Key = z.string().regex(/^[A-Za-z0-9][\w.-]{0,252}$/, 'not a key of a ConfigMap');

const isNumber = (value: string): boolean => /^\d{1,9}(\.\d{1,6})?$/.test(value);

/** Kubernetes keeps no revisions of a ConfigMap: only a recorded change of one key says what to go back to. */
export const configMapRollback = remedy({
  id: 'configmap-rollback',
  tool: 'kubectl',
  verb: 'patch',
  kinds: ['configmap'],
  params: z.object({ name: KubernetesName, namespace: KubernetesName, key: Key, value: Value, before: Value }),
  when: 'The evidence shows the ConfigMap in that namespace, the key, and the value that the key had before the change.',
  radius: ['effect-change'],
  unless: (params, context) =>
    params.value === params.before
      ? 'it has that value already'
      : (unknownObject({ ...params, kind: 'configmap' }, context) ??
        [params.key, params.value, params.before]
          .filter((word) => !isNumber(word) && !context.entities.mentions(word))
          .map((word) => `the evidence shows no ${word}`)[0]),
  render: ({ name, namespace, key, value, before }) => {
    const patch = (text: string): string[] => [
      ...['kubectl', '-n', namespace, 'patch', 'configmap', name, '--type=merge', '-p'],
      JSON.stringify({ data: { [key]: text } }),
    ];
    return {
      argv: patch(value),
      undo: { command: commandLine(patch(before)), description: `Set ${key} to ${before} again.` },
      description: `Set ${key} of ConfigMap ${name} back from ${before} to ${value}; what reads it at its start needs a restart.`,
      verify: commandLine(['kubectl', '-n', namespace, 'get', 'configmap', name, '-o', 'yaml']),
    };
  },
});
