import { DOUBLED, DOUBLED_IN_THE_WORLD } from './doubled.js';
import { LOST, LOST_IN_THE_WORLD } from './lost.js';
import type { SessionRule, WorldRule } from './rule.js';
import { STUCK, STUCK_IN_THE_WORLD } from './stuck.js';
import { UNSAFE, UNSAFE_IN_THE_WORLD } from './unsafe.js';

export type { Kind, SessionRule, Surroundings, WorldRule } from './rule.js';

export const SESSION_RULES: readonly SessionRule[] = [...LOST, ...DOUBLED, ...STUCK, ...UNSAFE];
export const WORLD_RULES: readonly WorldRule[] = [
  ...LOST_IN_THE_WORLD,
  ...DOUBLED_IN_THE_WORLD,
  ...STUCK_IN_THE_WORLD,
  ...UNSAFE_IN_THE_WORLD,
];
