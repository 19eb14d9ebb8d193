import { aCritique, aDiagnosis, anOpening, aPlan, aVerdict, OPENED_AT_MS, published } from '@inquest/testing';
import type { Published, SessionPath } from '@inquest/contracts';
import {
  absence,
  addressees,
  causesOf,
  decide,
  fold,
  isEnded,
  joinedWith,
  openTurns,
  overdue,
  questionsTo,
  type Session,
} from './index.js';

const opened = (path: SessionPath = 'debate') => published('session.opened', anOpening({ path }), { vote: null });
const diagnosed = published('diagnosis.reported', aDiagnosis(), { seq: 2, afterMs: 100 });
const planned = published('plan.proposed', aPlan(), { seq: 3, afterMs: 200 });
const judged = published('verdict.given', aVerdict(), { seq: 4, afterMs: 300 });
const challenged = published('critique.raised', aCritique(), { seq: 5, afterMs: 400 });

const sessionOf = (...messages: Published[]): Session => {
  const session = fold(messages);
  if (!session) throw new Error('the messages open no session');
  return session;
};
const at = (afterMs: number): number => OPENED_AT_MS + afterMs;
const decided = (session: Session) => published('decision.made', decide(session), { seq: 6, afterMs: 500, vote: null });

describe('a session', () => {
  it('is nothing without its opening', () => {
    expect(fold([diagnosed])).toBeUndefined();
    expect(fold([])).toBeUndefined();
  });

  it('keeps the first message of each seat: streams deliver at least once, and late', () => {
    const late = published('diagnosis.reported', aDiagnosis({ summary: 'late' }), { seq: 9 });
    expect(sessionOf(opened(), diagnosed, late, opened()).diagnosis).toEqual(diagnosed);
    for (const [first, seat] of [
      [planned, 'plan'],
      [judged, 'verdict'],
      [challenged, 'critique'],
    ] as const)
      expect(sessionOf(opened(), first, { ...first, seq: 99 })[seat]).toEqual(first);
  });

  it('ends once', () => {
    const session = sessionOf(opened());
    const failed = published('session.failed', { code: 'poisoned', reason: 'x', detail: '' }, { vote: null });
    expect(isEnded(session)).toBe(false);
    expect(sessionOf(opened(), failed, decided(session))).toMatchObject({ failure: failed });
    expect(sessionOf(opened(), failed, decided(session)).decision).toBeUndefined();
    expect(sessionOf(opened(), decided(session), failed).failure).toBeUndefined();
  });
});

describe('whose turn it is', () => {
  it.each([
    ['after the opening', [opened()], [['diagnostician', 0]]],
    ['on the rollback path', [opened('single')], [['single', 0]]],
    ['with phase 1 off', [opened('escalate')], [['coordinator', 0]]],
    ['after the diagnosis', [opened(), diagnosed], [['solver', 100]]],
    [
      'after the plan',
      [opened(), diagnosed, planned],
      [
        ['reviewer', 200],
        ['critic', 200],
      ],
    ],
    ['after the verdict', [opened(), diagnosed, planned, judged], [['critic', 200]]],
    ['after the critique', [opened(), diagnosed, planned, challenged], [['reviewer', 200]]],
    ['after both', [opened(), diagnosed, planned, judged, challenged], [['coordinator', 400]]],
    ['at the end', [opened(), decided(sessionOf(opened()))], []],
  ] as [string, Published[], [string, number][]][])('%s', (_name, messages, expected) => {
    expect(openTurns(sessionOf(...messages))).toEqual(expected.map(([role, afterMs]) => ({ role, askedAtMs: at(afterMs) })));
  });

  it('asks nobody but the recorder on the short paths and after the end', () => {
    expect(addressees('session.opened', 'debate')).toEqual(['diagnostician']);
    expect(addressees('session.opened', 'single')).toEqual(['single']);
    expect(addressees('session.opened', 'escalate')).toEqual(['coordinator']);
    expect(addressees('plan.proposed', 'debate')).toEqual(['reviewer', 'critic']);
    expect(addressees('plan.proposed', 'single')).toEqual([]);
    expect(addressees('decision.made', 'debate')).toEqual([]);
    expect([joinedWith('verdict.given'), joinedWith('critique.raised'), joinedWith('plan.proposed')]).toEqual([
      'critic',
      'reviewer',
      undefined,
    ]);
  });
});

