import type {
  ActionPlan,
  CriticReport,
  DecisionPackage,
  DiagnosisReport,
  Outcome,
  ReviewVerdict,
  SessionOpening,
} from '@inquest/contracts';
import {
  aCritique,
  aDiagnosis,
  aHypothesis,
  anAction,
  anOpening,
  aPlan,
  aVerdict,
  published,
  type Manner,
} from '@inquest/testing';
import { combinedRadius, decide, GATES_VERSION, isReversible, type Session } from './index.js';

interface Debate {
  opening?: Partial<SessionOpening>;
  diagnosis?: Partial<DiagnosisReport> | null;
  plan?: Partial<ActionPlan> | null;
  verdict?: Partial<ReviewVerdict> | null;
  critique?: Partial<CriticReport> | null;
  manners?: Partial<Record<'diagnosis' | 'plan' | 'verdict' | 'critique', Manner>>;
}

/** A debate in which everything speaks for execution, but for what is given. `null`: that role was never heard. */
const debated = ({ opening, diagnosis, plan, verdict, critique, manners = {} }: Debate): Session => ({
  opened: published('session.opened', anOpening(opening), { vote: null }),
  ...(diagnosis !== null && { diagnosis: published('diagnosis.reported', aDiagnosis(diagnosis), manners.diagnosis) }),
  ...(plan !== null && { plan: published('plan.proposed', aPlan(plan), manners.plan) }),
  ...(verdict !== null && { verdict: published('verdict.given', aVerdict(verdict), manners.verdict) }),
  ...(critique !== null && { critique: published('critique.raised', aCritique(critique), manners.critique) }),
});

const codes = (decision: DecisionPackage): string[] => decision.reasons.map(({ code }) => code);

const challenge = (severity: 'minor' | 'major' | 'critical') => ({
  challenges: [
    { id: 'c1', severity, attacks: 'diagnosis' as const, claim: 'x', argument: 'y', evidenceIds: ['e1'], from: 'model' as const },
  ],
});
const HEALTHY = { healthy: true, hypotheses: [], confidence: 0.95 };
const NO_PLAN = { actions: [], hypothesisId: null, blastRadius: 0 };
const UNJUDGED = { judgement: 'NOTHING_TO_JUDGE' as const, actions: [], blastRadius: 0 };
const healthy = (more: Debate = {}): Debate => ({ diagnosis: HEALTHY, plan: NO_PLAN, verdict: UNJUDGED, ...more });

type Case = [name: string, debate: Debate, outcome: Outcome, gate: number, ...codes: string[]];

