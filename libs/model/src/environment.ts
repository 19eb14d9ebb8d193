import { z } from 'zod';
import type { Role } from '@inquest/contracts';
import { wholeNumber } from '@inquest/config';

const modelName = z
  .string()
  .regex(/^[\w.:/-]{1,200}$/, 'expected a model id such as claude-haiku-5-5')
  .optional();

/** Which model answers, read once at start. Without a key and a provider, none does, and roles answer from their rules. */
export const ModelEnvironment = z
  .object({
    AIOPS_LLM_PROVIDER: z.enum(['none', 'anthropic'], { error: 'must be "none" or "anthropic"' }).optional(),
    ANTHROPIC_API_KEY: z.string().regex(/^\S+$/, 'must not hold spaces or line breaks').optional(),
    ANTHROPIC_BASE_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
    AIOPS_MODEL_DIAGNOSTICIAN: modelName,
    AIOPS_MODEL_SOLVER: modelName,
    AIOPS_MODEL_REVIEWER: modelName,
    AIOPS_MODEL_CRITIC: modelName,
    AIOPS_MODEL_SINGLE: modelName,
    AIOPS_MODEL_MAX_TOKENS: wholeNumber(4_096, 256, 64_000),
  })
  .refine(({ AIOPS_LLM_PROVIDER, ANTHROPIC_API_KEY }) => AIOPS_LLM_PROVIDER !== 'anthropic' || ANTHROPIC_API_KEY, {
    path: ['ANTHROPIC_API_KEY'],
    error: 'is needed for AIOPS_LLM_PROVIDER=anthropic; set it, or set AIOPS_LLM_PROVIDER=none',
  });
export type ModelEnvironment = z.infer<typeof ModelEnvironment>;

/** The model of each role that names one. */
export const modelsPerRole = (environment: ModelEnvironment): Partial<Record<Role, string>> => {
  const named: Partial<Record<Role, string | undefined>> = {
    diagnostician: environment.AIOPS_MODEL_DIAGNOSTICIAN,
    solver: environment.AIOPS_MODEL_SOLVER,
    reviewer: environment.AIOPS_MODEL_REVIEWER,
    critic: environment.AIOPS_MODEL_CRITIC,
    single: environment.AIOPS_MODEL_SINGLE,
  };
  return Object.fromEntries(Object.entries(named).filter(([, model]) => model !== undefined));
};
