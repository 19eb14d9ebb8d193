import { causeOf, emptySnapshot, eventHash, type Message } from '@inquest/contracts';
import { anIncident } from '@inquest/testing';
import { COLUMNS } from '../envelope/columns.js';
import type { RecordableEvent } from '../index.js';
import { aDebate, eventOf, freshRecord, type FreshRecord } from '../testing/fixtures.spec.js';

let fresh: FreshRecord;
beforeAll(async () => (fresh = await freshRecord()));
afterAll(() => fresh.close());

const bodyWith = (event: RecordableEvent, change: (message: Record<string, unknown>) => void): RecordableEvent => {
  const message = JSON.parse(event.body) as Record<string, unknown>;
  change(message);
  return { ...event, body: JSON.stringify(message) };
};

it('knows the columns of its input type in their order', async () => {
  const rows = await fresh.sql(
    `SELECT a.attname, t.typname FROM pg_type c JOIN pg_attribute a ON a.attrelid = c.typrelid JOIN pg_type t ON t.oid = a.atttypid
      WHERE c.typname = 'agent_session_input' ORDER BY a.attnum`,
  );
  expect(rows.map(({ attname, typname }) => [attname, typname])).toEqual(COLUMNS.map(([name, type]) => [name, type]));
});

it('has exactly four indexes over all rows beside the primary key, all of two columns, and one over decisions alone', async () => {
  const rows = await fresh.sql(
    `SELECT i.indnatts AS columns, a.amname AS method, pg_get_expr(i.indpred, i.indrelid) AS only
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
      WHERE i.indrelid = 'agent_sessions'::regclass AND NOT i.indisprimary ORDER BY i.indnatts, c.relname`,
  );
  const composite = (only: string | null) => ({ columns: 2, method: 'btree', only });
  expect(rows).toEqual([
    { columns: 1, method: 'gin', only: "(type = 'decision.made'::text)" },
    ...[null, '(outcome IS NOT NULL)', null, null].map(composite),
  ]);
});

it('appends a debate, and gives back each message exactly', async () => {
  const debate = aDebate();
  const result = await fresh.record.append(debate.events);
  expect(result).toMatchObject({ inserted: 6, repeated: 0, superseded: [], waiting: [], poisoned: [] });
  expect(result.terminals).toEqual([
    expect.objectContaining({
      sessionId: debate.sessionId,
      type: 'decision.made',
      seq: 6,
      eventHash: debate.messages[5]?.message.eventHash,
    }),
  ]);
  expect(await fresh.record.sessions.messages(debate.sessionId)).toEqual(debate.messages);
});

it('appends nothing twice, and still names the terminal event of a repeated batch', async () => {
  const debate = aDebate();
  await fresh.record.append(debate.events);
  const heads = await fresh.record.ledger.heads();
  const again = await fresh.record.append(debate.events);
  expect(again).toMatchObject({ inserted: 0, repeated: 6, waiting: [], superseded: [] });
  expect(again.terminals).toHaveLength(1);
  expect(await fresh.record.ledger.heads()).toEqual(heads);
});

it('takes the same event twice in one batch for one', async () => {
  const debate = aDebate();
  expect(await fresh.record.append([...debate.events, ...debate.events])).toMatchObject({ inserted: 6, repeated: 6 });
});

it('keeps an event whose causes are not committed waiting, and everything that rests on it', async () => {
  const debate = aDebate();
  const [opened, , plan, verdict, critique, decision] = debate.events as [RecordableEvent, ...RecordableEvent[]];
  const early = await fresh.record.append([opened, plan!, verdict!, critique!, decision!]);
  expect(early.inserted).toBe(1);
  expect(early.waiting.map(({ event }) => event.seq).toSorted()).toEqual([3, 4, 5, 6]);
  expect(early.waiting[0]?.missing).toEqual([debate.messages[1]?.message.eventHash]);
  expect(early.terminals).toEqual([]);
  expect(await fresh.record.append(debate.events)).toMatchObject({ inserted: 5, repeated: 1, waiting: [] });
});

