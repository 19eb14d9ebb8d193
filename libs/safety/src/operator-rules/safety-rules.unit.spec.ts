import { Action, ActionPlan, EvidenceSnapshot, Incident } from '@inquest/contracts';
import fc from 'fast-check';
import { guard } from '../guard.js';
import { HARD_RULES, RULES_VERSION } from '../hard-rules.js';
import { judgePlan } from '../judge-plan.js';
import { ready } from '../sql/parser.js';
import { fitsGlob } from './glob.js';
import { readSafetyRules, type SafetyRules } from './safety-rules.js';

beforeAll(ready);

const rulesOf = (file: unknown): SafetyRules => {
  const reading = readSafetyRules(typeof file === 'string' ? file : JSON.stringify(file));
  if (!reading.readable) throw new Error(reading.problems.join('\n'));
  return reading.rules;
};
const problemsOf = (text: string): readonly string[] => {
  const reading = readSafetyRules(text);
  return reading.readable ? [] : reading.problems;
};

const FREEZE = `
tiers:
  critical: [payments, 'prod-*']
  high: shop
rules:
  - id: ledger-freeze
    reason: The ledger is only touched in its maintenance window.
    reference: https://wiki.example/ledger
    verdict: reject
    points: 10
    match: { namespace: payments, resource: 'ledger*', effect: [remedy, change, destroy] }
  - id: no-debug-images
    reason: Images for debugging are looked at first.
    verdict: revise
    match: { argument: '*debug*' }
`;
const decide = (text: string, rules?: SafetyRules, kind: 'command' | 'sql' = 'command') => {
  const { decision, hits, radius } = guard(kind, text, rules);
  return { decision, ids: hits.map(({ ruleId }) => ruleId), points: radius.points, terms: radius.terms };
};

describe('a glob', () => {
  it.each([
    ['*', '', true],
    ['prod-*', 'prod-eu', true],
    ['prod-*', 'preprod-eu', false],
    ['*-db', 'orders-db', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbY', false],
    ['LEDGER', 'ledger', true],
    ['a.c', 'abc', false],
    ['', 'a', false],
  ])('%s on %s: %s', (pattern, text, fits) => expect(fitsGlob(pattern, text)).toBe(fits));

  it('says the same as a regular expression made of it', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }),
        (pattern, text) => {
          const same = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
          expect(fitsGlob(pattern, text)).toBe(same.test(text));
        },
      ),
    ));

  it('ends soon on a text that almost fits', () => {
    const startedMs = performance.now();
    expect(fitsGlob('*a'.repeat(90) + 'b', 'a'.repeat(4_096))).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(15_000); // Milliseconds in practice; backtracking would never end.
  });
});

