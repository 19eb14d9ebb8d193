import type { Published } from '@inquest/contracts';
import { anAction, aVerdict, published } from '@inquest/testing';
import type { SessionFacts, WorldFacts } from './facts.js';
import {
  aDebate,
  aFault,
  aLetter,
  answeredFor,
  aSession,
  decisionOn,
  entryOf,
  OPENED_AT_MS,
  rowOf,
  SESSION_ID,
  tampered,
  unended,
  verdictOn,
} from './hand-made.js';
import { SESSION_RULES, WORLD_RULES } from './rules/index.js';
import { findingsOf } from './verdict.js';

const debate = aDebate();
const [opened, diagnosis, plan, verdict, critique, decision] = debate as [
  Published,
  Published,
  Published,
  Published,
  Published,
  Published,
];
const other: Published = { ...decision, message: { ...decision.message, eventHash: 'f'.repeat(64) } };
const before = debate.slice(0, 5);
const seenAs = (eventHash: string, wasRecorded: boolean | null = true) => ({
  sessionId: SESSION_ID,
  eventHash,
  wasRecorded,
  atMs: OPENED_AT_MS,
});
const pending = {
  key: 'aiops:inbox:solver',
  group: 'solver',
  id: '1-0',
  consumer: 'solver-0',
  deliveries: 3,
  sessionId: SESSION_ID,
};
const failed = published(
  'session.failed',
  { code: 'unrecordable', reason: 'x', detail: '' },
  { seq: 2, afterMs: 400, causes: [opened.message] },
);
const withDecision = (changes: Parameters<typeof decisionOn>[1], said = before) => [...said, decisionOn(said, changes)];

interface Case {
  readonly rule: string;
  readonly when: string;
  readonly session?: SessionFacts;
  readonly world?: Partial<WorldFacts>;
}

