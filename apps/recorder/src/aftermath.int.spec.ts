import { isTerminal, seal, type Message } from '@inquest/contracts';
import { answersKey, inboxKey, sessionKey, type StoredEntry } from '@inquest/streams';
import { aCritique, aPlan, aVerdict, published } from '@inquest/testing';
import { v7 } from 'uuid';
import { Aftermath } from './aftermath.js';
import { debate, decision, Harness, until } from './recorder.harness.spec.js';
import { Repairs } from './repairs.js';

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(() => harness.close());

const look = (): Promise<void> => harness.partOf(Aftermath).look({ inHandMs: 0 });

const messageOf = ({ body }: { readonly body: string }): Message => JSON.parse(body) as Message;

/** Says it all and waits until nobody has anything to do with it any more. */
const laidDown = async (messages: readonly Message[]): Promise<string> => {
  const sessionId = messages[0]?.sessionId ?? '';
  for (const message of messages) await harness.say(message);
  await until('all of it is on record', async () => (await harness.record.sessions.events(sessionId)).length === messages.length);
  await until('nothing is pending', async () => (await harness.pendingIn(sessionKey(sessionId), 'recorder')) === 0);
  if (messages.some(({ type }) => isTerminal(type))) await harness.expiring(sessionId);
  return sessionId;
};

/** What a replica takes over with that lacks the last words: the first `length` of them, all of them new to its groups. */
const rollBack = async (sessionId: string, length: number): Promise<void> => {
  const entries = (await harness.streams.read(sessionId)).map((entry): StoredEntry => {
    const { role, round, slot } = messageOf(entry);
    return { ...entry, key: `${role}:${round}:${slot}` };
  });
  await harness.streams.rebuild(sessionId, entries.slice(0, length), false, { replace: true });
};

const leavePending = async (sessionId: string, index: number): Promise<void> => {
  const id = (await harness.streams.read(sessionId))[index]?.id ?? '';
  await harness.redis.call('xclaim', sessionKey(sessionId), 'recorder', 'inbox', 0, id, 'FORCE', 'JUSTID');
};

/** Ids and hashes, which is what everybody goes by, and what becomes of the keys. */
const inRedis = async (sessionId: string) => ({
  events: (await harness.streams.read(sessionId)).map((entry) => [entry.seq, entry.id, messageOf(entry).eventHash]),
  pending: await harness.pendingIn(sessionKey(sessionId), 'recorder'),
  expires: await Promise.all(
    [sessionKey(sessionId), answersKey(sessionId)].map(async (key) => (await harness.redis.ttl(key)) > 3_500),
  ),
});

const onRecord = async (sessionId: string) =>
  (await harness.record.sessions.events(sessionId)).map(({ seq, streamId, envelope }) => [seq, streamId, envelope.eventHash]);

/** The same of a session that has been put back: what the rows say, in the order of a stream, on its way out. */
const laidToRest = async (sessionId: string) => ({
  events: (await onRecord(sessionId)).toSorted(([, left], [, right]) => String(left).localeCompare(String(right))),
  pending: 0,
  expires: [true, true],
});

/** All of the keys, with what is pending for whom since when. */
const bytesOf = (sessionId: string): Promise<(Buffer | null)[]> =>
  Promise.all([sessionKey(sessionId), answersKey(sessionId)].map((key) => harness.redis.dumpBuffer(key)));

describe('by itself', () => {
  // From then on only those look who are told to.
  afterAll(async () => {
    jest.restoreAllMocks();
    for (const aftermath of harness.partsOf(Aftermath)) await aftermath.beforeApplicationShutdown();
  });

  it('looks after it has started, and again after its connection was away', async () => {
    const looks = harness.partsOf(Aftermath).map((aftermath) => jest.spyOn(aftermath, 'look'));
    await until('both have looked', async () => looks.every(({ mock }) => mock.calls.length > 0));
    const before = looks.map(({ mock }) => mock.calls.length);
    await harness.redis.call('client', 'kill', 'type', 'normal');
    const sessionId = await laidDown(debate());
    await rollBack(sessionId, 3);
    // The second time after the start would be later.
    await until('both have looked again', async () => looks.every(({ mock }, n) => mock.calls.length > (before[n] ?? 0)), 8_000);
    await Promise.all(looks.flatMap(({ mock }) => mock.results.map(({ value }) => value as Promise<void>)));
    expect(await inRedis(sessionId)).toEqual(await laidToRest(sessionId));
  });
});

