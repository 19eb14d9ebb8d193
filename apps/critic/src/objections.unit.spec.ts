import fc from 'fast-check';
import {
  Action,
  ActionPlan,
  CriticReport,
  DiagnosisReport,
  EvidenceSnapshot,
  Incident,
  type Hypothesis,
} from '@inquest/contracts';
import type { Candidate, Finding, Findings } from '@inquest/rca';
import { ready } from '@inquest/safety';
import { criticise, type Case } from './objections.js';

beforeAll(ready);

const incident = Incident.parse({
  source: 'test',
  fingerprint: 'f',
  title: 'web is down',
  startsAt: '2026-01-01T10:00:00Z',
  namespace: 'shop',
});
const crashing = EvidenceSnapshot.parse({
  alerts: [{ id: 'a1', status: 'ok', title: 'KubePodCrashLooping firing' }],
  kubernetes: [
    { id: 'k1', status: 'ok', title: 'pods', text: 'web-7f9dd8b6c4-x7gr9   0/1   CrashLoopBackOff' },
    {
      id: 'k2',
      status: 'ok',
      title: 'deployments',
      json: { deployments: [{ name: 'web', namespace: 'shop', desired: 3, ready: 2 }] },
    },
  ],
  logs: [{ id: 'l1', status: 'ok', title: 'web log', text: 'Killed process 1: out of memory' }],
});

const h = (over: Partial<Hypothesis> = {}): Hypothesis => ({
  id: 'h1',
  cause: 'web runs out of memory',
  component: 'web',
  category: 'resource_exhaustion',
  faultType: 'oom_killed',
  confidence: 0.85,
  evidenceIds: ['k1', 'l1'],
  refutedBy: [],
  ...over,
});
const diagnosis = (...hypotheses: Hypothesis[]): DiagnosisReport =>
  DiagnosisReport.parse({
    healthy: false,
    abstained: false,
    hypotheses,
    confidence: hypotheses[0]?.confidence ?? 0,
    summary: '',
  });
const undo = {
  id: 'a1',
  tool: 'kubectl',
  verb: 'rollout undo',
  target: { kind: 'deployment', name: 'web', namespace: 'shop' },
  command: 'kubectl -n shop rollout undo deployment/web',
  description: 'Back.',
  undo: { command: 'kubectl -n shop rollout undo deployment/web', description: 'Again.' },
  blastRadius: 10,
  evidenceIds: ['k1'],
};
const plan = (...actions: object[]): ActionPlan =>
  ActionPlan.parse({
    hypothesisId: actions.length > 0 ? 'h1' : null,
    actions: actions.map((action) => Action.parse({ ...undo, ...action })),
    blastRadius: 10,
    abstained: false,
    summary: '',
  });

const about = (over: Partial<Case> = {}): CriticReport =>
  criticise({ diagnosis: diagnosis(h()), plan: plan({}), snapshot: crashing, incident, ...over });
const severities = (report: CriticReport): string[] => report.challenges.map(({ severity }) => severity);

