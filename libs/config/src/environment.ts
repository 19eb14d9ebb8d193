import { z } from 'zod';

/** The environment does not fit. All faults are in one message, so that one look at the log is enough. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  constructor(readonly problems: readonly string[]) {
    super(
      `The environment cannot be used; correct these and start again:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}

/**
 * Parses the environment once, at start. An empty variable counts as unset, as in most shells and charts.
 * @throws {EnvironmentError} naming every variable that does not fit, never its value: it may be a secret.
 */
export const readEnvironment = <S extends z.ZodType>(schema: S, environment: NodeJS.ProcessEnv = process.env): z.infer<S> => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new EnvironmentError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
};

/** `true` or `false` and nothing else: a typing error in a safety switch must not pass for either. */
export const flag = (standard: boolean) =>
  z
    .enum(['true', 'false'], { error: 'must be exactly "true" or "false"' })
    .default(standard ? 'true' : 'false')
    .transform((text) => text === 'true');

/** A whole number of milliseconds, seconds, … within bounds. */
export const wholeNumber = (standard: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(standard);