const VIOLATIONS: readonly Case[] = [
  {
    rule: 'accepted-is-on-record',
    when: 'a client has a 2xx and Postgres no incident',
    session: aSession(debate, { incident: null }),
  },
  {
    rule: 'accepted-is-on-record',
    when: 'a client was told of another incident',
    session: aSession(debate, { acceptances: [{ incidentId: 'another', sessionId: SESSION_ID, idempotencyKey: null, atMs: 0 }] }),
  },
  {
    rule: 'somebody-ends-it',
    when: 'an open session is not in open_sessions',
    session: unended(before, { isInOpenSessions: false }),
  },
  {
    rule: 'said-is-recorded',
    when: 'the stream holds what has no row',
    session: aSession(debate, { rows: debate.filter((said) => said !== critique).map(rowOf) }),
  },
  {
    rule: 'recorded-is-in-stream',
    when: 'the stream lacks what is on record',
    session: aSession(debate, { stream: before.map(entryOf) }),
  },
  { rule: 'numbers-are-complete', when: 'a number is missing', session: aSession(debate.filter((said) => said !== verdict)) },
  { rule: 'numbers-are-complete', when: 'a number comes twice', session: aSession([...before, { ...decision, seq: 5 }]) },
  {
    rule: 'peer-takes-over',
    when: 'a role was answered for though its peer lived',
    session: aSession(answeredFor(12_500)),
    world: { faults: [aFault(250, 2_000, { victim: 'critic' })] },
  },
  { rule: 'peer-takes-over', when: 'a role was answered for and nothing had happened', session: aSession(answeredFor(12_500)) },
  { rule: 'fails-for-a-reason', when: 'a session failed and nothing was wrong with it', session: aSession([opened, failed]) },
  { rule: 'letters-are-expected', when: 'an entry was put aside', world: { letters: [aLetter('deliveries-exhausted')] } },
  { rule: 'one-end', when: 'two ends are on record', session: aSession([...debate, { ...failed, seq: 7 }]) },
  {
    rule: 'one-end',
    when: 'two ends are in the stream',
    session: aSession(debate, { stream: [...debate, failed].map(entryOf) }),
  },
  { rule: 'one-answer-per-seat', when: 'a seat has two rows', session: aSession([...debate, { ...plan, seq: 7 }]) },
  {
    rule: 'one-answer-per-seat',
    when: 'a seat has two entries in the stream',
    session: aSession(debate, { stream: [...debate.map(entryOf), { ...entryOf(plan), seq: 7, eventHash: 'a'.repeat(64) }] }),
  },
  {
    rule: 'stream-agrees-with-record',
    when: 'stream and record tell different answers',
    session: aSession(debate, { stream: [...before, other].map(entryOf) }),
  },
  {
    rule: 'one-release',
    when: 'two hashes were released',
    session: aSession(debate, { releases: [seenAs(decision.message.eventHash), seenAs(other.message.eventHash)] }),
  },
  {
    rule: 'acted-on-once',
    when: 'one gateway acted twice',
    session: aSession(debate, { acts: Array(2).fill({ sessionId: SESSION_ID, process: 'gateway.0 (1)', atMs: 1 }) }),
  },
  {
    rule: 'one-incident-per-key',
    when: 'one key opened two incidents',
    world: {
      acceptances: ['i-1', 'i-2'].map((incidentId) => ({ incidentId, sessionId: incidentId, idempotencyKey: 'k', atMs: 1 })),
    },
  },
  {
    rule: 'supersession-is-explained',
    when: 'two answers met though Redis forgot nothing',
    world: { letters: [aLetter('superseded')] },
  },
  {
    rule: 'supersession-is-explained',
    when: 'Redis forgot something only later',
    world: { letters: [aLetter('superseded')], faults: [aFault(2_000, 2_100, { name: 'FLUSHALL', victim: 'redis' })] },
  },
  {
    rule: 'supersession-is-explained',
    when: 'Redis only stood still',
    world: { letters: [aLetter('superseded')], faults: [aFault(100, 200, { name: 'Redis SIGSTOP', victim: 'redis' })] },
  },
  {
    rule: 'supersession-is-explained',
    when: 'Redis came back with all it had',
    world: { letters: [aLetter('superseded')], faults: [aFault(100, 200, { name: 'Redis SIGKILL with AOF', victim: 'redis' })] },
  },
  { rule: 'ends-in-time', when: 'a session is open after its limit', session: unended(before) },
  { rule: 'ends-in-time', when: 'a session ended too late', session: aSession(debate, { endedAtMs: OPENED_AT_MS + 61_000 }) },
  { rule: 'ended-is-not-open', when: 'open_sessions keeps an ended one', session: aSession(debate, { isInOpenSessions: true }) },
  {
    rule: 'ended-expires',
    when: 'the stream of an ended session stays in Redis',
    session: aSession(debate, { streamExpires: false }),
  },
  {
    rule: 'ended-has-no-deadline',
    when: 'a deadline outlives its session',
    session: aSession(debate, { deadlineAtMs: OPENED_AT_MS }),
  },
  {
    rule: 'last-answer-decides',
    when: 'nobody decided when all had spoken',
    session: aSession(aDebate({ decidedAfterMs: 2_500 })),
  },
  {
    rule: 'last-answer-decides',
    when: 'the only fault was long over',
    session: aSession(aDebate({ decidedAfterMs: 2_500 })),
    world: { faults: [aFault(-30_000, -20_000)] },
  },
  { rule: 'nothing-is-pending', when: 'an inbox keeps an entry', world: { unfinished: [pending] } },
  { rule: 'nothing-is-pending', when: 'an inbox was not read', world: { unfinished: [{ ...pending, consumer: null }] } },
  { rule: 'nothing-is-pending', when: 'a stream keeps an entry', session: aSession(debate, { unfinished: [pending] }) },
  { rule: 'inboxes-are-trimmed', when: 'an inbox grows', world: { inboxes: [{ name: 'solver', length: 251 }] } },
  {
    rule: 'recorded-before-released',
    when: 'a release came before its row',
    session: aSession(debate, { releases: [seenAs(decision.message.eventHash, false)] }),
  },
  {
    rule: 'release-stands',
    when: 'what was released is not what stands',
    session: aSession(debate, { releases: [seenAs(other.message.eventHash)] }),
  },
  {
    rule: 'release-stands',
    when: 'what was released is not on record',
    session: unended(before, { releases: [seenAs(decision.message.eventHash)] }),
  },
  {
    rule: 'causes-are-recorded',
    when: 'a decision rests on what is not on record',
    session: aSession(debate.filter((said) => said !== diagnosis)),
  },
  {
    rule: 'causes-are-recorded',
    when: 'a decision rests on another version of an answer',
    session: aSession(tampered(debate, 'plan.proposed', () => ({ eventHash: 'b'.repeat(64) }))),
  },
  {
    rule: 'decision-recomputes',
    when: 'the gates decide otherwise',
    session: aSession(withDecision({ outcome: 'reject', gate: 1 })),
  },
  {
    rule: 'decision-recomputes',
    when: 'its data was touched',
    session: aSession(tampered(debate, 'decision.made', ({ data }) => ({ data: { ...data, summary: 'else' } }))),
  },
  {
    rule: 'decision-recomputes',
    when: 'a row cannot be read',
    session: aSession(debate, {
      rows: debate.map(rowOf).map((row, index) => (index === 2 ? { ...row, published: null, problem: 'data: wrong' } : row)),
    }),
  },
  {
    rule: 'unasked-is-flawless',
    when: 'somebody was answered for',
    session: aSession(withDecision({ outcome: 'auto-execute', requiresHumanApproval: false }, answeredFor(500).slice(0, 5))),
  },
  {
    rule: 'unasked-is-flawless',
    when: 'nobody criticised',
    session: aSession(withDecision({ outcome: 'auto-execute' }, before.slice(0, 4))),
  },
  {
    rule: 'unasked-is-flawless',
    when: 'the Reviewer wanted a revision',
    session: aSession(
      withDecision({ outcome: 'auto-execute' }, [
        ...before.slice(0, 3),
        published('verdict.given', aVerdict({ judgement: 'REQUEST_REVISION' }), { seq: 4, afterMs: 300, causes: [] }),
        critique,
      ]),
    ),
  },
  {
    rule: 'offered-is-judged',
    when: 'nobody judged the plan',
    session: aSession(withDecision({ actions: [anAction()] }, [opened, diagnosis, plan, critique])),
  },
  {
    rule: 'offered-is-judged',
    when: 'the rules were not applied',
    session: aSession(
      withDecision({ actions: [anAction()] }, [
        ...before.slice(0, 3),
        published('verdict.given', aVerdict({ rulesJudged: false }), { seq: 4, afterMs: 300, causes: [] }),
        critique,
      ]),
    ),
  },
  {
    rule: 'offered-is-judged',
    when: 'an action was left out',
    session: aSession(withDecision({ actions: [anAction({ id: 'a2' })] })),
  },
  {
    rule: 'executed-once',
    when: 'an action was started twice',
    session: aSession(debate, {
      rows: [
        ...debate.map(rowOf),
        ...[7, 8].map((seq) => ({
          ...rowOf(decision),
          seq,
          envelope: {
            ...rowOf(decision).envelope,
            type: 'execution.started',
            slot: `lifecycle:${seq}` as const,
            data: { actionId: 'a1' },
          },
        })),
      ],
    }),
  },
  {
    rule: 'ledger-holds',
    when: 'the ledger has a finding',
    world: { ledger: [{ kind: 'row-tampered', sessionId: SESSION_ID, text: 'a row was changed' }] },
  },
];

