import { eventHash, isTerminal, Message, SCHEMA_VERSION } from '@inquest/contracts';
import {
  connectRedis,
  closeRedis,
  InboxReader,
  inboxKey,
  sessionKey,
  SessionStreams,
  type InboxEntry,
  type RedisConnection,
} from '@inquest/streams';
import { freshRedis } from '@inquest/testing';
import { fieldOf, goldenStreams, type RawEntry } from './files.js';

let server: Awaited<ReturnType<typeof freshRedis>>;
let redis: RedisConnection;
beforeAll(async () => {
  server = await freshRedis();
  redis = connectRedis(server.url, { name: 'golden' });
});
afterAll(async () => {
  await closeRedis(redis);
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
});

const put = async (key: string, entries: readonly RawEntry[]): Promise<void> => {
  for (const [id, fields] of entries) await redis.xadd(key, id, ...fields);
};

/** What a reader gets of an inbox until it has got so many, dead letters included. */
const handedOut = async (inbox: string, count: number): Promise<InboxEntry[]> => {
  const handed: InboxEntry[] = [];
  let finished = (): void => undefined;
  const all = new Promise<void>((resolve) => (finished = resolve));
  let seen = 0;
  const see = (): void => {
    if (++seen === count) finished();
  };
  const handler = async (entry: InboxEntry): Promise<void> => {
    handed.push(entry);
    see();
  };
  const reader = new InboxReader({ redis, inbox, consumer: 'golden', handler, onDeadLetter: see, blockMs: 50 });
  const running = reader.run();
  await all;
  await reader.stop(1_000);
  await running;
  return handed;
};

const versions = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);
const sessions = versions.flatMap((version) => goldenStreams(version).map((golden) => [version, golden.name, golden] as const));

describe.each(sessions)('version %i, %s', (_version, _name, { sessionId, session, inboxes }) => {
  const readable = session.filter((entry) => fieldOf(entry, 'body') !== undefined);

  it("has a session's stream that is read entry by entry", async () => {
    await put(sessionKey(sessionId), readable);
    const streams = new SessionStreams(redis, { groups: [] });
    const read = await streams.read(sessionId);
    expect(read.map(({ id, seq, body }) => [id, seq, body])).toEqual(
      readable.map((entry) => [entry[0], Number(fieldOf(entry, 'seq')), fieldOf(entry, 'body')]),
    );
    for (const { body, type, role } of read) {
      const message = JSON.parse(body) as Message;
      expect(Message.parse(message)).toMatchObject({ type, role, sessionId });
      expect(eventHash(message)).toBe(message.eventHash);
    }
    expect(isTerminal(read.at(-1)?.type ?? '')).toBe(true);
  });

  if (readable.length < session.length)
    it('has an entry that nobody could read, and nobody can', async () => {
      await put(sessionKey(sessionId), session);
      await expect(new SessionStreams(redis, { groups: [] }).read(sessionId)).rejects.toThrow(/lacks the fields of an event/);
    });

  it.each(Object.entries(inboxes))('has entries in the inbox of %s that are handed out', async (inbox, entries) => {
    await put(inboxKey(inbox), entries);
    await put(sessionKey(sessionId), readable);
    const streams = new SessionStreams(redis, { groups: [] });
    const handed = await handedOut(inbox, entries.length);
    expect(handed.map(({ inboxId }) => inboxId).sort()).toEqual(entries.map(([id]) => id).sort());
    // The gateway is told of a row that it is to read; everybody else gets the message.
    if (inbox === 'gateway') {
      for (const { body, session } of handed) expect(JSON.parse(body ?? 'null')).toMatchObject({ sessionId: session });
      return;
    }
    for (const entry of handed) {
      const whole = await streams.withBody(entry);
      expect(Message.parse(JSON.parse(whole?.body ?? 'null'))).toMatchObject({ sessionId, type: entry.type });
    }
  });
});
