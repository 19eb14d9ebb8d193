import { z } from 'zod';
import { commandLine } from '../names.js';
import { KubernetesName, remedy, unknownObject, UnitName } from './remedy.js';

const OnNode = z.object({ name: KubernetesName });

const schedulability = (verb: 'cordon' | 'uncordon') =>
  remedy({
    id: verb,
    tool: 'kubectl',
    verb,
    kinds: ['node'],
    params: OnNode,
    when: 'The evidence shows the node.',
    radius: ['effect-remedy', 'node'],
    unless: (params, context) => unknownObject({ ...params, kind: 'node' }, context),
    render: ({ name }) => ({
      argv: ['kubectl', verb, name],
      undo: {
        command: commandLine(['kubectl', verb === 'cordon' ? 'uncordon' : 'cordon', name]),
        description: verb === 'cordon' ? 'Let pods be scheduled there again.' : 'Keep new pods away again.',
      },
      description:
        verb === 'cordon'
          ? `Keep new pods off node ${name} while it is looked at; those on it stay.`
          : `Let pods be scheduled on node ${name} again.`,
      verify: commandLine(['kubectl', 'get', 'node', name]),
    }),
  });
export const cordon = schedulability('cordon');
export const uncordon = schedulability('uncordon');

export const helmRollback = remedy({
  id: 'helm-rollback',
  tool: 'helm',
  verb: 'rollback',
  kinds: ['release'],
  params: z.object({
    name: KubernetesName,
    namespace: KubernetesName,
    revision: z.int().min(1).max(10_000),
    present: z.int().min(2).max(10_000),
  }),
  when: 'The evidence shows the release in that namespace, and the revision lies before the present one.',
  radius: ['effect-remedy'],
  unless: (params, context) =>
    params.revision >= params.present ? 'it would not go back' : unknownObject({ ...params, kind: 'release' }, context),
  render: ({ name, namespace, revision, present }) => ({
    argv: ['helm', 'rollback', name, String(revision), '-n', namespace],
    undo: {
      command: commandLine(['helm', 'rollback', name, String(present), '-n', namespace]),
      description: `Go back to revision ${present}.`,
    },
    description: `Roll release ${name} back from revision ${present} to ${revision}.`,
    verify: commandLine(['helm', 'status', name, '-n', namespace]),
  }),
});

export const systemctlRestart = remedy({
  id: 'systemctl-restart',
  tool: 'systemctl',
  verb: 'restart',
  kinds: ['unit'],
  params: z.object({ name: UnitName }),
  when: 'The evidence shows the unit.',
  radius: ['effect-remedy'],
  noUndo: 'A unit that was restarted runs again; there is nothing to take back.',
  unless: ({ name }, context) => (context.entities.mentions(name) ? undefined : `the evidence shows no unit ${name}`),
  render: ({ name }) => ({
    argv: ['systemctl', 'restart', name],
    undo: null,
    description: `Restart unit ${name}.`,
    verify: commandLine(['systemctl', 'status', name]),
  }),
});

export const flagOff = remedy({
  id: 'feature-flag-off',
  tool: 'flag',
  verb: 'disable',
  kinds: ['flag'],
  params: z.object({ name: z.string().regex(/^[A-Za-z][\w.-]{0,99}$/) }),
  when: 'The evidence shows the flag.',
  radius: ['effect-remedy'],
  unless: (params, context) => unknownObject({ ...params, kind: 'flag' }, context),
  render: ({ name }) => ({
    argv: ['flag', 'disable', name],
    undo: { command: commandLine(['flag', 'enable', name]), description: 'Switch it on again.' },
    description: `Switch feature flag ${name} off.`,
    verify: commandLine(['flag', 'get', name]),
  }),
});
