import { RECORD } from '@inquest/agent';
import { eventHash, type Message } from '@inquest/contracts';
import { BATCH_BYTES_MAX, type Record as SessionRecord } from '@inquest/record';
import { inboxKey, sessionKey, type InboxEntry } from '@inquest/streams';
import { v7 } from 'uuid';
import { Bodies } from './bodies.js';
import { debate, decision, handedOut, Harness, ofAnotherVersion, until } from './recorder.harness.spec.js';

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(() => harness.close());

it('regression 10: releases no decision before everything it rests on is committed, with two recorders', async () => {
  const released = new Map<string, string>();
  const faults: string[] = [];
  harness.onRelease = async ({ session, body }) => {
    const { eventHash } = JSON.parse(body ?? '{}') as { eventHash: string };
    const rows = (await harness.record.sessions.messages(session)).map(({ message }) => message);
    const terminal = rows.find((message) => message.eventHash === eventHash);
    if (!terminal) faults.push(`${session}: the released event is not committed`);
    for (const cause of terminal?.causes ?? [])
      if (!rows.some((message) => message.eventHash === cause.eventHash))
        faults.push(`${session}: released without ${cause.eventId}`);
    released.set(session, eventHash);
  };
  const debates = Array.from({ length: 150 }, () => debate());
  for (const messages of debates) for (const message of messages) void harness.say(message);
  await until('150 releases', async () => released.size === 150, 25_000);
  expect(faults).toEqual([]);
  expect(debates.map((messages) => released.get(messages[0]?.sessionId ?? ''))).toEqual(
    debates.map((messages) => messages[5]?.eventHash),
  );
  expect(await harness.record.ledger.verify()).toMatchObject({ ok: true, rows: 900 });
});

it('acknowledges what is recorded, on the stream and in the inbox, and lets the ended session’s keys expire', async () => {
  const messages = debate();
  const sessionId = messages[0]?.sessionId ?? '';
  for (const message of messages) await harness.say(message);
  await harness.ended(sessionId);
  await until(
    'nothing is pending',
    async () =>
      (await harness.pendingIn(sessionKey(sessionId), 'recorder')) === 0 &&
      (await harness.pendingIn(inboxKey('recorder'), 'recorder')) === 0,
  );
  expect(await harness.expiring(sessionId)).toBeGreaterThan(3_500);
});

it('releases again what was committed by a recorder that died before it could', async () => {
  const messages = debate();
  const sessionId = messages[0]?.sessionId ?? '';
  const seen: string[] = [];
  harness.onRelease = ({ session }) => Promise.resolve(void seen.push(session));
  await harness.record.append(
    messages.map((message, index) => ({ seq: index + 1, streamId: `${Date.now()}-${index}`, body: JSON.stringify(message) })),
  );
  expect(seen).not.toContain(sessionId); // Sessions of the tests before may be released again meanwhile.
  for (const message of messages) await harness.say(message);
  await until('the release', async () => seen.includes(sessionId));
});

it('finds in the stream what its publisher stored and died before announcing', async () => {
  const messages = debate();
  const sessionId = messages[0]?.sessionId ?? '';
  for (const message of messages) await harness.say(message, message.type === 'plan.proposed' ? [] : ['recorder']);
  await harness.ended(sessionId);
  expect((await harness.record.sessions.messages(sessionId)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
});

it('holds no more bodies at once than one statement takes', async () => {
  const openings = Array.from({ length: 24 }, () => debate()[0] as Message);
  const padded = openings.map((message) => ({ message, body: JSON.stringify({ ...message, padding: 'x'.repeat(900_000) }) }));
  const entries: InboxEntry[] = [];
  for (const { message, body } of padded) {
    const { sessionId, type, role } = message;
    const result = await harness.streams.publish({ sessionId, key: 'gateway:1:opened', type, role, body, to: [], opens: true });
    if (result.status === 'published') entries.push(handedOut(message, { id: result.entry.id, body: null }));
  }
  const seen: string[] = [];
  for await (const { delivered } of harness.partOf(Bodies).slices(entries)) {
    expect(delivered.reduce((bytes, { body }) => bytes + body.length, 0)).toBeLessThanOrEqual(BATCH_BYTES_MAX);
    seen.push(...delivered.map(({ session }) => session));
  }
  expect(seen).toEqual(openings.map(({ sessionId }) => sessionId));
  for await (const { delivered } of harness.partOf(Bodies).slices(entries.slice(0, 3), 1_000))
    expect(delivered.length).toBeLessThanOrEqual(1);
  await harness.redis.del(...openings.map(({ sessionId }) => sessionKey(sessionId)));
});

it('records the end of a session whose stream is gone and whose record cannot be read', async () => {
  const sessionId = v7();
  const [opened, diagnosis] = debate(sessionId) as [Message, Message];
  const seen: string[] = [];
  harness.onRelease = ({ session }) => Promise.resolve(void seen.push(session));
  await harness.record.append(
    [opened, ofAnotherVersion(diagnosis)].map((message, index) => ({
      seq: index + 1,
      streamId: `${Date.now()}-${index}`,
      body: JSON.stringify(message),
    })),
  );
  const failed = decision(sessionId, opened.incidentId, [opened]);
  expect(await harness.say(failed)).toEqual({ status: 'gone' });
  const body = JSON.stringify(failed);
  await harness.streams.wake('recorder', sessionId, {
    ...{ id: `${Date.now()}-0`, seq: 3, type: failed.type, role: failed.role, body, traceparent: null },
  });
  const terminal = await until('the end is on record', () => harness.terminalOf(sessionId));
  expect(terminal).toMatchObject({ seq: 3, envelope: { eventHash: failed.eventHash } });
  await until('the release', async () => seen.includes(sessionId));
});

it('keeps what a newer version wrote as it came, and nobody of this version reads it', async () => {
  const [opened, diagnosis] = debate() as [Message, Message];
  const { eventHash: _, ...newer } = { ...diagnosis, schemaVersion: 2 };
  const message = { ...newer, eventHash: eventHash(newer) } as Message;
  await harness.say(opened);
  await harness.say(message);
  const [, row] = await until('both are on record', async () => {
    const rows = await harness.record.sessions.events(opened.sessionId);
    return rows.length === 2 && rows;
  });
  expect(row).toMatchObject({ published: null, problem: expect.stringContaining('schema version 2') as string });
  expect(eventHash(row?.envelope as Message)).toBe(message.eventHash);
  await expect(harness.record.sessions.messages(opened.sessionId)).rejects.toThrow(/cannot be read by this version/);
});

it('is ready as long as Postgres answers', async () => {
  for (const { app } of harness.recorders)
    await expect(app.get<SessionRecord>(RECORD, { strict: false }).ping()).resolves.toBeUndefined();
});