it.each([1, 3, 5])('gives a stream that kept %i of its six messages all of them again', async (length) => {
  const sessionId = await laidDown(debate());
  const whole = await inRedis(sessionId);
  await rollBack(sessionId, length);
  await leavePending(sessionId, length - 1);
  expect(await inRedis(sessionId)).toMatchObject({ pending: 1, expires: [false, false] });
  await look();
  expect(await inRedis(sessionId)).toEqual(whole);
  expect(await inRedis(sessionId)).toEqual(await laidToRest(sessionId));
});

it('does so once, though both recorders look at once', async () => {
  const sessionIds = await Promise.all(Array.from({ length: 5 }, () => laidDown(debate())));
  for (const sessionId of sessionIds) await rollBack(sessionId, 2);
  await Promise.all(harness.partsOf(Aftermath).map((aftermath) => aftermath.look({ inHandMs: 0 })));
  for (const sessionId of sessionIds) expect(await inRedis(sessionId)).toEqual(await laidToRest(sessionId));
});

it('leaves a session alone that goes on', async () => {
  const sessionId = await laidDown(debate().slice(0, 3));
  await leavePending(sessionId, 1);
  const before = await bytesOf(sessionId);
  await look();
  expect(await bytesOf(sessionId)).toEqual(before);
  expect(await harness.redis.ttl(sessionKey(sessionId))).toBe(-1);
});

it('leaves an ended session alone that Redis has forgotten nothing of', async () => {
  const sessionId = await laidDown(debate());
  const before = await bytesOf(sessionId);
  await look();
  expect(await bytesOf(sessionId)).toEqual(before);
});

it('leaves a session to whoever has just recorded its end', async () => {
  const sessionId = await laidDown(debate());
  await rollBack(sessionId, 2);
  const before = await bytesOf(sessionId);
  await harness.partOf(Aftermath).look({ inHandMs: 60_000 });
  expect(await bytesOf(sessionId)).toEqual(before);
});

it('takes off the list what is pending of an ended session, though its stream expires', async () => {
  const sessionId = await laidDown(debate());
  await leavePending(sessionId, 2);
  expect(await inRedis(sessionId)).toMatchObject({ pending: 1, expires: [true, true] });
  await look();
  expect(await inRedis(sessionId)).toEqual(await laidToRest(sessionId));
});

/** A session that was decided before its critic had spoken, whose stream then lost the decision. */
const decidedWithoutCritic = async () => {
  const [opened, diagnosis, plan, verdict] = debate() as [Message, Message, Message, Message];
  const said = [opened, diagnosis, plan, verdict];
  const sessionId = await laidDown([...said, decision(opened.sessionId, opened.incidentId, said)]);
  await rollBack(sessionId, 4);
  return { sessionId, critique: published('critique.raised', aCritique(), { sessionId, causes: [plan] }).message };
};

it('records first what stands in the stream and was never announced', async () => {
  const { sessionId, critique } = await decidedWithoutCritic();
  expect(await harness.say(critique, [])).toMatchObject({ status: 'published' });
  await look();
  expect((await onRecord(sessionId)).map(([, , hash]) => hash)).toContain(critique.eventHash);
  expect(await inRedis(sessionId)).toEqual(await laidToRest(sessionId));
  expect((await inRedis(sessionId)).events).toHaveLength(6);
  expect(await harness.record.ledger.verify()).toMatchObject({ ok: true });
});

it('takes nothing more in a session that is put back', async () => {
  const { sessionId, critique } = await decidedWithoutCritic();
  await look();
  expect(await harness.say(critique)).toEqual({ status: 'closed' });
  expect(await inRedis(sessionId)).toEqual(await laidToRest(sessionId));
});

/** The reviewer speaks again, and differently, in a session whose stream has forgotten its verdict and all that followed. */
const reviewedAnew = async () => {
  const messages = debate();
  const sessionId = await laidDown(messages);
  await rollBack(sessionId, 3);
  const causes = [messages[2] as Message];
  const anew = published('verdict.given', aVerdict({ summary: 'Safe indeed.' }), { sessionId, causes }).message;
  return { sessionId, anew, rows: await onRecord(sessionId) };
};

it('lets the record win over what was said anew', async () => {
  const { sessionId, anew, rows } = await reviewedAnew();
  expect(await harness.say(anew, [])).toMatchObject({ status: 'published' });
  await look();
  expect(await onRecord(sessionId)).toEqual(rows);
  expect(await inRedis(sessionId)).toEqual(await laidToRest(sessionId));
});

