import type { Action } from '@inquest/contracts';
import { z } from 'zod';
import { REMEDIES } from '../remedies/catalogue.js';
import type { Remedy } from '../remedies/remedy.js';

/** A remedy of the catalogue that an action says it is, with its checked parameters and what they render to. */
export interface Rerendered {
  readonly argv: readonly string[];
  /** Why it does not apply to the evidence, or undefined when it does. */
  readonly unless: Remedy['unless'];
  readonly params: unknown;
}

/** What the catalogue makes of an action's tool, verb, target and parameters; several remedies may share a verb. */
export const renderAgain = (action: Action): Rerendered[] =>
  (Object.values(REMEDIES) as unknown as readonly Remedy[])
    .filter(({ tool, verb, kinds }) => tool === action.tool && verb === action.verb && kinds.includes(action.target.kind))
    .flatMap((remedy) => {
      const parsed = remedy.params.safeParse(paramsOf(action, remedy.params));
      if (!parsed.success) return [];
      return namesTarget(action, parsed.data)
        ? [{ argv: remedy.render(parsed.data).argv, unless: remedy.unless, params: parsed.data }]
        : [];
    });

/** An action carries lists as one text; see `renderAction`. */
const paramsOf = ({ params }: Action, schema: z.ZodType): Record<string, unknown> => {
  const shape: Readonly<Record<string, unknown>> = schema instanceof z.ZodObject ? schema.shape : {};
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' && Object.hasOwn(shape, name) && shape[name] instanceof z.ZodArray ? value.split(', ') : value,
    ]),
  );
};

/** What people read as the target must be what the parameters say. */
const namesTarget = ({ target }: Action, data: unknown): boolean => {
  const params = data as Readonly<Record<string, unknown>>;
  return (
    String(params['name'] ?? params['table'] ?? params['pid']) === target.name &&
    (params['namespace'] ?? undefined) === target.namespace &&
    (params['kind'] === undefined || params['kind'] === target.kind)
  );
};
