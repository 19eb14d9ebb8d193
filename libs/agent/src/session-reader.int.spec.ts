import type { Published } from '@inquest/contracts';
import { migrate, openRecord, type Record as SessionRecord } from '@inquest/record';
import {
  closeRedis,
  connectRedis,
  sessionKey,
  SessionStreams,
  UnrecoverableEntryError,
  type RedisConnection,
  type StoredEntry,
} from '@inquest/streams';
import { createLogger } from '@inquest/telemetry';
import {
  aDiagnosis,
  anIncident,
  anOpening,
  freshDatabase,
  freshRedis,
  published,
  SESSION_ID,
  type FreshDatabase,
} from '@inquest/testing';
import { randomUUID } from 'node:crypto';
import { SessionReader } from './session-reader.js';
import { STREAM_GROUPS } from './stream-groups.js';

jest.setTimeout(60_000);

let server: Awaited<ReturnType<typeof freshRedis>>;
let database: FreshDatabase;
let redis: RedisConnection;
let record: SessionRecord;
let streams: SessionStreams;
let reader: SessionReader;

beforeAll(async () => {
  [server, database] = await Promise.all([freshRedis(), freshDatabase()]);
  const { applicationUrl } = await migrate(database.url, {
    applicationRole: `app_${randomUUID().slice(0, 8)}`,
    applicationPassword: 'secret',
  });
  record = await openRecord(applicationUrl);
  redis = connectRedis(server.url, { name: 'spec' });
  streams = new SessionStreams(redis, { groups: STREAM_GROUPS });
});
beforeEach(async () => {
  await redis.flushall();
  reader = new SessionReader(streams, record, createLogger('spec', { write: () => undefined }));
});
afterAll(async () => {
  await closeRedis(redis);
  await record.close();
  await Promise.all([server.stop(), database.drop()]);
});

const say = ({ message }: Published, sessionId = message.sessionId) =>
  streams.publish({
    sessionId,
    key: `${message.role}:1:${message.slot}`,
    type: message.type,
    role: message.role,
    body: JSON.stringify(message),
    to: [],
    opens: message.type === 'session.opened',
  });

const opened = (title: string) => published('session.opened', anOpening({ incident: anIncident({ title }) }), { vote: null });

