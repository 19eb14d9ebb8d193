import { GATES_VERSION } from '@inquest/debate';
import { RULES_VERSION } from '@inquest/safety';

/** The versions of gates and hard rules in force; stands on every message. */
export const RULE_SET = `${GATES_VERSION} ${RULES_VERSION}`;

/** The same with the rules that one answer was judged by, operators' own included. */
export const ruleSetOf = (rulesVersion = RULES_VERSION): string => `${GATES_VERSION} ${rulesVersion}`;
