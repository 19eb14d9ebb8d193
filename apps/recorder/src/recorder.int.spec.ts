import { RECORD, startService, STREAM_GROUPS, type RunningService } from '@inquest/agent';
import { eventHash, seal, type Message, type Published } from '@inquest/contracts';
import { BATCH_BYTES_MAX, migrate, openRecord, type Record as SessionRecord } from '@inquest/record';
import {
  closeRedis,
  connectRedis,
  DeadLetters,
  InboxReader,
  inboxKey,
  sessionKey,
  SessionStreams,
  type InboxEntry,
  type RedisConnection,
} from '@inquest/streams';
import {
  aCritique,
  aDiagnosis,
  anOpening,
  aPlan,
  aVerdict,
  freshDatabase,
  freshRedis,
  published,
  type FreshDatabase,
} from '@inquest/testing';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { Bodies } from './bodies.js';
import { RecorderModule } from './index.js';
import { RecorderEnvironment } from './recorder.environment.js';
import { Recorder } from './recorder.js';

/** Every spec has two recorders, each with connections of its own. */
let recorders: RunningService[];
let record: SessionRecord;
let redis: RedisConnection;
let streams: SessionStreams;
let database: FreshDatabase;
let redisServer: Awaited<ReturnType<typeof freshRedis>>;
/** Takes releases as the gateway would. */
let gateway: InboxReader;
let onRelease: (entry: InboxEntry) => Promise<void>;

beforeAll(async () => {
  [redisServer, database] = await Promise.all([freshRedis(), freshDatabase()]);
  const { applicationUrl } = await migrate(database.url, {
    applicationRole: `rec_${randomBytes(5).toString('hex')}`,
    applicationPassword: 'spec',
  });
  Object.assign(process.env, {
    REDIS_URL: redisServer.url,
    DATABASE_URL: applicationUrl,
    LOG_LEVEL: 'silent',
  });
  recorders = [];
  for (const name of ['recorder-1', 'recorder-2']) {
    process.env['INQUEST_CONSUMER'] = name;
    recorders.push(await startService(RecorderModule, { service: 'recorder', http: false }));
  }
  record = await openRecord(applicationUrl, { name: 'spec' });
  redis = connectRedis(redisServer.url, { name: 'spec', onError: () => undefined });
  streams = new SessionStreams(redis, { groups: STREAM_GROUPS });
  gateway = new InboxReader({ redis, inbox: 'gateway', consumer: 'spec', handler: (entry) => onRelease(entry) });
  onRelease = () => Promise.resolve();
  void gateway.run();
});

afterAll(async () => {
  await gateway.stop(1_000);
  await Promise.all(recorders.map((recorder) => recorder.close()));
  await record.close();
  await closeRedis(redis);
  await redisServer.stop();
  await database.drop();
});

const decision = (sessionId: string, incidentId: string, causes: readonly Message[]): Message => {
  const undecided = published('session.failed', { code: 'unreadable', reason: 'spec', detail: '' }, { sessionId, causes });
  return { ...undecided.message, incidentId };
};

/** Six messages; the last one is terminal and rests on all others. */
const debate = (sessionId = v7()): Message[] => {
  const opened = published('session.opened', anOpening(), { sessionId }).message;
  const diagnosis = published('diagnosis.reported', aDiagnosis(), { sessionId, causes: [opened] }).message;
  const plan = published('plan.proposed', aPlan(), { sessionId, causes: [diagnosis] }).message;
  const verdict = published('verdict.given', aVerdict(), { sessionId, causes: [plan] }).message;
  const critique = published('critique.raised', aCritique(), { sessionId, causes: [plan] }).message;
  const said = [opened, diagnosis, plan, verdict, critique];
  return [...said, decision(sessionId, opened.incidentId, said)];
};

const say = (message: Message, to: readonly string[] = ['recorder']) =>
  streams.publish({
    sessionId: message.sessionId,
    key: `${message.role}:${message.round}:${message.slot}`,
    type: message.type,
    role: message.role,
    body: JSON.stringify(message),
    to,
    opens: message.type === 'session.opened',
    closes: message.slot === 'decision',
  });