it('need not look where what was said anew reaches the recorder', async () => {
  const { sessionId, anew, rows } = await reviewedAnew();
  expect(await harness.say(anew)).toMatchObject({ status: 'published' });
  expect(await harness.letterOf(sessionId)).toMatchObject({ reason: 'superseded', fields: { seq: '4' } });
  await until('nothing is pending', async () => (await harness.pendingIn(inboxKey('recorder'), 'recorder')) === 0);
  expect(await onRecord(sessionId)).toEqual(rows);
  expect(await inRedis(sessionId)).toEqual(await laidToRest(sessionId));
});

it('puts a stream back of which an entry cannot be read', async () => {
  const sessionId = await laidDown(debate());
  await rollBack(sessionId, 2);
  await harness.redis.xadd(sessionKey(sessionId), '*', 'what', 'is this');
  await look();
  expect(await inRedis(sessionId)).toEqual(await laidToRest(sessionId));
});

it('lets go of the answers too when only those would stay', async () => {
  const sessionId = await laidDown(debate());
  await harness.redis.persist(answersKey(sessionId));
  await look();
  expect((await inRedis(sessionId)).expires).toEqual([true, true]);
});

it('does not end a session for an event that rests on what never comes and is gone from its stream too', async () => {
  const messages = debate();
  const [opened, diagnosis] = messages as [Message, Message];
  const sessionId = await laidDown([opened, diagnosis]);
  const forgotten = published('plan.proposed', aPlan({ summary: 'Forgotten.' }), { sessionId, causes: [diagnosis] }).message;
  const verdict = published('verdict.given', aVerdict(), { sessionId, causes: [forgotten] }).message;
  const before = await bytesOf(sessionId);
  const { type, role } = verdict;
  await harness.streams.wake('recorder', sessionId, {
    ...{ id: `${Date.now()}-0`, seq: 4, type, role, body: JSON.stringify(verdict), traceparent: null },
  });
  expect(await harness.letterOf(sessionId)).toMatchObject({
    reason: 'causes-missing',
    detail: expect.stringContaining('its session goes on without it') as string,
  });
  await until('nothing is pending', async () => (await harness.pendingIn(inboxKey('recorder'), 'recorder')) === 0);
  expect(await harness.record.sessions.end(sessionId)).toBeUndefined();
  expect(await bytesOf(sessionId)).toEqual(before);
  for (const message of messages.slice(2)) await harness.say(message);
  expect((await harness.ended(sessionId)).message.eventHash).toBe(messages[5]?.eventHash);
});

/** On record it was ended by the recorder; what Redis has is only announced to `to`. */
const failedOnRecordDecidedInRedis = async (to: readonly string[]): Promise<string> => {
  const sessionId = v7();
  const [opened, diagnosis] = debate(sessionId) as [Message, Message];
  const decided = decision(sessionId, opened.incidentId, [opened, diagnosis]);
  const failed = seal({ ...decided, role: 'recorder' });
  await harness.record.append(
    [opened, diagnosis, failed].map((message, index) => ({
      seq: index + 1,
      streamId: `${1_000 + index}-0`,
      body: JSON.stringify(message),
    })),
  );
  for (const message of [opened, diagnosis, decided]) await harness.say(message, to);
  return sessionId;
};

it('lets the end on record win over another one in the stream, which is a dead letter', async () => {
  const sessionId = await failedOnRecordDecidedInRedis(['recorder']);
  expect(await harness.letterOf(sessionId)).toMatchObject({ reason: 'superseded', fields: { seq: '3' } });
  await until('nothing is pending', async () => (await harness.pendingIn(inboxKey('recorder'), 'recorder')) === 0);
  expect(await inRedis(sessionId)).toEqual(await laidToRest(sessionId));
});

it('takes another end in the stream than the one on record for a contradiction', async () => {
  const sessionId = await failedOnRecordDecidedInRedis([]);
  await harness.partOf(Repairs).mend(sessionId);
  expect(await inRedis(sessionId)).toEqual(await laidToRest(sessionId));
});

it('mends nothing in a stream that only lacks what is on record', async () => {
  const sessionId = await laidDown(debate());
  await rollBack(sessionId, 4);
  const before = await bytesOf(sessionId);
  await harness.partOf(Repairs).mend(sessionId);
  expect(await bytesOf(sessionId)).toEqual(before);
});