it('accepts causes in the same batch, in whatever order they come', async () => {
  const debate = aDebate();
  expect(await fresh.record.append(debate.events.toReversed())).toMatchObject({ inserted: 6, waiting: [] });
});

it('lets the row win over a newcomer with another hash, and over what rests on the newcomer', async () => {
  const debate = aDebate();
  const other = aDebate({ sessionId: debate.sessionId, incidentId: debate.incidentId, tag: 'other' });
  await fresh.record.append(debate.events.slice(0, 2));
  const late = await fresh.record.append(other.events.slice(1, 3));
  expect(late.inserted).toBe(0);
  expect(late.superseded).toEqual([
    expect.objectContaining({ eventHash: other.messages[1]?.message.eventHash, rowHash: debate.messages[1]?.message.eventHash }),
    expect.objectContaining({ eventHash: other.messages[2]?.message.eventHash, rowHash: null }),
  ]);
  expect(await fresh.record.sessions.messages(debate.sessionId)).toEqual(debate.messages.slice(0, 2));
});

it('ends a session once, whoever wants to end it again', async () => {
  const debate = aDebate();
  await fresh.record.append(debate.events);
  const failure = bodyWith(debate.events[5]!, (message) => {
    message['type'] = 'session.failed';
    message['role'] = 'recorder';
    message['data'] = { code: 'poisoned', reason: 'late', detail: '' };
    message['eventHash'] = eventHash(message as unknown as Message);
  });
  const result = await fresh.record.append([failure]);
  expect(result.superseded).toHaveLength(1);
  expect(result.terminals).toEqual([expect.objectContaining({ type: 'decision.made' })]);
});

it('closes the open session with the row that ends it', async () => {
  const accepted = await fresh.record.incidents.accept(anAcceptance('closes'));
  const debate = aDebate({ sessionId: accepted.sessionId, incidentId: accepted.incidentId });
  await fresh.record.append(debate.events.slice(0, 5));
  expect(await fresh.record.openSessions.isOpen(accepted.sessionId)).toBe(true);
  await fresh.record.append(debate.events.slice(5));
  expect(await fresh.record.openSessions.isOpen(accepted.sessionId)).toBe(false);
});

it('cuts a delivery of 1 300 events into batches of at most 500', async () => {
  const before = (await fresh.record.ledger.head())?.n ?? 0;
  const debates = Array.from({ length: 217 }, () => aDebate());
  expect(await fresh.record.append(debates.flatMap(({ events }) => events))).toMatchObject({ inserted: 1_302, waiting: [] });
  expect((await fresh.record.ledger.head())?.n).toBe(before + 3);
});

