import { REVISE } from './command-revisions.js';
import type { HardRule } from './hard-rule.js';
import { HOST_RULES } from './host-rules.js';
import { PLATFORM_RULES } from './platform-rules.js';

/** The table for simple commands. */
export const COMMAND_RULES: readonly HardRule[] = [...PLATFORM_RULES, ...HOST_RULES, ...REVISE];
