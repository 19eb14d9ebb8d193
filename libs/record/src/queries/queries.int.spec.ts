import { causeOf, emptySnapshot, isTerminal, seal, type Draft } from '@inquest/contracts';
import { anIncident } from '@inquest/testing';
import { aDebate, eventOf, freshRecord, type FreshRecord } from '../testing/fixtures.spec.js';
import {
  IdempotencyKeyReusedError,
  InvalidCursorError,
  InvalidQueryError,
  UnreadableSessionError,
  type Acceptance,
  type AuditFilter,
  type SessionRecord,
} from '../index.js';

let fresh: FreshRecord;
let record: SessionRecord;
let second: SessionRecord;
beforeAll(async () => {
  fresh = await freshRecord();
  record = fresh.record;
  second = await fresh.another();
});
afterAll(() => fresh.close());

let problems = 0;
const anAcceptance = (overrides: Partial<Acceptance> = {}): Acceptance => ({
  incident: anIncident({ fingerprint: `problem-${++problems}` }),
  evidence: emptySnapshot(),
  path: 'debate',
  limits: { turnMs: 50, debateMs: 30_000 },
  ...overrides,
});

/** All but the clock. */
const TIMERS = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

describe('incidents', () => {
  it('are accepted once, however many gateways are told of them at the same time', async () => {
    const acceptance = anAcceptance({ idempotencyKey: 'key-1' });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? record : second).incidents.accept(acceptance)),
    );
    expect(answers.filter(({ status }) => status === 'accepted')).toHaveLength(1);
    expect(new Set(answers.map(({ sessionId }) => sessionId)).size).toBe(1);
  });

  it('are accepted once each when two gateways are told of the same storm, each in an order of its own', async () => {
    const storm = Array.from({ length: 300 }, (_, index) => anAcceptance({ idempotencyKey: `storm-${index}` }));
    const [here, there] = await Promise.all([
      Promise.all(storm.map((one) => record.incidents.accept(one))),
      Promise.all(storm.toReversed().map((one) => second.incidents.accept(one))),
    ]);
    expect([...here, ...there].filter(({ status }) => status === 'accepted')).toHaveLength(300);
    expect(there.toReversed().map(({ sessionId }) => sessionId)).toEqual(here.map(({ sessionId }) => sessionId));
    for (const { sessionId } of here) expect(await second.openSessions.isOpen(sessionId)).toBe(true);
  });

  it('do not fail for a neighbour that PostgreSQL refuses', async () => {
    const unfit = anAcceptance({ path: 'nowhere' as never });
    const outcomes = await Promise.allSettled([anAcceptance(), unfit, anAcceptance()].map((one) => record.incidents.accept(one)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('are dated by the clock of PostgreSQL, by which it is decided later that somebody is late', async () => {
    const now = async () => (await fresh.sql('SELECT clock_timestamp() AS now'))[0]?.['now'] as Date;
    const before = await now();
    jest.useFakeTimers({ now: Date.now() - 3_600_000, doNotFake: [...TIMERS] });
    const { incidentId, createdAt } = await record.incidents.accept(anAcceptance()).finally(() => jest.useRealTimers());
    expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(Math.floor(before.getTime()));
    expect(Date.parse(createdAt)).toBeLessThanOrEqual((await now()).getTime());
    expect((await second.incidents.get(incidentId))?.createdAt).toBe(createdAt);
    const [open] = await fresh.sql('SELECT accepted_at FROM open_sessions WHERE incident_id = $1', [incidentId]);
    expect((open?.['accepted_at'] as Date).toISOString()).toBe(createdAt);
  });

  it('are the same problem when source, fingerprint and start are equal, in whatever offset the start is written', async () => {
    const incident = anIncident({ fingerprint: 'same', startsAt: '2026-01-15T10:00:00Z' });
    const first = await record.incidents.accept(anAcceptance({ incident }));
    const repeat = await second.incidents.accept(
      anAcceptance({ incident: { ...incident, title: 'again', startsAt: '2026-01-15T12:00:00+02:00' } }),
    );
    expect(repeat).toEqual({ ...first, status: 'duplicate', by: 'problem' });
  });

  it('refuse a key that was used for another problem', async () => {
    await record.incidents.accept(anAcceptance({ idempotencyKey: 'key-2' }));
    await expect(second.incidents.accept(anAcceptance({ idempotencyKey: 'key-2' }))).rejects.toThrow(IdempotencyKeyReusedError);
  });

  it('survive NUL and half a surrogate pair in what a sender wrote', async () => {
    const incident = anIncident({ fingerprint: 'nul', title: 'a\0b\ud800' });
    const { incidentId } = await record.incidents.accept(anAcceptance({ incident }));
    expect((await second.incidents.get(incidentId))?.incident.title).toBe('a\uFFFDb\uFFFD');
  });

  it('count as stalled until session.opened is on record', async () => {
    const { incidentId, sessionId } = await record.incidents.accept(anAcceptance());
    const stalled = async () => (await second.incidents.stalled(0, 1_000)).some((incident) => incident.incidentId === incidentId);
    expect(await stalled()).toBe(true);
    expect((await second.incidents.stalled(60_000)).some((incident) => incident.incidentId === incidentId)).toBe(false);
    await record.append(aDebate({ sessionId, incidentId }).events.slice(0, 1));
    expect(await stalled()).toBe(false);
  });

  it('give nothing for an id that nobody knows', async () => {
    expect(await record.incidents.get(aDebate().incidentId)).toBeUndefined();
  });
});

describe('open sessions', () => {
  it('are due when a role may be late, with the deadline that Redis’ clock gives', async () => {
    const { incidentId, sessionId } = await record.incidents.accept(anAcceptance());
    const atMs = Date.now() - 1_000;
    const { events } = aDebate({ sessionId, incidentId, atMs });
    await record.append(events.slice(0, 1));
    await fresh.sql('SELECT pg_sleep(0.06)');
    const due = async () => (await second.openSessions.due()).find((session) => session.sessionId === sessionId);
    expect(await due()).toMatchObject({
      hasOpened: true,
      path: 'debate',
      incidentId,
      openedAt: new Date(atMs).toISOString(),
      deadlineAt: new Date(atMs + 30_000).toISOString(),
    });
    await record.append(events);
    expect(await due()).toBeUndefined();
  });

  it('are not due before anybody can be late', async () => {
    const { sessionId } = await record.incidents.accept(anAcceptance({ limits: { turnMs: 60_000, debateMs: 90_000 } }));
    expect((await second.openSessions.due()).map((session) => session.sessionId)).not.toContain(sessionId);
  });
});

describe('phase overrides', () => {
  it('keep every change, and the latest counts', async () => {
    expect(await record.flags.get()).toEqual({});
    await record.flags.set({ phase: 2, enabled: false, actor: 'ada', reason: 'too many false alarms' });
    await second.flags.set({ phase: 2, enabled: true, actor: 'ben', reason: 'fixed' });
    await second.flags.set({ phase: 1, enabled: false, actor: 'ben', reason: 'maintenance' });
    expect(await record.flags.get()).toMatchObject({
      1: { enabled: false, actor: 'ben' },
      2: { enabled: true, actor: 'ben', reason: 'fixed' },
    });
    expect((await record.flags.history()).map(({ phase, enabled }) => [phase, enabled])).toEqual([
      [1, false],
      [2, true],
      [2, false],
    ]);
    await expect(fresh.sql('DELETE FROM phase_overrides')).rejects.toThrow(/never changed or removed/);
  });

  it('need a reason and an actor', async () => {
    await expect(record.flags.set({ phase: 1, enabled: true, actor: 'ada', reason: '' })).rejects.toThrow(/reason/);
  });
});

describe('pages', () => {
  const walk = async (filter: AuditFilter, limit: number, between?: () => Promise<unknown>): Promise<string[]> => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await second.audit.page(filter, cursor ?? undefined, limit);
      seen.push(...page.entries.map(({ message }) => message.eventHash));
      cursor = page.next;
      await between?.();
    } while (cursor !== null);
    return seen;
  };

  it('of the audit show every row once and newest first, while rows are being added', async () => {
    // Sixty rows of one batch share their time, so only the rest of the key tells them apart.
    const debates = Array.from({ length: 10 }, () => aDebate());
    await record.append(debates.flatMap(({ events }) => events));
    await record.append(aDebate().events);
    const all = await fresh.sql(
      'SELECT event_hash FROM agent_sessions ORDER BY created_at DESC, session_id DESC, agent_role DESC, round DESC, slot DESC',
    );
    expect(await walk({}, 7, () => record.append(aDebate().events))).toEqual(all.map((row) => row['event_hash']));
  });

  it.each([
    ['a session', (debate: ReturnType<typeof aDebate>): AuditFilter => ({ sessionId: debate.sessionId }), 6],
    ['an incident', (debate: ReturnType<typeof aDebate>): AuditFilter => ({ incidentId: debate.incidentId }), 6],
    [
      'a role within an incident',
      (debate: ReturnType<typeof aDebate>): AuditFilter => ({ incidentId: debate.incidentId, role: 'critic' }),
      1,
    ],
    [
      'an outcome within an incident',
      (debate: ReturnType<typeof aDebate>): AuditFilter => ({ incidentId: debate.incidentId, outcome: 'human-approval' }),
      1,
    ],
    ['degradation', (debate: ReturnType<typeof aDebate>): AuditFilter => ({ sessionId: debate.sessionId, degraded: true }), 0],
    [
      'time',
      (debate: ReturnType<typeof aDebate>): AuditFilter => ({
        sessionId: debate.sessionId,
        from: '2020-01-01T00:00:00Z',
        to: '2021-01-01T00:00:00Z',
      }),
      0,
    ],
  ])('of the audit can be narrowed to %s', async (_, filter, expected) => {
    const debate = aDebate();
    await record.append(debate.events);
    expect(await walk(filter(debate), 4)).toHaveLength(expected);
  });

  it('of the audit can be streamed to their end', async () => {
    const hashes = new Set<string>();
    for await (const { message } of record.audit.stream({ role: 'critic' })) hashes.add(message.eventHash);
    const [counted] = await fresh.sql(`SELECT count(*)::int AS n FROM agent_sessions WHERE agent_role = 'critic'`);
    expect(hashes.size).toBe(counted?.['n']);
  });

  it('of sessions show each once, with what became of it', async () => {
    const accepted = [];
    for (let index = 0; index < 9; index++) accepted.push(await record.incidents.accept(anAcceptance()));
    const [decided, opened] = accepted as [(typeof accepted)[0], (typeof accepted)[0]];
    await record.append(aDebate(decided).events);
    await record.append(aDebate(opened).events.slice(0, 2));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await second.sessions.list({ limit: 4, ...(cursor !== undefined && { cursor }) });
      seen.push(...page.sessions.map(({ sessionId }) => sessionId));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    for (const { sessionId } of accepted) expect(seen).toContain(sessionId);
    expect(await second.sessions.get(decided.sessionId)).toMatchObject({
      status: 'decided',
      outcome: 'human-approval',
      gate: 5,
      confidence: 0.9,
      events: 6,
    });
    expect(await second.sessions.get(opened.sessionId)).toMatchObject({
      status: 'open',
      outcome: null,
      events: 2,
      endedAt: null,
    });
    expect(await second.sessions.get(accepted[2]?.sessionId ?? '')).toMatchObject({ status: 'accepted', events: 0 });
    expect((await second.sessions.list({ outcome: 'human-approval' })).sessions.map(({ sessionId }) => sessionId)).toContain(
      decided.sessionId,
    );
    expect((await second.sessions.list({ status: 'open', limit: 200 })).sessions.map(({ sessionId }) => sessionId)).not.toContain(
      decided.sessionId,
    );
  });

  it('of open sessions show each once, accepted last first', async () => {
    const accepted = await Promise.all(Array.from({ length: 5 }, () => record.incidents.accept(anAcceptance())));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await second.sessions.list({ status: 'open', limit: 2, cursor });
      seen.push(...page.sessions.map(({ sessionId, acceptedAt }) => `${acceptedAt} ${sessionId}`));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(
      seen
        .slice(0, 5)
        .map((place) => place.split(' ')[1])
        .toSorted(),
    ).toEqual(accepted.map(({ sessionId }) => sessionId).toSorted());
    const times = seen.map((place) => place.split(' ')[0]);
    expect(times).toEqual(times.toSorted().reverse());
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('of sessions with an outcome show each once, what ended last first', async () => {
    const accepted = [];
    for (let index = 0; index < 5; index++) accepted.push(await record.incidents.accept(anAcceptance()));
    await record.append(accepted.slice(0, 4).flatMap((ids) => aDebate(ids).events));
    await record.append(aDebate(accepted[4]).events);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await second.sessions.list({ outcome: 'human-approval', status: 'ended', limit: 2, cursor });
      seen.push(...page.sessions.map(({ sessionId }) => sessionId));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen[0]).toBe(accepted[4]?.sessionId);
    expect(seen.slice(1, 5).toSorted()).toEqual(accepted.slice(0, 4).map(({ sessionId }) => sessionId));
    expect(new Set(seen).size).toBe(seen.length);
    expect((await second.sessions.list({ outcome: 'human-approval', status: 'open' })).sessions).toEqual([]);
  });

  it.each(['nonsense', Buffer.from('[1, 2]').toString('base64url')])('refuse the cursor %s', async (cursor) => {
    await expect(record.audit.page({}, cursor)).rejects.toThrow(InvalidCursorError);
    await expect(record.sessions.list({ cursor })).rejects.toThrow(InvalidCursorError);
  });

  const keyWith = (change: Partial<Record<'time' | 'role' | 'round' | 'slot', string | number>>): string => {
    const { time, role, round, slot } = {
      time: '2026-01-15T10:00:00.000000Z',
      role: 'critic',
      round: 1,
      slot: 'answer',
      ...change,
    };
    const key = JSON.stringify([time, '019bc0de-0000-7000-8000-000000000001', role, round, slot]);
    return Buffer.from(key).toString('base64url');
  };

  it.each([{ role: 'a\0b' }, { slot: 'a\0b' }, { round: 99_999_999_999 }, { slot: 'half \ud800' }])(
    'refuse a cursor that no row can have made: %j',
    async (change) => {
      await expect(record.audit.page({}, keyWith({}))).resolves.toBeDefined();
      await expect(record.audit.page({}, keyWith(change))).rejects.toThrow(InvalidCursorError);
    },
  );

  it('say that it is the question when PostgreSQL has no place for a value of it', async () => {
    await expect(record.audit.page({ from: '0000-01-01T00:00:00Z' })).rejects.toThrow(InvalidQueryError);
    await expect(record.audit.page({ to: '9999-12-31T23:59:59-23:59' })).rejects.toThrow(InvalidQueryError);
    const cursor = Buffer.from('["0000-01-01T00:00:00.000000Z","019bc0de-0000-7000-8000-000000000001"]').toString('base64url');
    await expect(record.sessions.list({ cursor })).rejects.toThrow(InvalidQueryError);
  });
});

describe('a session’s messages', () => {
  it('are settled up to the first gap, so that nobody who goes on from there misses one', async () => {
    const { events, sessionId, messages } = aDebate();
    await record.append([events[0]!, events[1]!, events[2]!, events[4]!]);
    expect((await second.sessions.messages(sessionId)).map(({ seq }) => seq)).toEqual([1, 2, 3, 5]);
    expect((await second.sessions.settled(sessionId)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await second.sessions.settled(sessionId, 3)).toEqual([]);
    await record.append(events);
    expect((await second.sessions.settled(sessionId, 3)).map(({ seq }) => seq)).toEqual([4, 5, 6]);
    expect(messages.filter(({ message }) => isTerminal(message.type))).toHaveLength(1);
  });

  it('can be read one by one when this version cannot read all of them', async () => {
    const { events, sessionId, messages } = aDebate();
    const [opened, , , , , decided] = messages;
    const strange = seal({
      ...messages[1]?.message,
      data: { hello: 1 },
      causes: [causeOf(opened!.message)],
    } as unknown as Draft);
    await record.append([events[0]!, eventOf({ seq: 2, streamId: '2-0', message: strange })]);
    expect(await second.sessions.end(sessionId)).toBeUndefined();
    const end = seal({ ...decided?.message, causes: [causeOf(opened!.message)] } as Draft);
    await record.append([eventOf({ seq: 3, streamId: '3-0', message: end })]);
    await expect(second.sessions.messages(sessionId)).rejects.toThrow(UnreadableSessionError);
    expect(await second.sessions.events(sessionId)).toMatchObject([
      { seq: 1, published: opened, problem: null },
      { seq: 2, envelope: strange, published: null, problem: expect.stringContaining('data.') as string },
      { seq: 3, published: { message: end } },
    ]);
    expect(await second.sessions.end(sessionId)).toMatchObject({ sessionId, eventHash: end.eventHash });
  });

  it('tell how they ended to who does not read what was said', async () => {
    const { events, sessionId, messages } = aDebate();
    expect(await second.sessions.end(sessionId)).toBeUndefined();
    await record.append(events);
    const decided = messages[5]!.message;
    if (decided.type !== 'decision.made') throw new Error('The debate of the fixtures ends with a decision.');
    expect(await second.sessions.end(sessionId.toUpperCase())).toEqual({
      sessionId,
      eventHash: decided.eventHash,
      outcome: decided.data.outcome,
      gate: decided.data.gate,
      endedAtMs: Date.parse(decided.occurredAt),
      recordedMsAgo: expect.any(Number) as number,
      reasons: decided.data.reasons.map(({ code }) => code),
    });
  });

  it('tell nothing of a decision that does not fit its contract but that it was made', async () => {
    const { events, sessionId, messages } = aDebate();
    const [opened] = messages;
    const draft = { ...messages[5]!.message, data: { reasons: 'none' }, causes: [causeOf(opened!.message)] };
    const end = seal(draft as unknown as Draft);
    await record.append([events[0]!, eventOf({ seq: 2, streamId: '2-0', message: end })]);
    expect(await second.sessions.end(sessionId)).toMatchObject({
      eventHash: end.eventHash,
      outcome: null,
      gate: null,
      reasons: [],
    });
  });
});