describe('a row that cannot be stored', () => {
  it.each([
    ['a NUL byte in its data', (m: Record<string, unknown>) => (m['data'] = { summary: 'a\0b' })],
    ['half a surrogate pair in its data', (m: Record<string, unknown>) => (m['data'] = { summary: 'a\ud800b' })],
    ['half a surrogate pair in a column of its own', (m: Record<string, unknown>) => (m['ruleSet'] = 'a\udc00')],
    ['a number that no column holds', (m: Record<string, unknown>) => (m['schemaVersion'] = 2 ** 40)],
  ])('regression 11: with %s is kept as bytes and stops nobody', async (_, spoil) => {
    const [good, bad, alsoGood] = [aDebate(), aDebate(), aDebate()];
    const spoilt = bodyWith(bad.events[3]!, spoil);
    const events = [...good.events, ...bad.events.slice(0, 3), spoilt, bad.events[4]!, ...alsoGood.events];
    const result = await fresh.record.append(events);
    expect(result).toMatchObject({ inserted: 16, waiting: [], superseded: [] });
    expect(result.poisoned).toEqual([expect.objectContaining({ sessionId: bad.sessionId, incidentId: bad.incidentId })]);
    const [kept] = await fresh.record.poisoned.list(1);
    expect(kept).toMatchObject({
      sessionId: bad.sessionId,
      streamId: spoilt.streamId,
      seq: 4,
      bytes: Buffer.from(spoilt.body, 'utf8'),
    });
  });

  it.each([5_000, 100_000])('with data nested %i deep is kept as bytes', async (depth) => {
    const { events } = aDebate();
    const deep = {
      ...events[0]!,
      body: events[0]!.body.replace('"data":{', `"data":{"deep":${'['.repeat(depth)}${']'.repeat(depth)},`),
    };
    expect(await fresh.record.append([deep, ...aDebate().events])).toMatchObject({ inserted: 6, poisoned: [{ event: deep }] });
  });

  it.each([
    ['an enum value that nobody knows', (m: Record<string, unknown>) => (m['mind'] = 'intuition'), /mind/],
    ['a vote that is an object', (m: Record<string, unknown>) => (m['vote'] = { value: 'APPROVE' }), /vote/],
    ['no data at all', (m: Record<string, unknown>) => delete m['data'], /output_json|data/],
  ])('regression 6: with %s fails loudly, naming the field', async (_, spoil, reason) => {
    const debate = aDebate();
    const result = await fresh.record.append([debate.events[0]!, bodyWith(debate.events[1]!, spoil)]);
    expect(result.inserted).toBe(1);
    expect(result.poisoned).toEqual([
      expect.objectContaining({ sessionId: debate.sessionId, reason: expect.stringMatching(reason) as string }),
    ]);
  });

  it('keeps the same bytes once, however often they are delivered', async () => {
    const event = { seq: 1, streamId: '77-1', body: 'no json', sessionId: aDebate().sessionId };
    await fresh.record.append([event]);
    await fresh.record.append([event]);
    expect(await fresh.sql(`SELECT count(*)::int AS n FROM poisoned_events WHERE stream_id = '77-1'`)).toEqual([{ n: 1 }]);
  });
});

it('lets two recorders append the same debates at once: each row once, and one whole chain', async () => {
  const second = await fresh.another();
  const debates = Array.from({ length: 120 }, () => aDebate());
  const deliveries = debates.flatMap(({ events }) => [events.slice(0, 3), events.slice(2), events]);
  const halves = [deliveries, deliveries.toReversed()];
  const inserted: number[] = [];
  await Promise.all(
    halves.map(async (half, index) => {
      const record = index === 0 ? fresh.record : second;
      for (const delivery of half) inserted.push((await record.append(delivery)).inserted);
    }),
  );
  expect(inserted.reduce((sum, n) => sum + n, 0)).toBe(720);
  const verification = await fresh.record.ledger.verify();
  expect(verification).toMatchObject({ ok: true, findings: [] });
  const counts = await fresh.sql(
    'SELECT (SELECT count(*) FROM agent_sessions)::int AS rows, (SELECT count(DISTINCT created_at) FROM agent_sessions)::int AS batches',
  );
  expect(counts).toEqual([{ rows: verification.rows, batches: verification.entries }]);
});

it('never has a decision on record without everything it rests on, whatever two recorders are given', async () => {
  const second = await fresh.another();
  const debate = aDebate();
  const [one, two] = await Promise.all([
    fresh.record.append([debate.events[5]!, debate.events[3]!, debate.events[0]!]),
    second.append([debate.events[1]!, debate.events[2]!, debate.events[4]!]),
  ]);
  expect(one.inserted + two.inserted + one.waiting.length + two.waiting.length).toBe(6);
  const committed = await fresh.record.sessions.messages(debate.sessionId);
  const hashes = new Set(committed.map(({ message }) => message.eventHash));
  for (const { message } of committed) for (const cause of message.causes) expect(hashes).toContain(cause.eventHash);
});

it('names a cause by id and hash', () => {
  const { messages } = aDebate();
  expect(messages[1]?.message.causes).toEqual([causeOf(messages[0]!.message)]);
  expect(eventOf(messages[0]!).seq).toBe(1);
});

const anAcceptance = (fingerprint: string) => ({
  incident: anIncident({ fingerprint }),
  evidence: emptySnapshot(),
  path: 'debate' as const,
  limits: { turnMs: 5_000, debateMs: 30_000 },
});
