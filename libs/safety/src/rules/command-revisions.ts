import { commandRule, marked, type HardRule } from './hard-rule.js';

/** What a person should look at before it runs. */
export const REVISE: HardRule[] = [
  commandRule(
    'REQUEST_REVISION',
    {
      id: 'destructive',
      reason: 'It removes or stops something.',
      reference: 'https://sre.google/sre-book/automation-at-google/',
    },
    ({ effect }) => effect === 'destroy',
  ),
  commandRule(
    'REQUEST_REVISION',
    {
      id: 'unlisted-change',
      reason: 'It changes something in a way that is not an ordinary remediation.',
      reference: 'https://sre.google/workbook/eliminating-toil/',
    },
    ({ effect }) => effect === 'change',
  ),
  commandRule(
    'REQUEST_REVISION',
    {
      id: 'unknown-command',
      reason: 'What this command does is not known.',
      reference: 'https://owasp.org/www-community/Fail_securely',
    },
    ({ effect }) => effect === 'unknown',
  ),
  commandRule(
    'REQUEST_REVISION',
    {
      id: 'unresolved',
      reason: 'What it would do is only known once it runs.',
      reference: 'https://attack.mitre.org/techniques/T1027/010/',
    },
    (fact) => fact.unresolved.length > 0,
  ),
  commandRule(
    'REQUEST_REVISION',
    {
      id: 'loader-variable',
      reason: 'It sets a variable that decides what other programs load.',
      reference: 'https://attack.mitre.org/techniques/T1574/006/',
    },
    (fact) => marked(fact, 'sets-loader-variable'),
  ),
];