describe('the critic', () => {
  it('answers the three forced questions, always', () => {
    for (const report of [
      about(),
      about({ plan: plan() }),
      about({ diagnosis: { ...diagnosis(), healthy: true } }),
      about({ diagnosis: { ...diagnosis(), abstained: true }, plan: plan() }),
    ]) {
      expect(report.answers.map(({ question }) => question)).toEqual(['alternative', 'evidence', 'harm']);
      expect(report.answers.every(({ answer }) => answer.length > 20)).toBe(true);
      expect(CriticReport.parse(report)).toEqual(report);
    }
  });

  it('has nothing to judge in an empty plan', () => {
    expect(about({ plan: plan() }).nothingToJudge).toBe(true);
    expect(about().nothingToJudge).toBe(false);
  });

  it('raises nothing above minor against a well-supported diagnosis with a fitting remedy', () =>
    expect(severities(about()).filter((severity) => severity !== 'minor')).toEqual([]));

  it('finds a runner-up within 0.1 major, a distant one not', () => {
    const rival = (confidence: number) =>
      h({
        id: 'h2',
        cause: 'node-1 is short of memory',
        component: 'node-1',
        category: 'infrastructure',
        faultType: 'node_pressure',
        confidence,
      });
    expect(severities(about({ diagnosis: diagnosis(h(), rival(0.76)) }))).toContain('major');
    expect(severities(about({ diagnosis: diagnosis(h(), rival(0.5)) }))).not.toContain('major');
    expect(about({ diagnosis: diagnosis(h(), rival(0.5)) }).answers[0]?.answer).toContain('node-1 is short of memory');
  });

  it('finds a change close to the onset that the diagnosis does not weigh', () => {
    const snapshot = {
      ...crashing,
      changes: [
        { id: 'c1', status: 'ok' as const, title: 'web 1.4.2 rolled out', trusted: true, text: 'at 2026-01-01T09:40:00Z' },
      ],
    };
    expect(about({ snapshot }).challenges).toContainEqual(
      expect.objectContaining({ severity: 'minor', attacks: 'diagnosis', evidenceIds: ['c1'] }),
    );
    expect(
      about({ snapshot, diagnosis: diagnosis(h({ evidenceIds: ['k1', 'l1', 'c1'] })) }).challenges.some(({ evidenceIds }) =>
        evidenceIds.includes('c1'),
      ),
    ).toBe(false);
  });

  it('finds it major when the key evidence of the fault type is missing', () => {
    const [first] = about({
      diagnosis: diagnosis(h({ faultType: 'certificate_expired', evidenceIds: ['k1', 'l1'] })),
      plan: plan(),
    }).challenges;
    expect(first).toMatchObject({ severity: 'major', attacks: 'diagnosis' });
    expect(severities(about({ diagnosis: diagnosis(h({ evidenceIds: [] })) }))).toContain('major');
  });

  it('finds it critical when an action rests on a diagnosis that the evidence contradicts', () => {
    const well = EvidenceSnapshot.parse({
      kubernetes: [{ id: 'k9', status: 'ok', title: 'pods', text: 'web-7f9dd8b6c4-x7gr9   1/1 Running   0   9d' }],
      logs: [{ id: 'l9', status: 'ok', title: 'log', text: 'GET / 200' }],
    });
    const wrong = diagnosis(h({ evidenceIds: ['l9'] }));
    expect(about({ snapshot: well, diagnosis: wrong }).challenges[0]).toMatchObject({
      severity: 'critical',
      from: 'rules',
      evidenceIds: ['k9'],
    });
    expect(severities(about({ snapshot: well, diagnosis: wrong, plan: plan() }))).not.toContain('critical');
    expect(severities(about({ diagnosis: diagnosis(h({ evidenceIds: ['k1'], refutedBy: ['l1', 'k2'] })) }))).toContain(
      'critical',
    );
  });

  it('finds it critical when data or the only healthy copy would go', () => {
    expect(
      about({
        plan: plan({ tool: 'psql', verb: 'truncate', target: { kind: 'table', name: 'web' }, command: `psql -c 'TRUNCATE web'` }),
      }).challenges[0]?.severity,
    ).toBe('critical');
    const single = EvidenceSnapshot.parse({
      ...crashing,
      kubernetes: [
        {
          id: 'k2',
          status: 'ok',
          title: 'deployments CrashLoopBackOff',
          json: { deployments: [{ name: 'web', namespace: 'shop', desired: 1, ready: 1 }] },
        },
      ],
    });
    expect(
      severities(about({ snapshot: single, plan: plan({ verb: 'delete', command: 'kubectl -n shop delete deployment/web' }) })),
    ).toContain('critical');
    expect(severities(about({ snapshot: single }))).not.toContain('critical');
  });

  it('finds it major when the action does not address the fault', () => {
    const restart = { verb: 'rollout restart', command: 'kubectl -n shop rollout restart deployment/web' };
    expect(severities(about({ plan: plan(restart) }))).toContain('major');
    const elsewhere = {
      target: { kind: 'deployment', name: 'api', namespace: 'shop' },
      command: 'kubectl -n shop rollout undo deployment/api',
    };
    expect(severities(about({ plan: plan(elsewhere) }))).toContain('major');
  });

  it('finds a claim of health major when things plainly fail under a firing alert', () => {
    const healthy = { ...diagnosis(), healthy: true, confidence: 0.9 };
    expect(about({ diagnosis: healthy, plan: plan() }).challenges[0]).toMatchObject({ severity: 'major', attacks: 'diagnosis' });
    const calm = EvidenceSnapshot.parse({
      alerts: [{ id: 'a1', status: 'ok', title: 'Watchdog firing' }],
      kubernetes: [{ id: 'k1', status: 'ok', title: 'pods', text: 'web-0 1/1 Running' }],
    });
    expect(about({ diagnosis: healthy, plan: plan(), snapshot: calm }).challenges).toEqual([]);
  });

  it('numbers challenges by severity and says the same twice', () => {
    const given = { diagnosis: diagnosis(h({ evidenceIds: [] }), h({ id: 'h2', component: 'node-1', confidence: 0.84 })) };
    expect(about(given)).toEqual(about(given));
    expect(about(given).challenges.map(({ id }) => id)).toEqual(
      about(given).challenges.map((_challenge, index) => `c${index + 1}`),
    );
  });

  it('keeps within the contract whatever the evidence says', () => {
    const text = fc.string({ maxLength: 3_000 });
    fc.assert(
      fc.property(text, text, fc.constantFrom('oom_killed', 'constructor', 'bad_rollout'), (body, cause, faultType) => {
        const snapshot = EvidenceSnapshot.parse({
          ...crashing,
          changes: [{ id: 'c1', status: 'ok', title: body.slice(0, 500), text: `${body} 2026-01-01T09:59:00Z` }],
        });
        const report = about({ snapshot, diagnosis: diagnosis(h({ cause: cause.slice(0, 2_000) || 'x', faultType })) });
        expect(CriticReport.safeParse(report).success).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what the engine found', () => {
  const candidate = (hypothesis: Hypothesis, refutedBy: Finding[] = []): Candidate => ({
    hypothesis,
    rule: 'measurements',
    supportedBy: [{ kind: 'cpu', subject: hypothesis.component, statement: 'CPU rose from 20 to 96.', evidenceIds: ['m1'] }],
    refutedBy,
    wouldRefute: [],
  });
  const findings = (...candidates: Candidate[]): Findings => ({ facts: [], candidates, signsOfHealth: [], gaps: [], series: [] });
  const ledger = h({ id: 'h2', component: 'ledger', faultType: 'cpu_saturation', confidence: 0.9, evidenceIds: ['a1'] });
  const challenges = (given: Partial<Case>) => about(given).challenges;

  it('is held against a diagnosis that passes it over, as severely as it is likely', () => {
    const raised = challenges({ findings: findings(candidate(ledger), candidate(h())) });
    expect(raised.find(({ argument }) => argument.includes('passes over'))).toMatchObject({
      severity: 'major',
      attacks: 'diagnosis',
      evidenceIds: ['a1'],
    });
    const unlikely = challenges({ findings: findings(candidate({ ...ledger, confidence: 0.3 }), candidate(h())) });
    expect(unlikely.some(({ argument }) => argument.includes('passes over'))).toBe(false);
    const named = challenges({ diagnosis: diagnosis(h(), ledger), findings: findings(candidate(ledger), candidate(h())) });
    expect(named.some(({ argument }) => argument.includes('passes over'))).toBe(false);
  });

  it('against the chosen cause is told in its own words, though the diagnosis left it out', () => {
    const elsewhere = {
      kind: 'measured_elsewhere',
      subject: 'ledger',
      statement: 'the measurements point to ledger',
      evidenceIds: ['a1'],
    };
    const raised = challenges({ findings: findings(candidate(h(), [elsewhere])) });
    expect(raised.find(({ argument }) => argument.includes('the measurements point to ledger'))).toMatchObject({
      severity: 'major',
      evidenceIds: ['a1'],
    });
  });
});
