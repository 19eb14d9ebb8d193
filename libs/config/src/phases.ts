import { z } from 'zod';
import { flag } from './environment.js';

/** 1: Inquest answers incidents at all. 2: it answers them by the debate. Each needs the ones before it. */
export const Phase = z.union([z.literal(1), z.literal(2)]);
export type Phase = z.infer<typeof Phase>;

export const PhaseEnvironment = z.object({ AIOPS_P1_ENABLED: flag(true), AIOPS_P2_ENABLED: flag(true) });
export type PhaseEnvironment = z.infer<typeof PhaseEnvironment>;

/** The latest audited override per phase; a phase without one follows the environment. */
export type PhaseOverrides = Partial<Record<Phase, boolean>>;

export interface PhaseSources {
  readonly environment: PhaseEnvironment;
  readonly overrides: PhaseOverrides;
}

/**
 * The one place where a phase is read. Environment AND override AND every earlier phase: either side can turn a
 * phase off, neither can turn it on against the other.
 */
export const isPhaseEnabled = (phase: Phase, sources: PhaseSources): boolean => {
  const own = sources.environment[`AIOPS_P${phase}_ENABLED`] && sources.overrides[phase] !== false;
  return own && (phase === 1 || isPhaseEnabled(1, sources));
};

/** How a new session is answered: `debate` (phases 1 and 2), `single` (phase 1 alone), else straight to people. */
export const pathFor = (sources: PhaseSources): 'debate' | 'single' | 'escalate' => {
  if (isPhaseEnabled(2, sources)) return 'debate';
  return isPhaseEnabled(1, sources) ? 'single' : 'escalate';
};