const CASES: Case[] = [
  ['everything speaks for it', {}, 'auto-execute', 6, 'all-gates-passed'],
  [
    'the operator has not switched execution on',
    { opening: { autoExecuteEnabled: false } },
    'human-approval',
    6,
    'auto-execute-off',
  ],
  ['the rollback path', { opening: { path: 'single' } }, 'human-approval', 6, 'auto-execute-off'],
  ['the reviewer rejects', { verdict: { judgement: 'REJECT' } }, 'reject', 1, 'reviewer-rejects'],
  ['the solver itself says a radius of 81', { plan: { blastRadius: 81 } }, 'reject', 1, 'radius-over-80'],
  ['the reviewer finds a radius of 81', { verdict: { blastRadius: 81 } }, 'reject', 1, 'radius-over-80'],
  ['a radius of exactly 80', { verdict: { blastRadius: 80 } }, 'human-approval', 3, 'radius-over-50'],
  ['a radius without any action', { plan: { ...NO_PLAN, blastRadius: 90 } }, 'escalate', 2, 'nothing-proposed'],
  ['a critical challenge', { critique: challenge('critical') }, 'reject', 1, 'critical-challenge'],
  ['nothing is wrong', healthy(), 'no-action', 2, 'healthy'],
  ['healthy at exactly 0.8', healthy({ diagnosis: { ...HEALTHY, confidence: 0.8 } }), 'no-action', 2, 'healthy'],
  ['healthy at 0.79', healthy({ diagnosis: { ...HEALTHY, confidence: 0.79 } }), 'escalate', 2, 'nothing-proposed'],
  ['healthy with a minor challenge', healthy({ critique: challenge('minor') }), 'no-action', 2, 'healthy'],
  ['healthy with a major challenge', healthy({ critique: challenge('major') }), 'escalate', 2, 'nothing-proposed'],
  ['healthy with a critical challenge', healthy({ critique: challenge('critical') }), 'reject', 1, 'critical-challenge'],
  ['healthy, but degraded', healthy({ manners: { diagnosis: { degraded: true } } }), 'escalate', 2, 'nothing-proposed'],
  [
    'healthy, but abstained',
    healthy({ diagnosis: { ...HEALTHY, abstained: true } }),
    'escalate',
    2,
    'diagnosis-abstained',
    'nothing-proposed',
  ],
  ['healthy, but no critic was heard', healthy({ critique: null }), 'escalate', 2, 'nothing-proposed'],
  ['healthy, with a degraded critic', healthy({ manners: { critique: { degraded: true } } }), 'escalate', 2, 'nothing-proposed'],
  ['healthy, but no reviewer was heard', healthy({ verdict: null }), 'escalate', 2, 'nothing-proposed', 'rules-never-judged'],
  ['healthy, but no solver was heard', healthy({ plan: null }), 'escalate', 2, 'nothing-proposed'],
  [
    'healthy on the rollback path with a degraded answer',
    healthy({ critique: null, opening: { path: 'single' }, manners: { diagnosis: { degraded: true } } }),
    'escalate',
    2,
    'nothing-proposed',
  ],
  [
    'healthy on the rollback path, which has no critic',
    healthy({ critique: null, opening: { path: 'single' } }),
    'no-action',
    2,
    'healthy',
  ],
  ['healthy with actions all the same', { diagnosis: HEALTHY }, 'human-approval', 5, 'low-confidence'],
  ['the diagnostician abstained', { diagnosis: { abstained: true } }, 'escalate', 2, 'diagnosis-abstained'],
  ['the diagnostician voted ABSTAIN', { manners: { diagnosis: { vote: 'ABSTAIN' } } }, 'escalate', 2, 'diagnosis-abstained'],
  ['no diagnosis at all', { diagnosis: null }, 'escalate', 2, 'diagnosis-abstained'],
  ['an empty plan', { plan: NO_PLAN }, 'escalate', 2, 'nothing-proposed'],
  ['no plan at all', { plan: null }, 'escalate', 2, 'nothing-proposed'],
  ['the rules never judged the plan', { verdict: { rulesJudged: false } }, 'escalate', 2, 'rules-never-judged'],
  ['no verdict at all', { verdict: null }, 'escalate', 2, 'rules-never-judged'],
  [
    'phase 1 off',
    { opening: { path: 'escalate' }, diagnosis: null, plan: null, verdict: null, critique: null },
    'escalate',
    2,
    'phase-1-off',
  ],
  ['a revision is requested', { verdict: { judgement: 'REQUEST_REVISION' } }, 'human-approval', 3, 'revision-requested'],
  ['a radius of 51', { plan: { blastRadius: 51 } }, 'human-approval', 3, 'radius-over-50'],
  ['a radius of exactly 50', { plan: { blastRadius: 50 } }, 'human-approval', 5, 'radius-over-20'],
  ['a degraded diagnosis', { manners: { diagnosis: { degraded: true } } }, 'human-approval', 4, 'diagnostician-degraded'],
  ['a plan on behalf', { manners: { plan: { onBehalfOf: 'solver' } } }, 'human-approval', 4, 'solver-degraded'],
  ['a reviewer who abstains', { manners: { verdict: { vote: 'ABSTAIN' } } }, 'human-approval', 4, 'reviewer-degraded'],
  ['no critic heard', { critique: null }, 'human-approval', 4, 'critic-degraded'],
  ['confidence 0.79', { diagnosis: { hypotheses: [aHypothesis({ confidence: 0.79 })] } }, 'human-approval', 5, 'low-confidence'],
  [
    'confidence exactly 0.8',
    { diagnosis: { hypotheses: [aHypothesis({ confidence: 0.8 })] } },
    'auto-execute',
    6,
    'all-gates-passed',
  ],
  ['a radius of 21', { plan: { blastRadius: 21 } }, 'human-approval', 5, 'radius-over-20'],
  ['a radius of exactly 20', { verdict: { blastRadius: 20 } }, 'auto-execute', 6, 'all-gates-passed'],
  ['an action without undo', { plan: { actions: [anAction({ undo: null })] } }, 'human-approval', 5, 'not-reversible'],
  [
    'a verb that is not reversible',
    { plan: { actions: [anAction(), anAction({ id: 'a2', verb: 'delete' })] } },
    'human-approval',
    5,
    'not-reversible',
  ],
  ['a tool that is not known', { plan: { actions: [anAction({ tool: 'nuke' })] } }, 'human-approval', 5, 'not-reversible'],
  ['a major challenge', { critique: challenge('major') }, 'human-approval', 5, 'major-challenge'],
  ['a minor challenge', { critique: challenge('minor') }, 'auto-execute', 6, 'all-gates-passed'],
  ['a diagnosis from rules alone', { manners: { diagnosis: { mind: 'rules' } } }, 'human-approval', 5, 'rules-alone'],
  [
    'a healthy diagnosis beside a revision',
    { diagnosis: HEALTHY, verdict: { judgement: 'REQUEST_REVISION' } },
    'human-approval',
    3,
    'revision-requested',
  ],
  ['a verdict from rules alone', { manners: { verdict: { mind: 'rules' } } }, 'auto-execute', 6, 'all-gates-passed'],
];

