import { migrate, openRecord, type Record as SessionRecord } from '@inquest/record';
import type { RedisServer } from '@inquest/servers';
import { inboxKey } from '@inquest/streams';
import { freshDatabase, freshRedis, type FreshDatabase } from '@inquest/testing';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { aDebate, SESSION_ID } from './hand-made.js';
import { History } from './history.js';
import { Observer } from './observer.js';

const debate = aDebate();
const end = debate.at(-1)?.message;
const INBOX = inboxKey('gateway');

describe('the observer', () => {
  let database: FreshDatabase;
  let record: SessionRecord;
  let servers: RedisServer[];
  const places = { redisUrl: '', databaseUrl: '' };
  beforeAll(async () => {
    database = await freshDatabase();
    await migrate(database.url, { applicationRole: `app_${randomUUID().slice(0, 8)}`, applicationPassword: 'secret' });
    record = await openRecord(database.url);
    await record.append(debate.map(({ seq, streamId, message }) => ({ seq, streamId, body: JSON.stringify(message) })));
    servers = [await freshRedis(), await freshRedis()];
  }, 60_000);
  afterAll(async () => {
    await record.close();
    await Promise.all([database.drop(), ...servers.map((server) => server.stop())]);
  });
  beforeEach(() => Object.assign(places, { redisUrl: servers[0]?.url, databaseUrl: database.url }));

  const release = async (eventHash: string, id = '*'): Promise<void> => {
    const redis = new Redis(places.redisUrl, { protocol: 2 });
    await redis.xadd(INBOX, id, 'session', SESSION_ID, 'body', JSON.stringify({ sessionId: SESSION_ID, eventHash }));
    redis.disconnect();
  };

  const observed = async (history: History, eventHash: string): Promise<boolean | null> => {
    for (const endMs = Date.now() + 5_000; Date.now() < endMs; await pause(10)) {
      const seen = history.releases.find((one) => one.eventHash === eventHash);
      if (seen) return seen.wasRecorded;
    }
    throw new Error(`no release of ${eventHash} was seen within 5 s`);
  };

  it('tells whether the row of a release was committed when the release was seen', async () => {
    const history = new History();
    const observer = await Observer.start(places, history);
    await release('not-on-record');
    expect(await observed(history, 'not-on-record')).toBe(false);
    await release(end?.eventHash ?? '');
    expect(await observed(history, end?.eventHash ?? '')).toBe(true);
    await observer.stop();
  });

  it('says that it does not know when Postgres cannot be asked', async () => {
    const history = new History();
    const observer = await Observer.start({ ...places, databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing' }, history);
    await release('unknown');
    expect(await observed(history, 'unknown')).toBeNull();
    await observer.stop();
  });

  it('goes on after a flush, though the new stream counts from before, and on another server after a failover', async () => {
    const history = new History();
    const observer = await Observer.start(places, history);
    await release('first');
    await observed(history, 'first');
    const redis = new Redis(places.redisUrl, { protocol: 2 });
    await redis.flushall();
    redis.disconnect();
    await release('after-flush', '1-1');
    expect(await observed(history, 'after-flush')).toBe(false);
    places.redisUrl = servers[1]?.url ?? '';
    await servers[0]?.stop();
    await release('after-failover');
    expect(await observed(history, 'after-failover')).toBe(false);
    await observer.stop();
  });
});
