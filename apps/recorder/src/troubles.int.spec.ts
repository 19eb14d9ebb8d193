import { seal, type Message } from '@inquest/contracts';
import { inboxKey, sessionKey } from '@inquest/streams';
import { aDiagnosis, aPlan, aVerdict, published } from '@inquest/testing';
import { v7 } from 'uuid';
import { RecorderEnvironment } from './recorder.environment.js';
import { debate, decision, handedOut, Harness, ofAnotherVersion, poisonedCopy, until } from './recorder.harness.spec.js';
import { Recorder } from './recorder.js';

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(() => harness.close());

it('ends a session whose event rests on something that never comes', async () => {
  const sessionId = v7();
  const [opened, diagnosis] = debate(sessionId) as [Message, Message];
  const neverSaid = published('plan.proposed', aPlan(), { sessionId, causes: [opened] }).message;
  const verdict = published('verdict.given', aVerdict(), { sessionId, causes: [neverSaid] }).message;
  for (const message of [opened, diagnosis, verdict]) await harness.say(message);
  const { message } = await harness.ended(sessionId);
  expect(message).toMatchObject({ type: 'session.failed', role: 'recorder', data: { code: 'unrecordable' } });
  const letters = await harness.letters();
  expect(letters).toContainEqual(
    expect.objectContaining({ reason: 'causes-missing', fields: expect.objectContaining({ session: sessionId }) as object }),
  );
});

it('lets the row win: the newcomer is a dead letter and its stream follows the rows', async () => {
  const sessionId = v7();
  const [opened, diagnosis] = debate(sessionId) as [Message, Message];
  const recorded = [opened, diagnosis].map((message, index) => ({
    seq: index + 1,
    streamId: `${1_000 + index}-0`,
    body: JSON.stringify(message),
  }));
  await harness.record.append(recorded);
  const other = published('diagnosis.reported', aDiagnosis({ summary: 'Something else.' }), {
    sessionId,
    causes: [opened],
  }).message;
  await harness.say(opened);
  await harness.say(other);
  await until('the stream holds the row', async () => {
    const bodies = (await harness.streams.read(sessionId)).map(({ body }) => JSON.parse(body) as Message);
    return bodies.length === 2 && bodies[1]?.eventHash === diagnosis.eventHash;
  });
  expect((await harness.record.sessions.messages(sessionId)).map(({ message }) => message.eventHash)).toEqual([
    opened.eventHash,
    diagnosis.eventHash,
  ]);
  const letters = await harness.letters();
  expect(letters).toContainEqual(
    expect.objectContaining({ reason: 'superseded', fields: expect.objectContaining({ session: sessionId }) as object }),
  );
});

it('ends the session of an event that cannot be stored, and keeps its bytes', async () => {
  const sessionId = v7();
  const messages = debate(sessionId);
  await harness.say(messages[0] as Message);
  await harness.say(poisonedCopy(messages[1] as Message));
  expect((await harness.ended(sessionId)).message).toMatchObject({
    type: 'session.failed',
    role: 'recorder',
    data: { code: 'poisoned' },
  });
  expect((await harness.streams.read(sessionId)).map(({ type }) => type)).toEqual([
    'session.opened',
    'diagnosis.reported',
    'session.failed',
  ]);
  expect((await harness.record.poisoned.list()).some((event) => event.sessionId === sessionId)).toBe(true);
});

it('ends the session even when it is the decision that cannot be stored', async () => {
  const sessionId = v7();
  const messages = debate(sessionId);
  const seen: string[] = [];
  harness.onRelease = ({ session }) => Promise.resolve(void seen.push(session));
  for (const message of messages.slice(0, 5)) await harness.say(message);
  const last = seal({ ...(messages[5] as Message), ruleSet: 'x' });
  await harness.say({ ...last, ruleSet: 'nul: \0' });
  expect((await harness.ended(sessionId)).message).toMatchObject({
    type: 'session.failed',
    role: 'recorder',
    data: { code: 'poisoned' },
  });
  await until('the release', async () => seen.includes(sessionId));
});

it('takes a decision out of the stream that rests on what is not on record, so that another can be made', async () => {
  const sessionId = v7();
  const [opened, diagnosis] = debate(sessionId) as [Message, Message];
  const other = published('diagnosis.reported', aDiagnosis({ summary: 'Never recorded.' }), {
    sessionId,
    causes: [opened],
  }).message;
  for (const message of [opened, diagnosis]) await harness.say(message);
  await harness.say(decision(sessionId, opened.incidentId, [opened, other]));
  await until('the decision is gone from the stream', async () => (await harness.streams.read(sessionId)).length === 2);
  const sound = decision(sessionId, opened.incidentId, [opened, diagnosis]);
  expect(await harness.say(sound)).toMatchObject({ status: 'published' });
  expect((await harness.ended(sessionId)).message.eventHash).toBe(sound.eventHash);
});

