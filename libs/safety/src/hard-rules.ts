import { BUILT_IN_RULES, type SafetyRules } from './operator-rules/safety-rules.js';
import { COMMAND_RULES } from './rules/command-rules.js';
import type { HardRule, RuleMatch, Subject } from './rules/hard-rule.js';
import { SQL_RULES } from './rules/sql-rules.js';
import { READING_RULES } from './rules/reading-rules.js';

export { RULES_VERSION } from './rules-version.js';
export type { HardRule, RuleMatch, Subject } from './rules/hard-rule.js';

/** All of them; a model can add reasons, never overrule one. */
export const HARD_RULES: readonly HardRule[] = [...COMMAND_RULES, ...SQL_RULES, ...READING_RULES];

/** Every rule that a reading hits, once each, with the fact that made it match; strictest first, then in table order, added ones last. */
export const matchRules = (subject: Subject, { added }: SafetyRules = BUILT_IN_RULES): RuleMatch[] => {
  const matches = [...HARD_RULES, ...added].flatMap((rule): RuleMatch[] => {
    const because = rule.match(subject);
    return because === undefined ? [] : [{ rule, because }];
  });
  return [
    ...matches.filter(({ rule }) => rule.judgement === 'REJECT'),
    ...matches.filter(({ rule }) => rule.judgement !== 'REJECT'),
  ];
};