describe('the gates', () => {
  it.each(CASES)('%s', (_name, debate, outcome, gate, ...expected) => {
    const decision = decide(debated(debate));
    expect({ outcome: decision.outcome, gate: decision.gate, codes: codes(decision) }).toEqual({
      outcome,
      gate,
      codes: expected,
    });
    expect(decision.requiresHumanApproval).toBe(outcome !== 'auto-execute' && outcome !== 'no-action');
    expect(decision.actions.length > 0).toBe(outcome === 'auto-execute' || outcome === 'human-approval');
    expect(decision.healthy).toBe(outcome === 'no-action');
    expect(decision.reasons.every(({ text }) => text.length > 10)).toBe(true);
    expect(decision.summary).toContain(`Gate ${gate}: ${outcome}.`);
  });

  it('regression 2: REQUEST_REVISION never reaches auto-execute, however confident the diagnosis', () => {
    const decision = decide(
      debated({ diagnosis: { hypotheses: [aHypothesis({ confidence: 1 })] }, verdict: { judgement: 'REQUEST_REVISION' } }),
    );
    expect(decision).toMatchObject({ outcome: 'human-approval', gate: 3 });
  });

  it("regression 4: all degraded does not forget the reviewer's verdict", () => {
    const degraded = { degraded: true };
    const all = { diagnosis: degraded, plan: degraded, verdict: degraded, critique: degraded };
    expect(decide(debated({ manners: all, verdict: { judgement: 'REJECT' } }))).toMatchObject({
      outcome: 'reject',
      gate: 1,
      allDegraded: true,
    });
    const decision = decide(debated({ manners: all }));
    expect(decision).toMatchObject({ outcome: 'human-approval', gate: 4, allDegraded: true, degraded: true });
    expect(codes(decision)).toEqual([
      'all-degraded',
      'diagnostician-degraded',
      'solver-degraded',
      'reviewer-degraded',
      'critic-degraded',
    ]);
  });

  it('says which numbers and which actions were the reason', () => {
    const text = (debate: Debate) =>
      decide(debated(debate))
        .reasons.map((reason) => reason.text)
        .join(' ');
    expect(text({ plan: { blastRadius: 81 } })).toContain('blast radius of 81 is over 80');
    expect(text({ plan: { blastRadius: 51 } })).toContain('blast radius of 51 is over 50');
    expect(text({ plan: { blastRadius: 21 } })).toContain('blast radius of 21 is over 20');
    expect(text({ plan: { actions: [anAction({ undo: null }), anAction({ id: 'a2', undo: null })] } })).toContain('a1, a2');
    expect(text({ diagnosis: { hypotheses: [aHypothesis({ confidence: 0.5 })] } })).toContain('0.5');
    expect(text({ manners: { diagnosis: { mind: 'rules' }, critique: { mind: 'rules' } } })).toContain('diagnostician, critic');
  });

  it('judges the hypothesis that the plan is for, not the first', () => {
    const hypotheses = [aHypothesis({ confidence: 0.95 }), aHypothesis({ id: 'h2', confidence: 0.5 })];
    expect(decide(debated({ diagnosis: { hypotheses }, plan: { hypothesisId: 'h2' } }))).toMatchObject({
      gate: 5,
      confidence: 0.5,
      hypothesis: { id: 'h2' },
    });
    expect(decide(debated({ diagnosis: { hypotheses }, plan: { hypothesisId: 'h9' } }))).toMatchObject({
      gate: 6,
      hypothesis: { id: 'h1' },
    });
  });
});