it('is not held up by entries that are none', async () => {
  const { redis, record } = harness;
  const [opened] = debate() as [Message];
  const odd = v7();
  const text = v7();
  await redis.xadd(sessionKey(odd), '1-1', 'a', 'b');
  await redis.set(sessionKey(text), 'no stream');
  for (const session of ["x' or 1=1", 'not-a-uuid', odd, text])
    await redis.xadd(inboxKey('recorder'), '*', 'session', session, 'id', '1-1', 'seq', 1, 'type', 'decision.made');
  await redis.xadd(inboxKey('recorder'), '*', 'session', v7(), 'id', `${'9'.repeat(30)}-1`, 'seq', 1, 'type', 'x', 'body', '{}');
  await redis.xadd(inboxKey('recorder'), '*', 'session', v7(), 'id', '1-1', 'seq', 2 ** 40, 'type', 'x', 'body', '{}');
  await harness.say(opened);
  await until('the good one is recorded', async () => (await record.sessions.messages(opened.sessionId)).length === 1, 2_000);
  for (const session of ["x' or 1=1", 'not-a-uuid', odd, text])
    expect(await harness.letterOf(session)).toMatchObject({ reason: 'unreadable' });
  await until('nothing is pending', async () => (await harness.pendingIn(inboxKey('recorder'), 'recorder')) === 0);
});

it('records the others of a delivery when one of them cannot be finished, and puts that one aside', async () => {
  const recorder = harness.partOf(Recorder);
  const [opened] = debate() as [Message];
  const [begun, , , bad] = debate() as [Message, Message, Message, Message];
  await harness.record.append([{ seq: 1, streamId: '1-0', body: JSON.stringify(begun) }]);
  // What it rests on is looked for in a stream that cannot be read.
  await harness.redis.xadd(sessionKey(bad.sessionId), '1-1', 'a', 'b');
  const young = [handedOut(bad, { inboxId: `${Date.now() - 1_500}-0` }), handedOut(opened)];
  expect(await recorder.take(young)).toEqual([young[1]?.inboxId]);
  const old = handedOut(bad, { inboxId: `${Date.now() - 60_000}-0` });
  expect(await recorder.take([old])).toEqual([old.inboxId]);
  expect(await harness.letterOf(bad.sessionId)).toMatchObject({ reason: 'unrecordable' });
  expect((await harness.terminalOf(bad.sessionId))?.envelope).toMatchObject({
    type: 'session.failed',
    role: 'recorder',
  });
});

it('fails what waits in vain before the gateway takes the recorder for late', async () => {
  const { INQUEST_CAUSE_WAIT_S: waitS } = RecorderEnvironment.parse({});
  expect(waitS).toBeLessThan(5);
});

it('does not give up what is old from the start when its cause is in the stream', async () => {
  const messages = debate();
  const sessionId = messages[0]?.sessionId ?? '';
  for (const message of messages.slice(0, 3)) await harness.say(message, []);
  const entry = handedOut(messages[2] as Message, { inboxId: `${Date.now() - 60_000}-0`, seq: 3 });
  expect(await harness.partOf(Recorder).take([entry])).toEqual([entry.inboxId]);
  expect((await harness.record.sessions.messages(sessionId)).map(({ message }) => message.type)).toEqual([
    'session.opened',
    'diagnosis.reported',
    'plan.proposed',
  ]);
});

it('ends a session by a failure of its own although it cannot read what is on record', async () => {
  const sessionId = v7();
  const [opened, diagnosis, plan] = debate(sessionId) as [Message, Message, Message];
  await harness.say(opened);
  await harness.say(ofAnotherVersion(diagnosis));
  await until('both are recorded', async () => (await harness.record.sessions.events(sessionId)).length === 2);
  await harness.say(poisonedCopy(plan));
  const terminal = await until('the end is on record', () => harness.terminalOf(sessionId));
  expect(terminal.envelope).toMatchObject({ type: 'session.failed', role: 'recorder', data: { code: 'poisoned' } });
});

it('ends the session of an event that cannot be stored and was never announced', async () => {
  const [opened, diagnosis, plan] = debate() as [Message, Message, Message];
  await harness.say(opened);
  await harness.say(poisonedCopy(diagnosis), []);
  await harness.say(plan);
  expect((await harness.ended(opened.sessionId)).message).toMatchObject({ type: 'session.failed', data: { code: 'poisoned' } });
});

it('takes no end from somebody who may not end a session', async () => {
  const [opened] = debate() as [Message];
  const released: string[] = [];
  harness.onRelease = ({ session, type }) => Promise.resolve(void (session === opened.sessionId && released.push(type)));
  await harness.say(opened);
  await harness.say(seal({ ...decision(opened.sessionId, opened.incidentId, [opened]), role: 'critic' }));
  const { message } = await harness.ended(opened.sessionId);
  expect(message).toMatchObject({ type: 'session.failed', role: 'recorder', data: { code: 'poisoned' } });
  expect(message.data).toMatchObject({ reason: expect.stringContaining('critic never says session.failed') as string });
  await until('the release', async () => released.length > 0);
});
