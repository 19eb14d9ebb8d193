import { GATES_VERSION } from '@inquest/debate';
import { RULES_VERSION } from '@inquest/safety';

/** The versions of gates and hard rules in force; stands on every message. */
export const RULE_SET = `${GATES_VERSION} ${RULES_VERSION}`;
