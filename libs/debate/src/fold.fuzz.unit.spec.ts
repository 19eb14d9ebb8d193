import { isTerminal, type Message, type MessageType, type Published } from '@inquest/contracts';
import { aCritique, aDiagnosis, anOpening, aPlan, aVerdict, published } from '@inquest/testing';
import fc from 'fast-check';
import {
  causesOf,
  decide,
  evolve,
  fold,
  isEnded,
  openTurns,
  overdue,
  questionsTo,
  recompute,
  spoken,
  type Session,
} from './index.js';

const manner = fc.record({
  mind: fc.constantFrom('model' as const, 'rules' as const),
  degraded: fc.boolean(),
  afterMs: fc.integer({ min: 0, max: 60_000 }),
  seq: fc.integer({ min: 1, max: 40 }),
  vote: fc.constantFrom('APPROVE' as const, 'ABSTAIN' as const, null),
});
const opened = manner.chain((how) =>
  fc
    .constantFrom('debate' as const, 'single' as const, 'escalate' as const)
    .map((path) => published('session.opened', anOpening({ path }), how)),
);
const failure = { code: 'poisoned' as const, reason: 'spec', detail: '' };
const decided = published('decision.made', decide(sessionOf(published('session.opened', anOpening(), { vote: null }))), {});

/** Any message of a session, some of them said twice in other words. */
const said: fc.Arbitrary<Published> = fc.oneof(
  opened,
  fc.tuple(fc.string(), manner).map(([summary, how]) => published('diagnosis.reported', aDiagnosis({ summary }), how)),
  fc.tuple(fc.string(), manner).map(([summary, how]) => published('plan.proposed', aPlan({ summary }), how)),
  fc.tuple(fc.string(), manner).map(([summary, how]) => published('verdict.given', aVerdict({ summary }), how)),
  fc.tuple(fc.string(), manner).map(([summary, how]) => published('critique.raised', aCritique({ summary }), how)),
  manner.map((how) => published('decision.made', decided.message.data, how)),
  manner.map((how) => published('session.failed', failure, how)),
);
const history = fc.tuple(opened, fc.array(said, { maxLength: 14 })).map(([first, rest]) => [first, ...rest]);

const SEATS = {
  'diagnosis.reported': 'diagnosis',
  'plan.proposed': 'plan',
  'verdict.given': 'verdict',
  'critique.raised': 'critique',
} as const satisfies Partial<Record<MessageType, keyof Session>>;

function sessionOf(first: Published): Session {
  const session = fold([first]);
  if (!session) throw new Error('no session');
  return session;
}

const firstOf = (messages: readonly Published[], fits: (type: Message['type']) => boolean): Published | undefined =>
  messages.find(({ message }) => fits(message.type));

