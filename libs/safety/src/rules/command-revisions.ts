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
      id: 'unpinned-image',
      reason: 'It runs an image without a fixed version, or from no named registry.',
      reference: 'https://kubernetes.io/docs/concepts/containers/images/',
    },
    (fact) => !fact.dryRun && marked(fact, 'image-unpinned', 'image-from-nowhere'),
  ),
  commandRule(
    'REQUEST_REVISION',
    {
      id: 'patch-removes',
      reason: 'A patch takes parts of an object away, or weakens what guards it.',
      reference: 'https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/',
    },
    (fact) => !fact.dryRun && marked(fact, 'deletes-by-patch', 'weakens-guard', 'unreadable-manifest'),
  ),
  commandRule(
    'REQUEST_REVISION',
    {
      id: 'sends-data',
      reason: 'It sends files or output to another host.',
      reference: 'https://attack.mitre.org/techniques/T1048/',
    },
    (fact) => marked(fact, 'sends-data', 'uploads-file'),
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