const until = async <T>(what: string, look: () => Promise<T | undefined | false>, withinMs = 15_000): Promise<T> => {
  const endsAt = Date.now() + withinMs;
  while (Date.now() < endsAt) {
    const seen = await look();
    if (seen) return seen;
    await delay(10);
  }
  throw new Error(`Still not so after ${withinMs} ms: ${what}`);
};

const ended = (sessionId: string): Promise<Published> =>
  until(`session ${sessionId} is ended on record`, async () =>
    (await record.sessions.messages(sessionId)).find(({ message }) => message.slot === 'decision'),
  );

const pendingIn = async (key: string, group: string): Promise<number> => {
  const [count] = await redis.xpending(key, group);
  return Number(count);
};

it('regression 10: releases no decision before everything it rests on is committed, with two recorders', async () => {
  const released = new Map<string, string>();
  const faults: string[] = [];
  onRelease = async ({ session, body }) => {
    const { eventHash } = JSON.parse(body ?? '{}') as { eventHash: string };
    const rows = (await record.sessions.messages(session)).map(({ message }) => message);
    const terminal = rows.find((message) => message.eventHash === eventHash);
    if (!terminal) faults.push(`${session}: the released event is not committed`);
    for (const cause of terminal?.causes ?? [])
      if (!rows.some((message) => message.eventHash === cause.eventHash))
        faults.push(`${session}: released without ${cause.eventId}`);
    released.set(session, eventHash);
  };
  const debates = Array.from({ length: 150 }, () => debate());
  for (const messages of debates) for (const message of messages) void say(message);
  await until('150 releases', async () => released.size === 150, 25_000);
  expect(faults).toEqual([]);
  expect(debates.map((messages) => released.get(messages[0]?.sessionId ?? ''))).toEqual(
    debates.map((messages) => messages[5]?.eventHash),
  );
  expect(await record.ledger.verify()).toMatchObject({ ok: true, rows: 900 });
});

it('acknowledges what is recorded, on the stream and in the inbox, and lets the ended session’s keys expire', async () => {
  const messages = debate();
  const sessionId = messages[0]?.sessionId ?? '';
  for (const message of messages) await say(message);
  await ended(sessionId);
  await until(
    'nothing is pending',
    async () =>
      (await pendingIn(sessionKey(sessionId), 'recorder')) === 0 && (await pendingIn(inboxKey('recorder'), 'recorder')) === 0,
  );
  const seconds = await until('the keys expire', async () => {
    const ttl = await redis.ttl(sessionKey(sessionId));
    return ttl > 0 && ttl;
  });
  expect(seconds).toBeGreaterThan(3_500);
});

it('releases again what was committed by a recorder that died before it could', async () => {
  const messages = debate();
  const sessionId = messages[0]?.sessionId ?? '';
  const seen: string[] = [];
  onRelease = ({ session }) => Promise.resolve(void seen.push(session));
  await record.append(
    messages.map((message, index) => ({ seq: index + 1, streamId: `${Date.now()}-${index}`, body: JSON.stringify(message) })),
  );
  expect(seen).toEqual([]);
  for (const message of messages) await say(message);
  await until('the release', async () => seen.includes(sessionId));
});