describe('a session folded from any history', () => {
  it('is what a list of first claims says it is', () => {
    fc.assert(
      fc.property(history, (messages) => {
        const session = fold(messages);
        for (const [type, seat] of Object.entries(SEATS))
          expect(session?.[seat]).toEqual(firstOf(messages, (other) => other === type));
        expect(session?.decision ?? session?.failure).toEqual(firstOf(messages, isTerminal));
        expect(session?.decision === undefined || session.failure === undefined).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never begins with anything but its opening', () => {
    fc.assert(
      fc.property(said, fc.array(said), (first, rest) => {
        expect(fold([first, ...rest]) === undefined).toBe(first.message.type !== 'session.opened');
      }),
    );
  });

  it('once ended stays ended as it did, whatever comes after', () => {
    fc.assert(
      fc.property(history, fc.array(said, { maxLength: 6 }), (messages, late) => {
        const before = fold(messages);
        const after = fold([...messages, ...late]);
        if (!before || !isEnded(before)) return;
        expect([after?.decision, after?.failure]).toEqual([before.decision, before.failure]);
        expect(openTurns(after ?? before)).toEqual([]);
        expect(overdue(after ?? before, Number.MAX_SAFE_INTEGER)).toEqual({ kind: 'wait', untilMs: Infinity });
      }),
      { numRuns: 500 },
    );
  });

  it('does not change when a message comes again, anywhere after the first time', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.nat(), (messages, which, where) => {
        const again = messages[which % messages.length];
        if (!again) return;
        const at = Math.max(messages.indexOf(again) + 1, where % (messages.length + 1));
        expect(fold(messages.toSpliced(at, 0, again))).toEqual(fold(messages));
      }),
      { numRuns: 500 },
    );
  });

  it('decides the same in whatever order distinct seats were filled', () => {
    const seats = fc.tuple(opened, ...Object.keys(SEATS).map((type) => said.filter(({ message }) => message.type === type)));
    fc.assert(
      fc.property(
        seats.chain(([first, ...rest]) => fc.tuple(fc.constant([first, ...rest]), fc.shuffledSubarray(rest, { minLength: 4 }))),
        ([messages, [...shuffled]]) => {
          const [one, other] = [fold(messages), fold([messages[0], ...shuffled])];
          expect(other && decide(other)).toEqual(one && decide(one));
          expect(other && spoken(other)).toEqual(one && spoken(one));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('step by step is the same as at once', () => {
    fc.assert(
      fc.property(history, ([first, ...rest]) => {
        if (!first) return;
        expect(rest.reduce(evolve, sessionOf(first))).toEqual(fold([first, ...rest]));
      }),
    );
  });
});

describe('what follows from any session', () => {
  const session = history.map((messages) => sessionOf(messages[0] as Published) && (fold(messages) as Session));

  it('is always something: a turn, an end, or a time to look again', () => {
    fc.assert(
      fc.property(session, fc.integer({ min: 0, max: 4e12 }), (folded, nowMs) => {
        const next = overdue(folded, nowMs);
        expect(openTurns(folded).length > 0).toBe(!isEnded(folded));
        if (next.kind === 'wait' && !isEnded(folded)) expect(next.untilMs).toBeGreaterThan(nowMs);
        if (next.kind === 'answer-for') expect(next.roles.length).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is a conclusion once its time is up, however little was said', () => {
    fc.assert(
      fc.property(session, (folded) => {
        if (!isEnded(folded)) expect(overdue(folded, Number.MAX_SAFE_INTEGER)).toEqual({ kind: 'conclude' });
      }),
    );
  });

  it('rests on messages of the session alone, each named once', () => {
    fc.assert(
      fc.property(session, (folded) => {
        const known = spoken(folded).map(({ message }) => message.eventHash);
        const streamIds = spoken(folded).map(({ streamId }) => streamId);
        for (const role of ['diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'single'] as const) {
          const causes = causesOf(role, folded).map(({ eventHash }) => eventHash);
          expect(new Set(causes).size).toBe(causes.length);
          expect(known).toEqual(expect.arrayContaining(causes));
          expect(streamIds).toEqual(expect.arrayContaining(questionsTo(role, folded)));
        }
      }),
    );
  });
});

describe('recomputing any history', () => {
  it('gives the decision that was made on what it names, byte for byte, whatever came later or again', () => {
    fc.assert(
      fc.property(history, fc.array(said, { maxLength: 6 }), (messages, late) => {
        const debate = messages.filter(({ message }) => !isTerminal(message.type));
        const heard = fold(debate);
        if (!heard) return;
        const decision = published('decision.made', decide(heard), {
          vote: null,
          causes: spoken(heard).map(({ message }) => message),
        });
        const afterwards = late.filter(({ message }) => !(message.type in SEATS) || seatOf(heard, message.type) !== undefined);
        expect(recompute([...debate, decision, ...afterwards])).toMatchObject({ same: true, otherGates: false });
      }),
      { numRuns: 500 },
    );
  });

  it('throws for nothing but a beginning that is none', () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 10 }), (messages) => {
        if (messages[0]?.message.type === 'session.opened') expect(() => recompute(messages)).not.toThrow();
        else expect(() => recompute(messages)).toThrow(RangeError);
      }),
    );
  });
});

function seatOf(session: Session, type: string): Published | undefined {
  return Object.hasOwn(SEATS, type) ? session[SEATS[type as keyof typeof SEATS]] : undefined;
}
