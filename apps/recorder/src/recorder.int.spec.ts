import { RECORD, startService, STREAM_GROUPS, type RunningService } from '@inquest/agent';
import { seal, type Message, type Published } from '@inquest/contracts';
import { migrate, openRecord, type Record as SessionRecord } from '@inquest/record';
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
import { RecorderModule } from './index.js';

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
    INQUEST_CAUSE_WAIT_S: '3',
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

it('is ready as long as Postgres answers', async () => {
  for (const { app } of recorders)
    await expect(app.get<SessionRecord>(RECORD, { strict: false }).ping()).resolves.toBeUndefined();
});
