import { z } from 'zod';
import { wholeNumber } from './environment.js';

/** Where operators keep the rules that they add to the built-in ones. */
export const SafetyEnvironment = z.object({
  /** Path of a YAML or JSON file; without it the built-in rules judge alone. */
  INQUEST_SAFETY_RULES_FILE: z.string().optional(),
  /** Milliseconds between two looks at it. */
  INQUEST_SAFETY_RULES_POLL_MS: wholeNumber(5_000, 100, 3_600_000),
});
export type SafetyEnvironment = z.infer<typeof SafetyEnvironment>;