describe("operators' rules", () => {
  const rules = rulesOf(FREEZE);

  it('reject and revise beside the built-in rules, with their points', () => {
    const restart = 'kubectl -n payments rollout restart deployment/ledger-api';
    expect(decide(restart).decision).toBe('APPROVE');
    const judged = decide(restart, rules);
    expect(judged.decision).toBe('REJECT');
    expect(judged.ids[0]).toBe('operator-ledger-freeze');
    expect(judged.terms).toContainEqual(expect.objectContaining({ term: 'operator-ledger-freeze', points: 10 }));
    expect(decide('kubectl -n shop rollout restart deployment/ledger-api', rules).decision).toBe('APPROVE');
    expect(decide('kubectl -n payments get deployment/ledger-api', rules).decision).toBe('APPROVE');
    expect(decide('docker logs web-debug', rules)).toMatchObject({
      decision: 'REQUEST_REVISION',
      ids: ['operator-no-debug-images'],
    });
  });

  it('look at what really runs, wherever it hides', () => {
    for (const command of [
      `sh -c 'kubectl -n payments rollout restart deployment/ledger'`,
      `sudo kubectl --namespace=payments rollout restart deployment/ledger`,
      `NS=payments; kubectl -n $NS rollout restart deployment/ledger`,
    ])
      expect(decide(command, rules).decision).toBe('REJECT');
  });

  it('ask for a revision where the command leaves open whether they apply', () => {
    expect(decide('kubectl rollout restart deployment/ledger', rules)).toMatchObject({
      decision: 'REQUEST_REVISION',
      ids: ['operator-ledger-freeze'],
    });
    expect(decide('kubectl rollout restart deployment/web', rules).decision).toBe('APPROVE');
  });

  it('apply to SQL as well', () => {
    const statement = rulesOf({
      rules: [
        { id: 'no-vacuum', reason: 'No.', verdict: 'reject', match: { program: 'sql', verb: 'vacuum', resource: 'orders' } },
      ],
    });
    expect(decide('VACUUM orders', undefined, 'sql').decision).toBe('APPROVE');
    expect(decide('VACUUM orders', statement, 'sql').decision).toBe('REJECT');
    expect(decide('VACUUM items', statement, 'sql').decision).toBe('APPROVE');
    expect(decide('VACUUM', statement, 'sql').decision).not.toBe('APPROVE');
  });

  it('weigh namespaces by their tier, strictest first, and never less than without a tier', () => {
    const tiers = rulesOf({ tiers: { critical: ['a*'], high: ['ab'], standard: ['*'] } });
    const points = (namespace: string, given?: SafetyRules) =>
      decide(`kubectl -n ${namespace} rollout restart deployment/web`, given).points;
    expect(points('ab', tiers)).toBe(points('ac', tiers));
    expect(points('ab', tiers)).toBeGreaterThan(points('ab', rulesOf({ tiers: { high: ['ab'] } })));
    expect(points('b', tiers)).toBe(points('b'));
    expect(points('kube-system', tiers)).toBe(points('kube-system'));
    expect(points('kube-system', rulesOf({ tiers: { critical: 'kube-*' } }))).toBeGreaterThan(points('kube-system'));
  });

  it('judge plans, and stand with their version in what is recorded', () => {
    const action = Action.parse({
      ...{ id: 'a1', tool: 'kubectl', verb: 'rollout restart', description: 'Restart.', blastRadius: 0 },
      target: { kind: 'deployment', name: 'ledger', namespace: 'payments' },
      command: 'kubectl -n payments rollout restart deployment/ledger',
      undo: { command: '', description: 'None.' },
    });
    const plan = ActionPlan.parse({ hypothesisId: 'h1', actions: [action], blastRadius: 0, abstained: false, summary: '' });
    const snapshot = EvidenceSnapshot.parse({
      kubernetes: [
        {
          ...{ id: 'k', status: 'ok', title: 'kubectl get deployments' },
          json: { deployments: [{ name: 'ledger', namespace: 'payments', desired: 4, ready: 4 }] },
        },
      ],
    });
    const incident = Incident.parse({ source: 's', fingerprint: 'f', title: 't', startsAt: '2026-01-01T00:00:00Z' });
    expect(judgePlan(plan, snapshot, incident).judgement).toBe('APPROVE');
    const verdict = judgePlan(plan, snapshot, incident, rules);
    expect(verdict.judgement).toBe('REJECT');
    expect(verdict.summary).toContain(rules.version);
  });
});