it('finds in the stream what its publisher stored and died before announcing', async () => {
  const messages = debate();
  const sessionId = messages[0]?.sessionId ?? '';
  for (const message of messages) await say(message, message.type === 'plan.proposed' ? [] : ['recorder']);
  await ended(sessionId);
  expect((await record.sessions.messages(sessionId)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
});

it('ends a session whose event rests on something that never comes', async () => {
  const sessionId = v7();
  const [opened, diagnosis] = debate(sessionId) as [Message, Message];
  const neverSaid = published('plan.proposed', aPlan(), { sessionId, causes: [opened] }).message;
  const verdict = published('verdict.given', aVerdict(), { sessionId, causes: [neverSaid] }).message;
  for (const message of [opened, diagnosis, verdict]) await say(message);
  const { message } = await ended(sessionId);
  expect(message).toMatchObject({ type: 'session.failed', role: 'recorder', data: { code: 'unrecordable' } });
  const letters = await new DeadLetters(redis).list();
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
  await record.append(recorded);
  const other = published('diagnosis.reported', aDiagnosis({ summary: 'Something else.' }), {
    sessionId,
    causes: [opened],
  }).message;
  await say(opened);
  await say(other);
  await until('the stream holds the row', async () => {
    const bodies = (await streams.read(sessionId)).map(({ body }) => JSON.parse(body) as Message);
    return bodies.length === 2 && bodies[1]?.eventHash === diagnosis.eventHash;
  });
  expect((await record.sessions.messages(sessionId)).map(({ message }) => message.eventHash)).toEqual([
    opened.eventHash,
    diagnosis.eventHash,
  ]);
  const letters = await new DeadLetters(redis).list();
  expect(letters).toContainEqual(
    expect.objectContaining({ reason: 'superseded', fields: expect.objectContaining({ session: sessionId }) as object }),
  );
});

const poisonedCopy = (message: Message): Message =>
  ({ ...message, data: { ...message.data, summary: 'half a pair: \ud800' } }) as Message;

it('ends the session of an event that cannot be stored, and keeps its bytes', async () => {
  const sessionId = v7();
  const messages = debate(sessionId);
  await say(messages[0] as Message);
  await say(poisonedCopy(messages[1] as Message));
  expect((await ended(sessionId)).message).toMatchObject({
    type: 'session.failed',
    role: 'recorder',
    data: { code: 'poisoned' },
  });
  expect((await streams.read(sessionId)).map(({ type }) => type)).toEqual([
    'session.opened',
    'diagnosis.reported',
    'session.failed',
  ]);
  expect((await record.poisoned.list()).some((event) => event.sessionId === sessionId)).toBe(true);
});

it('ends the session even when it is the decision that cannot be stored', async () => {
  const sessionId = v7();
  const messages = debate(sessionId);
  const seen: string[] = [];
  onRelease = ({ session }) => Promise.resolve(void seen.push(session));
  for (const message of messages.slice(0, 5)) await say(message);
  const last = seal({ ...(messages[5] as Message), ruleSet: 'x' });
  await say({ ...last, ruleSet: 'nul: \0' });
  expect((await ended(sessionId)).message).toMatchObject({
    type: 'session.failed',
    role: 'recorder',
    data: { code: 'poisoned' },
  });
  await until('the release', async () => seen.includes(sessionId));
});

const partOf = <T>(service: RunningService | undefined, token: new (...args: never[]) => T): T => {
  if (!service) throw new Error('No recorder is running.');
  return service.app.get<T>(token, { strict: false });
};

/** As it would be handed out by the reader. */
const handedOut = (message: Message, fields: Partial<InboxEntry> = {}): InboxEntry => ({
  inbox: 'recorder',
  inboxId: `${Date.now()}-0`,
  session: message.sessionId,
  id: `${Date.now()}-0`,
  seq: 1,
  type: message.type,
  body: JSON.stringify(message),
  traceparent: null,
  deliveries: 1,
  ...fields,
});

const letterOf = (session: string) =>
  until(`a dead letter of ${session}`, async () =>
    (await new DeadLetters(redis).list()).find(({ fields }) => fields['session'] === session),
  );

it('takes a decision out of the stream that rests on what is not on record, so that another can be made', async () => {
  const sessionId = v7();
  const [opened, diagnosis] = debate(sessionId) as [Message, Message];
  const other = published('diagnosis.reported', aDiagnosis({ summary: 'Never recorded.' }), {
    sessionId,
    causes: [opened],
  }).message;
  for (const message of [opened, diagnosis]) await say(message);
  await say(decision(sessionId, opened.incidentId, [opened, other]));
  await until('the decision is gone from the stream', async () => (await streams.read(sessionId)).length === 2);
  const sound = decision(sessionId, opened.incidentId, [opened, diagnosis]);
  expect(await say(sound)).toMatchObject({ status: 'published' });
  expect((await ended(sessionId)).message.eventHash).toBe(sound.eventHash);
});

it('is not held up by entries that are none', async () => {
  const [opened] = debate() as [Message];
  const odd = v7();
  const text = v7();
  await redis.xadd(sessionKey(odd), '1-1', 'a', 'b');
  await redis.set(sessionKey(text), 'no stream');
  for (const session of ["x' or 1=1", 'not-a-uuid', odd, text])
    await redis.xadd(inboxKey('recorder'), '*', 'session', session, 'id', '1-1', 'seq', 1, 'type', 'decision.made');
  await redis.xadd(inboxKey('recorder'), '*', 'session', v7(), 'id', `${'9'.repeat(30)}-1`, 'seq', 1, 'type', 'x', 'body', '{}');
  await redis.xadd(inboxKey('recorder'), '*', 'session', v7(), 'id', '1-1', 'seq', 2 ** 40, 'type', 'x', 'body', '{}');
  await say(opened);
  await until('the good one is recorded', async () => (await record.sessions.messages(opened.sessionId)).length === 1, 2_000);
  for (const session of ["x' or 1=1", 'not-a-uuid', odd, text])
    expect(await letterOf(session)).toMatchObject({ reason: 'unreadable' });
  await until('nothing is pending', async () => (await pendingIn(inboxKey('recorder'), 'recorder')) === 0);
});

it('records the others of a delivery when one of them cannot be finished, and puts that one aside', async () => {
  const recorder = partOf(recorders[0], Recorder);
  const [opened] = debate() as [Message];
  const [begun, , , bad] = debate() as [Message, Message, Message, Message];
  await record.append([{ seq: 1, streamId: '1-0', body: JSON.stringify(begun) }]);
  // What it rests on is looked for in a stream that cannot be read.
  await redis.xadd(sessionKey(bad.sessionId), '1-1', 'a', 'b');
  const young = [handedOut(bad, { inboxId: `${Date.now() - 1_500}-0` }), handedOut(opened)];
  expect(await recorder.take(young)).toEqual([young[1]?.inboxId]);
  const old = handedOut(bad, { inboxId: `${Date.now() - 60_000}-0` });
  expect(await recorder.take([old])).toEqual([old.inboxId]);
  expect(await letterOf(bad.sessionId)).toMatchObject({ reason: 'unrecordable' });
  expect((await record.sessions.terminal(bad.sessionId))?.envelope).toMatchObject({ type: 'session.failed', role: 'recorder' });
});

it('fails what waits in vain before the gateway takes the recorder for late', async () => {
  const { INQUEST_CAUSE_WAIT_S: waitS } = RecorderEnvironment.parse({});
  expect(waitS).toBeLessThan(5);
});

it('does not give up what is old from the start when its cause is in the stream', async () => {
  const messages = debate();
  const sessionId = messages[0]?.sessionId ?? '';
  for (const message of messages.slice(0, 3)) await say(message, []);
  const entry = handedOut(messages[2] as Message, { inboxId: `${Date.now() - 60_000}-0`, seq: 3 });
  expect(await partOf(recorders[0], Recorder).take([entry])).toEqual([entry.inboxId]);
  expect((await record.sessions.messages(sessionId)).map(({ message }) => message.type)).toEqual([
    'session.opened',
    'diagnosis.reported',
    'plan.proposed',
  ]);
});

it('holds no more bodies at once than one statement takes', async () => {
  const openings = Array.from({ length: 24 }, () => debate()[0] as Message);
  const padded = openings.map((message) => ({ message, body: JSON.stringify({ ...message, padding: 'x'.repeat(900_000) }) }));
  const entries: InboxEntry[] = [];
  for (const { message, body } of padded) {
    const { sessionId, type, role } = message;
    const result = await streams.publish({ sessionId, key: 'gateway:1:opened', type, role, body, to: [], opens: true });
    if (result.status === 'published') entries.push(handedOut(message, { id: result.entry.id, body: null }));
  }
  const seen: string[] = [];
  for await (const { delivered } of partOf(recorders[0], Bodies).slices(entries)) {
    expect(delivered.reduce((bytes, { body }) => bytes + body.length, 0)).toBeLessThanOrEqual(BATCH_BYTES_MAX);
    seen.push(...delivered.map(({ session }) => session));
  }
  expect(seen).toEqual(openings.map(({ sessionId }) => sessionId));
  for await (const { delivered } of partOf(recorders[0], Bodies).slices(entries.slice(0, 3), 1_000))
    expect(delivered.length).toBeLessThanOrEqual(1);
  await redis.del(...openings.map(({ sessionId }) => sessionKey(sessionId)));
});

/** Its envelope is sound and its data is none that this version knows. */
const ofAnotherVersion = (message: Message): Message =>
  seal({ ...message, data: { hello: 1 } } as unknown as Parameters<typeof seal>[0]);

it('records the end of a session whose stream is gone and whose record cannot be read', async () => {
  const sessionId = v7();
  const [opened, diagnosis] = debate(sessionId) as [Message, Message];
  const seen: string[] = [];
  onRelease = ({ session }) => Promise.resolve(void seen.push(session));
  await record.append(
    [opened, ofAnotherVersion(diagnosis)].map((message, index) => ({
      seq: index + 1,
      streamId: `${Date.now()}-${index}`,
      body: JSON.stringify(message),
    })),
  );
  const failed = decision(sessionId, opened.incidentId, [opened]);
  expect(await say(failed)).toEqual({ status: 'gone' });
  const body = JSON.stringify(failed);
  await streams.wake('recorder', sessionId, {
    ...{ id: `${Date.now()}-0`, seq: 3, type: failed.type, role: failed.role, body, traceparent: null },
  });
  const terminal = await until('the end is on record', () => record.sessions.terminal(sessionId));
  expect(terminal).toMatchObject({ seq: 3, envelope: { eventHash: failed.eventHash } });
  await until('the release', async () => seen.includes(sessionId));
});

it('ends a session by a failure of its own although it cannot read what is on record', async () => {
  const sessionId = v7();
  const [opened, diagnosis, plan] = debate(sessionId) as [Message, Message, Message];
  await say(opened);
  await say(ofAnotherVersion(diagnosis));
  await until('both are recorded', async () => (await record.sessions.events(sessionId)).length === 2);
  await say(poisonedCopy(plan));
  const terminal = await until('the end is on record', () => record.sessions.terminal(sessionId));
  expect(terminal.envelope).toMatchObject({ type: 'session.failed', role: 'recorder', data: { code: 'poisoned' } });
});

it('ends the session of an event that cannot be stored and was never announced', async () => {
  const [opened, diagnosis, plan] = debate() as [Message, Message, Message];
  await say(opened);
  await say(poisonedCopy(diagnosis), []);
  await say(plan);
  expect((await ended(opened.sessionId)).message).toMatchObject({ type: 'session.failed', data: { code: 'poisoned' } });
});

it('keeps what a newer version wrote as it came, and nobody of this version reads it', async () => {
  const [opened, diagnosis] = debate() as [Message, Message];
  const { eventHash: _, ...newer } = { ...diagnosis, schemaVersion: 2 };
  const message = { ...newer, eventHash: eventHash(newer) } as Message;
  await say(opened);
  await say(message);
  const [, row] = await until('both are on record', async () => {
    const rows = await record.sessions.events(opened.sessionId);
    return rows.length === 2 && rows;
  });
  expect(row).toMatchObject({ published: null, problem: expect.stringContaining('schema version 2') as string });
  expect(eventHash(row?.envelope as Message)).toBe(message.eventHash);
  await expect(record.sessions.messages(opened.sessionId)).rejects.toThrow(/cannot be read by this version/);
});

it('takes no end from somebody who may not end a session', async () => {
  const [opened] = debate() as [Message];
  const released: string[] = [];
  onRelease = ({ session, type }) => Promise.resolve(void (session === opened.sessionId && released.push(type)));
  await say(opened);
  await say(seal({ ...decision(opened.sessionId, opened.incidentId, [opened]), role: 'critic' }));
  const { message } = await ended(opened.sessionId);
  expect(message).toMatchObject({ type: 'session.failed', role: 'recorder', data: { code: 'poisoned' } });
  expect(message.data).toMatchObject({ reason: expect.stringContaining('critic never says session.failed') as string });
  await until('the release', async () => released.length > 0);
});

it('is ready as long as Postgres answers', async () => {
  for (const { app } of recorders)
    await expect(app.get<SessionRecord>(RECORD, { strict: false }).ping()).resolves.toBeUndefined();
});
