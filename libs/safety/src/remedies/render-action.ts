import type { Action, ActionTarget, Hypothesis } from '@inquest/contracts';
import type { z } from 'zod';
import { blastRadius, sumOf, term } from '../blast-radius.js';
import { readCommand } from '../commands/read-command.js';
import { commandLine } from '../names.js';
import type { Remedy, RemedyContext } from './remedy.js';

/** Why a remedy was not offered. */
export interface Refusal {
  readonly remedy: string;
  readonly why: string;
}

/** A remedy as an action, or why it does not apply: parameters of the wrong form, or not in the evidence. */
export const renderAction = <P extends z.ZodType>(
  id: string,
  remedy: Remedy<P>,
  given: unknown,
  context: RemedyContext,
  hypothesis: Hypothesis,
): Action | Refusal => {
  const parsed = remedy.params.safeParse(given);
  if (!parsed.success) return { remedy: remedy.id, why: parsed.error.issues[0]?.message ?? 'parameters of the wrong form' };
  const params = parsed.data;
  const why = remedy.unless(params, context);
  if (why !== undefined) return { remedy: remedy.id, why };
  const { argv, undo, description, verify } = remedy.render(params);
  const command = commandLine(argv);
  const { points, terms } = blastRadius(readCommand(command), { entities: context.entities, hasUndo: undo !== null });
  return {
    id,
    tool: remedy.tool,
    verb: remedy.verb,
    target: targetOf(remedy, params as Record<string, unknown>),
    params: scalars(params as Record<string, unknown>),
    command,
    description: `${description} Afterwards: ${verify}`,
    undo,
    blastRadius: points,
    radiusTerms: terms,
    evidenceIds: hypothesis.evidenceIds.slice(0, 50),
  };
};

const targetOf = ({ kinds }: Pick<Remedy, 'kinds'>, params: Record<string, unknown>): ActionTarget => ({
  kind: typeof params['kind'] === 'string' ? params['kind'] : (kinds[0] ?? 'component'),
  name: String(params['name'] ?? params['table'] ?? params['pid']),
  ...(typeof params['namespace'] === 'string' ? { namespace: params['namespace'] } : {}),
});

const scalars = (params: Record<string, unknown>): Action['params'] => {
  const entries = Object.entries(params).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      typeof value === 'number' || typeof value === 'boolean' ? value : Array.isArray(value) ? value.join(', ') : String(value),
    ]),
  );
};

/** What a person has to do, in our own words: nothing of the evidence but the component's name is in it. */
export const manualStep = (
  id: string,
  step: { verb: string; description: string },
  component: { kind: string; name: string; namespace?: string },
  hypothesis: Hypothesis,
): Action => {
  const { points, terms } = sumOf([term('by-hand', 10, 'a person decides how far it reaches')]);
  return {
    id,
    tool: 'manual',
    verb: step.verb,
    target: component,
    params: {},
    command: '',
    description: step.description,
    undo: null,
    blastRadius: points,
    radiusTerms: terms,
    evidenceIds: hypothesis.evidenceIds.slice(0, 50),
  };
};