describe('a session read from its stream', () => {
  it('is folded anew each time, whatever was read before', async () => {
    await say(opened('first'));
    expect((await reader.read(SESSION_ID))?.diagnosis).toBeUndefined();
    await say(published('diagnosis.reported', aDiagnosis()));
    const session = await reader.read(SESSION_ID);
    expect(session?.opened.message.data.incident.title).toBe('first');
    expect(session?.diagnosis?.seq).toBe(2);
  });

  it('that was lost before it was on record and opened anew is the new one', async () => {
    await say(opened('first'));
    await reader.read(SESSION_ID);
    await redis.flushall();
    await say(opened('second'));
    const session = await reader.read(SESSION_ID);
    expect(session?.opened.message.data.incident.title).toBe('second');
    expect(session?.opened.message.eventHash).toBe(opened('second').message.eventHash);
  });

  it('has what stands there now, also under an id that was read before', async () => {
    await say(opened('first'));
    const said = await say(published('diagnosis.reported', aDiagnosis({ missingEvidence: ['as it was'] })));
    expect((await reader.read(SESSION_ID))?.diagnosis?.message.data.missingEvidence).toEqual(['as it was']);
    const [opening] = await streams.read(SESSION_ID);
    const { message } = published('diagnosis.reported', aDiagnosis({ missingEvidence: ['as it is'] }));
    const kept = [
      { ...opening, key: 'gateway:1:opened' },
      { ...('entry' in said && said.entry), key: 'diagnostician:1:answer', body: JSON.stringify(message) },
    ] as StoredEntry[];
    await streams.rebuild(SESSION_ID, kept, false, { replace: true });
    expect((await reader.read(SESSION_ID))?.diagnosis?.message.data.missingEvidence).toEqual(['as it is']);
    expect((await reader.read(SESSION_ID))?.diagnosis?.message).toEqual(message);
  });

  it('that Redis has lost and the record never had is none', async () => {
    await say(opened('first'));
    await reader.read(SESSION_ID);
    await redis.flushall();
    expect(await reader.read(SESSION_ID)).toBeUndefined();
    expect(await redis.dbsize()).toBe(0);
  });

  it.each([
    ['a message of another session', JSON.stringify({ ...opened('x').message, sessionId: randomUUID() }), 'belongs to session'],
    ['no JSON', '{', 'is not JSON'],
    ['a newer schema', JSON.stringify({ ...opened('x').message, schemaVersion: 99 }), 'schema version 99'],
    ['a message that does not fit', JSON.stringify({ ...opened('x').message, data: {} }), 'does not fit its contract'],
  ])('in which stands %s cannot be read, and says why', async (_name, body, reason) => {
    await streams.publish({
      sessionId: SESSION_ID,
      key: 'gateway:1:opened',
      type: 'session.opened',
      role: 'gateway',
      body,
      to: [],
      opens: true,
    });
    const failure = await reader.read(SESSION_ID).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnrecoverableEntryError);
    expect(failure).toMatchObject({ detail: expect.stringContaining(reason) as string });
  });

  it.each([
    ['a role that may not say it', { role: 'critic' }, 'critic never says session.opened'],
    ['another session', { sessionId: randomUUID() }, 'belongs to session'],
    ['data that no value has', { data: { incident: { title: { length: { toString: 0 } } } } }, 'does not fit its contract'],
    ['a newer schema, though it would fit', { schemaVersion: 2 }, 'schema version 2'],
  ])('in which stands a message with %s is not guessed at, and the entry is named', async (_name, change, reason) => {
    const message = { ...opened('x').message, ...change } as Published['message'];
    const result = await say({ seq: 1, streamId: '1-0', message }, SESSION_ID);
    const failure = await reader.read(SESSION_ID).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      detail: expect.stringContaining(reason) as string,
      about: { id: 'entry' in result ? result.entry.id : '', fields: { type: 'session.opened' } },
    });
  });

  it('says inside what it says outside', async () => {
    await say(opened('first'));
    const { message } = published('diagnosis.reported', aDiagnosis());
    const body = JSON.stringify(message);
    await redis.xadd(sessionKey(SESSION_ID), '*', 'seq', 2, 'type', 'verdict.given', 'role', 'reviewer', 'body', body);
    await expect(reader.read(SESSION_ID)).rejects.toMatchObject({ detail: expect.stringContaining('says outside') as string });
  });

  it.each(['not-a-uuid', '{x}', '', "'; drop table incidents", 'x'.repeat(1_000)])(
    'that is none is called so: %p',
    async (name) => {
      await expect(reader.read(name)).rejects.toMatchObject({
        reason: 'unreadable',
        detail: expect.stringContaining('UUID') as string,
      });
    },
  );

  describe('whose keys somebody has tampered with', () => {
    const sessionId = randomUUID();
    const first = published('session.opened', anOpening(), { vote: null, sessionId });
    beforeAll(async () => {
      await record.append([{ seq: 1, streamId: '1000-0', body: JSON.stringify(first.message), sessionId }]);
    });

    it.each([
      ['a text stands in the place of the stream', () => redis.set(sessionKey(sessionId), 'x')],
      [
        'its first entry was deleted',
        async () => redis.xdel(sessionKey(sessionId), (await streams.read(sessionId))[0]?.id ?? ''),
      ],
      ['its stream was deleted', () => redis.del(sessionKey(sessionId))],
    ])('because %s is put back from the record', async (_name, tamper) => {
      await say(first);
      await say(published('diagnosis.reported', aDiagnosis(), { sessionId }));
      await tamper();
      const session = await reader.read(sessionId);
      expect(session?.opened.message.eventHash).toBe(first.message.eventHash);
      expect((await streams.read(sessionId)).map(({ id, type }) => [id, type])).toEqual([['1000-0', 'session.opened']]);
      expect(await streams.exists(sessionId)).toBe(true);
    });
  });

  it('in which stands an entry without the fields of an event cannot be read, and says why', async () => {
    await say(opened('first'));
    await redis.xadd(sessionKey(SESSION_ID), '*', 'rubbish', '1');
    const failure = await reader.read(SESSION_ID).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnrecoverableEntryError);
    expect(failure).toMatchObject({ detail: expect.stringContaining('lacks the fields of an event') as string });
  });

  it('is taken as it travelled with its announcement, but looked up by who is told again', async () => {
    await say(opened('first'));
    const said = await streams.read(SESSION_ID);
    await say(published('diagnosis.reported', aDiagnosis()));
    const entry = {
      ...{ inbox: 'solver', inboxId: '1-0', session: SESSION_ID, id: said[0]?.id ?? '', seq: 1, type: 'session.opened' },
      ...{ body: null, traceparent: null, deliveries: 1, said },
    };
    expect((await reader.asOf(entry))?.diagnosis).toBeUndefined();
    expect((await reader.asOf({ ...entry, deliveries: 2 }))?.diagnosis).toBeDefined();
    expect((await reader.asOf({ ...entry, said: [] }))?.diagnosis).toBeDefined();
    const [first] = said;
    if (!first) throw new Error('nothing was said');
    await expect(reader.asOf({ ...entry, said: [{ ...first, body: '{}' }] })).rejects.toThrow(UnrecoverableEntryError);
    await expect(reader.asOf({ ...entry, session: randomUUID() })).rejects.toThrow(/belongs to session/);
  });
});
