import { readingRule, type HardRule } from './hard-rule.js';

const FAIL_SAFE = 'https://owasp.org/www-community/Fail_securely';

/** The table for what the reading itself says. */
export const READING_RULES: readonly HardRule[] = [
  readingRule(
    'REQUEST_REVISION',
    { id: 'unreadable', reason: 'The command cannot be read as a whole.', reference: FAIL_SAFE },
    ({ problems }) => problems[0],
  ),
  readingRule(
    'REQUEST_REVISION',
    { id: 'nothing-read', reason: 'No command could be found in it.', reference: FAIL_SAFE },
    ({ facts, sql }) => (facts.length === 0 && sql.length === 0 ? 'no command' : undefined),
  ),
];