describe('the oracle', () => {
  it('finds nothing in a debate without a flaw', async () => {
    const judged = await verdictOn(aSession());
    expect(findingsOf(judged)).toEqual([]);
    expect(judged).toMatchObject({ debates: 1, open: 0, failed: 0, degraded: 0, deadLetters: {} });
  });

  it.each(VIOLATIONS)('$rule: finds that $when', async ({ rule, session = aSession(), world = {} }) => {
    const judged = await verdictOn(session, world);
    const kind = [...SESSION_RULES, ...WORLD_RULES].find(({ name }) => name === rule)?.kind ?? 'lost';
    expect(judged[kind].map((finding) => finding.rule)).toContain(rule);
  });

  it('has a violation for each of its rules', () => {
    const rules = [...SESSION_RULES, ...WORLD_RULES].map(({ name }) => name);
    expect([...new Set(VIOLATIONS.map(({ rule }) => rule))].sort()).toEqual([...new Set(rules)].sort());
  });
});

const EXCUSED: readonly Case[] = [
  { rule: 'a stream that has expired', when: '', session: aSession(debate, { stream: null }) },
  {
    rule: 'a stream that Redis half forgot after the session had ended',
    when: '',
    session: aSession(debate, { stream: before.map(entryOf) }),
    world: { faults: [aFault(200, 5_000, { name: 'Redis failover, last writes lost', victim: 'redis' })] },
  },
  {
    rule: 'a session under way',
    when: '',
    session: unended(before.slice(0, 3), { unfinished: [pending] }),
    world: { nowMs: OPENED_AT_MS + 5_000, unfinished: [pending] },
  },
  {
    rule: 'a session held up by a long outage',
    when: '',
    session: aSession(debate, { endedAtMs: OPENED_AT_MS + 95_000 }),
    world: { faults: [aFault(100, 90_000, { name: 'SIGKILL', victim: 'postgres' })] },
  },
  {
    rule: 'a supersession after Redis had forgotten',
    when: '',
    world: { letters: [aLetter('superseded')], faults: [aFault(300, 400, { name: 'FLUSHALL', victim: 'redis' })] },
  },
  {
    rule: 'a session answered for while its only replica was dead',
    when: '',
    session: aSession(answeredFor(12_500)),
    world: { faults: [aFault(250, 20_000, { victim: 'critic', hadPeer: false })] },
  },
  {
    rule: 'a late decision of a Coordinator that had just been killed',
    when: '',
    session: aSession(aDebate({ decidedAfterMs: 3_400 })),
    world: { faults: [aFault(100, 300, { victim: 'coordinator' })] },
  },
  {
    rule: 'a poisoned session that ended as failed',
    when: '',
    session: aSession([opened, { ...failed, seq: 3 }], { poisonedSeqs: [2] }),
  },
  {
    rule: 'a release that Postgres could not be asked about',
    when: '',
    session: aSession(debate, { releases: [seenAs(decision.message.eventHash, null)] }),
  },
  {
    rule: 'a request that opened the same incident twice',
    when: '',
    session: aSession(debate, { acceptances: Array(2).fill(aSession().acceptances[0]) }),
  },
];

describe('the oracle excuses', () => {
  it.each(EXCUSED)('$rule', async ({ session = aSession(), world = {} }) => {
    expect(findingsOf(await verdictOn(session, world))).toEqual([]);
  });
});

it('an opening of its own limits is held to them', async () => {
  const short = { ...aSession().incident, debateMs: 5_000 } as SessionFacts['incident'];
  const slow = aSession(debate, { incident: short, endedAtMs: OPENED_AT_MS + 36_000 });
  expect((await verdictOn(slow)).stuck.map(({ rule }) => rule)).toContain('ends-in-time');
});
