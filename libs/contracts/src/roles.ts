import { z } from 'zod';

/** Everyone who may speak in a session. `single` answers alone when the debate is switched off. */
export const Role = z.enum(['gateway', 'diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'single', 'recorder']);
export type Role = z.infer<typeof Role>;

/** The four whose votes the Coordinator weighs. */
export const VOTERS = ['diagnostician', 'solver', 'reviewer', 'critic'] as const;
export const Voter = z.enum(VOTERS);
export type Voter = z.infer<typeof Voter>;

/** How a role votes. ABSTAIN is "I cannot tell", never "I agree". */
export const Vote = z.enum(['APPROVE', 'REQUEST_REVISION', 'REJECT', 'ABSTAIN']);
export type Vote = z.infer<typeof Vote>;

/** Who thought: Claude, or the deterministic engines. */
export const Mind = z.enum(['model', 'rules']);
export type Mind = z.infer<typeof Mind>;
