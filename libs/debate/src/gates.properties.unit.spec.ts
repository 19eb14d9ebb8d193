import { DecisionPackage, type Outcome } from '@inquest/contracts';
import { aHypothesis, anAction, anOpening, aPlan, aVerdict, aDiagnosis, aCritique, published } from '@inquest/testing';
import fc from 'fast-check';
import { decide, type Session } from './index.js';

/** From what changes least to what needs a person most; `no-action` and `auto-execute` are the two that need none. */
const needsPerson = (outcome: Outcome): boolean => outcome !== 'no-action' && outcome !== 'auto-execute';

const manner = fc.record({
  mind: fc.constantFrom('model' as const, 'rules' as const),
  degraded: fc.boolean(),
  vote: fc.constantFrom('APPROVE' as const, 'REJECT' as const, 'REQUEST_REVISION' as const, 'ABSTAIN' as const, null),
});
const radius = fc.integer({ min: 0, max: 100 });
const seat = <T>(said: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(said, { nil: undefined, freq: 6 });

const session: fc.Arbitrary<Session> = fc.record({
  opened: fc
    .boolean()
    .map((autoExecuteEnabled) => published('session.opened', anOpening({ autoExecuteEnabled }), { vote: null })),
  diagnosis: seat(
    fc
      .tuple(fc.boolean(), fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }), manner)
      .map(([healthy, abstained, confidence, how]) =>
        published(
          'diagnosis.reported',
          aDiagnosis({ healthy, abstained, confidence, hypotheses: healthy ? [] : [aHypothesis({ confidence })] }),
          how,
        ),
      ),
  ),
  plan: seat(
    fc
      .tuple(fc.boolean(), radius, fc.constantFrom('rollout undo', 'delete'), manner)
      .map(([empty, blastRadius, verb, how]) =>
        published('plan.proposed', aPlan({ actions: empty ? [] : [anAction({ verb })], blastRadius }), how),
      ),
  ),
  verdict: seat(
    fc
      .tuple(
        fc.constantFrom('APPROVE' as const, 'REQUEST_REVISION' as const, 'REJECT' as const, 'NOTHING_TO_JUDGE' as const),
        fc.boolean(),
        radius,
        manner,
      )
      .map(([judgement, rulesJudged, blastRadius, how]) =>
        published('verdict.given', aVerdict({ judgement, rulesJudged, blastRadius }), how),
      ),
  ),
  critique: seat(
    fc.tuple(fc.constantFrom('minor' as const, 'major' as const, 'critical' as const, undefined), manner).map(([severity, how]) =>
      published(
        'critique.raised',
        aCritique({
          challenges: severity
            ? [{ id: 'c1', severity, attacks: 'plan', claim: 'x', argument: 'y', evidenceIds: [], from: 'rules' }]
            : [],
        }),
        how,
      ),
    ),
  ),
});

describe('whatever was heard', () => {
  it('nothing is executed that was degraded, abstained, revised, critically challenged or decided by rules alone', () => {
    fc.assert(
      fc.property(session, (heard) => {
        const decision = decide(heard);
        if (decision.outcome !== 'auto-execute') return;
        const said = [heard.diagnosis, heard.plan, heard.verdict, heard.critique];
        expect(said.every((message) => message && !message.message.degraded && message.message.vote !== 'ABSTAIN')).toBe(true);
        expect(heard.verdict?.message.data.judgement).not.toMatch(/REQUEST_REVISION|REJECT/);
        expect(heard.verdict?.message.data.rulesJudged).toBe(true);
        expect(heard.critique?.message.data.challenges.some(({ severity }) => severity !== 'minor')).toBe(false);
        expect([heard.diagnosis, heard.plan, heard.critique].every((message) => message?.message.mind === 'model')).toBe(true);
        expect(decision.planRadius).toBeLessThanOrEqual(20);
        expect(heard.opened.message.data.autoExecuteEnabled).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('a plan that the rules have not judged is offered to nobody', () => {
    fc.assert(
      fc.property(session, (heard) => {
        if (heard.verdict?.message.data.rulesJudged === true) return;
        expect(decide(heard).actions).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['diagnosis', 'plan', 'verdict', 'critique'] as const)(
    'losing or degrading the %s never takes a person out of the loop',
    (lost) => {
      fc.assert(
        fc.property(session, fc.boolean(), (heard, silent) => {
          if (!needsPerson(decide(heard).outcome)) return;
          const said = heard[lost];
          if (!said) return;
          const weaker = silent
            ? { ...heard, [lost]: undefined }
            : { ...heard, [lost]: { ...said, message: { ...said.message, degraded: true } } };
          expect(needsPerson(decide(weaker).outcome)).toBe(true);
        }),
        { numRuns: 500 },
      );
    },
  );

  it('the decision fits its contract', () => {
    fc.assert(
      fc.property(session, (heard) => {
        const decision = decide(heard);
        expect(DecisionPackage.parse(decision)).toEqual(decision);
      }),
    );
  });

  it('the same session gives the same decision', () => {
    fc.assert(fc.property(session, (heard) => expect(decide(structuredClone(heard))).toEqual(decide(heard))));
  });
});