describe('a rules file', () => {
  it('has a version that changes with what it means, and not with how it is written', () => {
    const json = '{"rules": [], "tiers": {"critical": ["a"]}}';
    expect(rulesOf(json).version).toMatch(/^safety\/\d+\+[0-9a-f]{8}$/);
    expect(rulesOf(json).version.startsWith(`${RULES_VERSION}+`)).toBe(true);
    expect(rulesOf('# a comment\ntiers:\n  critical: a\n').version).toBe(rulesOf(json).version);
    expect(rulesOf('tiers: { critical: b }').version).not.toBe(rulesOf(json).version);
  });

  it.each<[string, string, RegExp]>([
    [
      'an approval',
      'rules: [{id: ok-then, reason: r, verdict: approve, match: {verb: delete}}]',
      /^rules\[0\]\.verdict: .*stricter/,
    ],
    ['no condition', 'rules: [{id: all, reason: r, verdict: reject, match: {}}]', /^rules\[0\]\.match: .*at least one/],
    ['a misspelled condition', 'rules: [{id: aa, reason: r, verdict: reject, match: {verbs: x}}]', /^rules\[0\]\.match: .*verbs/],
    ['a misspelled field', 'tier: {critical: a}', /^file: .*tier/],
    ['another tier', 'tiers: {lenient: a}', /^tiers: .*lenient/],
    ['points below zero', 'rules: [{id: aa, reason: r, verdict: revise, points: -5, match: {verb: x}}]', /^rules\[0\]\.points: /],
    [
      'one id twice',
      'rules: [{id: aa, reason: r, verdict: revise, match: {verb: x}}, {id: aa, reason: r, verdict: revise, match: {verb: x}}]',
      /^rules\[1\]\.id: /,
    ],
    ['a switch for a built-in rule', 'disable: [rm-recursive]', /^file: .*disable/],
    ['no YAML', 'rules: [', /line 1/],
    ['a list', '[]', /^file: /],
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefg'
        .split('')
        .map((c, i) => `${c}: &${c} [${`*${'abcdef'[i]},`.repeat(9)}]`)
        .join('\n')}`,
      /./,
    ],
  ])('with %s is refused, naming the field', (_what, text, problem) => {
    expect(problemsOf(text)).not.toEqual([]);
    expect(problemsOf(text)[0]).toMatch(problem);
  });

  it('may be empty', () => expect(rulesOf('').added).toEqual([]));

  const globs = fc.array(fc.constantFrom('*', 'kubectl', 'delete', 'pod*', 'shop', 'kube-*', 'rollout *', 'web', '?'), {
    minLength: 1,
    maxLength: 3,
  });
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
  const files = fc.record({
    tiers: fc.record({ critical: maybe(globs), high: maybe(globs), standard: maybe(globs) }),
    rules: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('aa', 'bb', 'cc', ...HARD_RULES.slice(0, 5).map(({ id }) => id)),
        reason: fc.constant('why'),
        verdict: fc.constantFrom('revise', 'reject'),
        points: fc.nat({ max: 100 }),
        match: fc.record({
          program: fc.constantFrom(['*'], ['kubectl', 'helm'], ['ls', 'psql']),
          verb: maybe(globs),
          namespace: maybe(globs),
          resource: maybe(globs),
          tier: maybe(fc.constantFrom('standard', 'high', 'critical')),
          argument: maybe(globs),
        }),
      }),
      { selector: ({ id }) => id, maxLength: 4 },
    ),
  });
  const texts = fc.constantFrom(
    'kubectl get pods',
    'kubectl -n shop rollout restart deployment/web',
    'kubectl -n kube-system rollout restart deployment/web',
    'kubectl delete pod web-1',
    'kubectl delete ns shop',
    'kubectl scale deployment web --replicas=0',
    'helm rollback web 3 -n shop',
    'rm -rf /',
    'ls -l',
    '$TOOL web',
    `psql -c 'DROP TABLE web'`,
  );
  const STRICTNESS = { APPROVE: 0, REQUEST_REVISION: 1, REJECT: 2 } as const;

  it('never makes a judgement laxer, a radius smaller or a built-in rule silent, whatever it says', () => {
    let stricter = 0;
    fc.assert(
      fc.property(files, texts, (file, text) => {
        const [without, with_] = [decide(text), decide(text, rulesOf(file))];
        expect(STRICTNESS[with_.decision]).toBeGreaterThanOrEqual(STRICTNESS[without.decision]);
        expect(with_.points).toBeGreaterThanOrEqual(without.points);
        const builtIn = without.ids.filter((id) => !id.startsWith('radius-'));
        expect(with_.ids).toEqual(expect.arrayContaining(builtIn));
        if (with_.decision !== without.decision) stricter += 1;
      }),
      { numRuns: 500 },
    );
    expect(stricter).toBeGreaterThan(10);
  });
});