describe('a decision', () => {
  it('keeps every challenge as dissent unless it decided', () => {
    expect(decide(debated({ critique: challenge('major') })).dissent).toEqual([
      { voter: 'critic', text: 'major: y', evidenceIds: ['e1'] },
    ]);
  });

  it('keeps who approved of what was rejected', () => {
    const { dissent } = decide(debated({ critique: challenge('critical') }));
    expect(dissent.map(({ voter }) => voter)).toEqual(['reviewer', 'diagnostician', 'solver', 'critic']);
    expect(decide(debated({ verdict: { judgement: 'REJECT' } })).dissent.map(({ voter }) => voter)).toEqual([
      'diagnostician',
      'solver',
      'critic',
    ]);
  });

  it('records how each of the four voted, heard or not', () => {
    const { votes, degraded, allDegraded } = decide(
      debated({ critique: null, manners: { plan: { onBehalfOf: 'solver', vote: 'ABSTAIN', mind: 'rules' } } }),
    );
    expect(votes).toEqual([
      { voter: 'diagnostician', present: true, vote: 'APPROVE', mind: 'model', degraded: false, answeredFor: false },
      { voter: 'solver', present: true, vote: 'ABSTAIN', mind: 'rules', degraded: false, answeredFor: true },
      { voter: 'reviewer', present: true, vote: 'APPROVE', mind: 'model', degraded: false, answeredFor: false },
      { voter: 'critic', present: false, vote: null, mind: null, degraded: true, answeredFor: false },
    ]);
    expect({ degraded, allDegraded }).toEqual({ degraded: true, allDegraded: false });
  });

  it('names no cause when it says healthy, and the confidence of that', () => {
    expect(decide(debated(healthy()))).toMatchObject({ hypothesis: null, confidence: 0.95, actions: [], degraded: false });
  });

  it('gives the cause as advice when it offers no action', () => {
    const decision = decide(debated({ diagnosis: { abstained: true } }));
    expect(decision).toMatchObject({ hypothesis: { id: 'h1' }, actions: [] });
    expect(decision.summary).toContain('Cause: checkout-api was OOMKilled');
  });

  it('has no confidence when nobody diagnosed', () => {
    expect(decide(debated({ diagnosis: null, plan: null, verdict: null, critique: null }))).toMatchObject({
      outcome: 'escalate',
      confidence: 0,
      hypothesis: null,
      planRadius: 0,
      allDegraded: true,
    });
  });
});

describe('what can be taken back', () => {
  it.each([
    ['kubectl', 'rollout restart'],
    ['kubectl', 'rollout undo'],
    ['kubectl', 'rollout pause'],
    ['kubectl', 'rollout resume'],
    ['kubectl', 'scale'],
    ['kubectl', 'cordon'],
    ['kubectl', 'uncordon'],
    ['helm', 'rollback'],
    ['flag', 'disable'],
    ['flag', 'enable'],
  ])('%s %s, when it says how', (tool, verb) => {
    expect(isReversible(anAction({ tool, verb }))).toBe(true);
    expect(isReversible(anAction({ tool, verb, undo: null }))).toBe(false);
  });

  it.each([
    ['kubectl', 'delete'],
    ['kubectl', 'drain'],
    ['kubectl', 'set image'],
    ['psql', 'rollout undo'],
    ['helm', 'uninstall'],
  ])('not %s %s', (tool, verb) => {
    expect(isReversible(anAction({ tool, verb }))).toBe(false);
  });
});

describe('radii', () => {
  it('add up to 100 at most', () => {
    expect(combinedRadius([])).toBe(0);
    expect(combinedRadius([20, 30])).toBe(50);
    expect(combinedRadius([60, 60])).toBe(100);
  });

  it('are judged by gates that have a version', () => {
    expect(decide(debated({})).gatesVersion).toBe(GATES_VERSION);
    expect(GATES_VERSION).toMatch(/^gates\/\d+$/);
  });
});