describe('what is overdue', () => {
  const midway = sessionOf(opened(), diagnosed, planned, judged);

  it('waits for the earliest deadline', () => {
    expect(overdue(midway, at(5_199))).toEqual({ kind: 'wait', untilMs: at(5_200) });
  });

  it('answers for who is late, five seconds after the question was published', () => {
    expect(overdue(midway, at(5_200))).toEqual({ kind: 'answer-for', roles: ['critic'] });
    expect(overdue(sessionOf(opened(), diagnosed, planned), at(5_200))).toEqual({
      kind: 'answer-for',
      roles: ['reviewer', 'critic'],
    });
  });

  it('concludes after thirty seconds with what it has', () => {
    expect(overdue(midway, at(30_000))).toEqual({ kind: 'conclude' });
  });

  it('concludes at once when both have spoken', () => {
    expect(overdue(sessionOf(opened(), diagnosed, planned, judged, challenged), at(401))).toEqual({ kind: 'conclude' });
  });

  it('concludes when nobody answers on the rollback path', () => {
    expect(overdue(sessionOf(opened('single')), at(4_999))).toEqual({ kind: 'wait', untilMs: at(5_000) });
    expect(overdue(sessionOf(opened('single')), at(5_000))).toEqual({ kind: 'conclude' });
  });

  it('has nothing to do once the session has ended', () => {
    expect(overdue(sessionOf(opened(), decided(sessionOf(opened()))), at(99_000))).toEqual({
      kind: 'wait',
      untilMs: Number.POSITIVE_INFINITY,
    });
  });
});

describe('an answer on behalf', () => {
  const session = sessionOf(opened(), diagnosed, planned);

  it.each(['diagnostician', 'solver', 'reviewer', 'critic'] as const)('for the %s approves of nothing', (voter) => {
    const { type, data } = absence(voter, session);
    const manner = { vote: 'ABSTAIN' as const, degraded: true, onBehalfOf: voter, mind: 'rules' as const };
    const said = published(type, data as never, manner) as Published;
    const others = [diagnosed, planned, judged, challenged].filter(({ message }) => message.role !== voter);
    expect(['escalate', 'human-approval']).toContain(decide(sessionOf(opened(), said, ...others)).outcome);
  });

  it('says that an unjudged plan was not judged, and that there was nothing to judge in an empty one', () => {
    expect(absence('reviewer', session).data).toMatchObject({ judgement: 'REQUEST_REVISION', rulesJudged: false });
    const empty = published('plan.proposed', aPlan({ actions: [] }));
    expect(absence('reviewer', sessionOf(opened(), diagnosed, empty)).data).toMatchObject({
      judgement: 'NOTHING_TO_JUDGE',
      rulesJudged: false,
    });
    expect(absence('reviewer', sessionOf(opened())).data).toMatchObject({ judgement: 'NOTHING_TO_JUDGE' });
  });
});

describe('what an answer rests on', () => {
  const session = sessionOf(opened(), diagnosed, planned, judged, challenged);
  const heardBy = (role: Parameters<typeof causesOf>[0]) => causesOf(role, session).length;

  it('is what the role has heard: reviewer and critic never see each other', () => {
    expect([
      heardBy('diagnostician'),
      heardBy('solver'),
      heardBy('reviewer'),
      heardBy('critic'),
      heardBy('coordinator'),
      heardBy('single'),
    ]).toEqual([1, 2, 3, 3, 5, 1]);
    expect(causesOf('solver', session)[1]).toEqual({
      eventId: diagnosed.message.eventId,
      eventHash: diagnosed.message.eventHash,
    });
  });

  it('acknowledges the entries that asked', () => {
    expect(questionsTo('critic', session)).toEqual([planned.streamId]);
    expect(questionsTo('coordinator', session)).toEqual([judged.streamId, challenged.streamId]);
    expect(questionsTo('coordinator', sessionOf(opened('escalate')))).toEqual([opened().streamId]);
    expect(questionsTo('solver', sessionOf(opened()))).toEqual([]);
    expect(questionsTo('recorder', session)).toEqual([]);
  });
});
