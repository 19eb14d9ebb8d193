import { answersKey, DEAD_LETTER_KEY, inboxKey, sessionKey } from './keys.js';
import { DeadLetters } from './dead-letters.js';
import { IncompleteDeadLetterError } from './errors.js';
import type { InboxEntry } from './entries.js';
import { Bench, diagnosis, GROUPS, opening, until } from './support.spec.js';

const MEGABYTES = 10 * 1_024 * 1_024;

/** What might stand in an inbox when somebody else than a publisher writes there. */
const MALFORMED: readonly (readonly [name: string, fields: readonly (string | Buffer | number)[], reason: string])[] = [
  ['no field of ours', ['what', 'is this'], 'unreadable'],
  ['no session', ['id', '1-1', 'seq', 1, 'type', 'x'], 'unreadable'],
  ['an empty session', ['session', '', 'id', '1-1', 'seq', 1, 'type', 'x'], 'unreadable'],
  ['no type', ['session', 's1', 'id', '1-1', 'seq', 1], 'unreadable'],
  ['an id that is none', ['session', 's1', 'id', 'latest', 'seq', 1, 'type', 'x'], 'unreadable'],
  ['a number that is none', ['session', 's1', 'id', '1-1', 'seq', 'first', 'type', 'x'], 'unreadable'],
  ['a number below one', ['session', 's1', 'id', '1-1', 'seq', -7, 'type', 'x'], 'unreadable'],
  ['a number beyond all', ['session', 's1', 'id', '1-1', 'seq', '9'.repeat(400), 'type', 'x'], 'unreadable'],
  ['a trace without end', ['session', 's1', 'id', '1-1', 'seq', 1, 'type', 'x', 'traceparent', 'x'.repeat(300)], 'unreadable'],
  ['bytes that are no text', [Buffer.from([0xff, 0xfe]), Buffer.from([0x80, 0xc3, 0x28])], 'unreadable'],
  ['names of members that all objects have', ['__proto__', 'a', 'constructor', 'b', 'toString', 'c'], 'unreadable'],
  ['ten megabytes of nothing', ['blob', 'x'.repeat(MEGABYTES)], 'unreadable'],
];

describe('what no publisher writes', () => {
  let bench: Bench;
  let handled: InboxEntry[];
  beforeAll(async () => (bench = await Bench.start()));
  afterAll(() => bench.end());
  beforeEach(async () => {
    await bench.empty();
    handled = [];
  });

  const write = (key: string, fields: readonly (string | Buffer | number)[]): Promise<unknown> =>
    (bench.redis as unknown as { call(name: string, ...args: unknown[]): Promise<unknown> }).call('XADD', key, '*', ...fields);
  const read = (handler = async (entry: InboxEntry) => void handled.push(entry)) => bench.read({ inbox: 'solver', handler });

  it.each(MALFORMED)(
    'an entry with %s becomes a dead letter with its reason, and the next one is handled',
    async (_, fields, reason) => {
      await write(inboxKey('solver'), fields);
      await bench.streams.publish(opening('s2', { to: ['solver'] }));
      read();
      await until(async () => handled.length === 1 && (await bench.pending(inboxKey('solver'), 'solver')) === 0);
      expect(handled[0]?.session).toBe('s2');
      const letters = await bench.deadLetters.list();
      expect(letters).toMatchObject([{ reason, inbox: 'solver', errorClass: '' }]);
      expect(letters[0]?.detail.length).toBeGreaterThan(10);
      expect(JSON.stringify(letters).length).toBeLessThan(600_000);
    },
  );

  it('an entry that breaks its handler says with what kind of error and where, and no secret of it', async () => {
    class Ledger {
      async enter(): Promise<void> {
        throw new TypeError('cannot reach postgres://app:hunter2@db/orders');
      }
    }
    await bench.streams.publish(opening('s1', { to: ['solver'] }));
    const told: string[] = [];
    bench.read({
      inbox: 'solver',
      deliveriesMax: 3,
      redact: (text) => text.replaceAll('hunter2', '[REDACTED]'),
      onDeadLetter: ({ errorClass, detail }) => void told.push(errorClass, detail),
      handler: () => new Ledger().enter(),
    });
    await until(async () => (await bench.deadLetters.count()) === 1 && told.length === 2);
    const [letter] = await bench.deadLetters.list();
    expect(letter).toMatchObject({
      ...{ reason: 'deliveries-exhausted', errorClass: 'TypeError at Ledger.enter', deliveries: 3 },
      detail: 'failed 3 times, last with: cannot reach postgres://app:[REDACTED]@db/orders',
    });
    expect(told).toEqual([letter?.errorClass, letter?.detail]);
    expect(JSON.stringify(await bench.call('XRANGE', DEAD_LETTER_KEY, '-', '+'))).not.toContain('hunter2');
  });

  it('among the dead letters hides none of them', async () => {
    await bench.deadLetters.add({ inbox: 'solver', inboxId: '1-1', fields: { a: 'b' }, deliveries: 1 }, 'refused', 'first');
    await write(DEAD_LETTER_KEY, ['what', 'is this']);
    await write(DEAD_LETTER_KEY, [...letterFields('{ no JSON')]);
    await write(DEAD_LETTER_KEY, [...letterFields('{"a":1}')]);
    await write(DEAD_LETTER_KEY, [...letterFields('{}', 'constructor')]);
    const letters = await bench.deadLetters.list();
    expect(letters.map(({ reason }) => reason)).toEqual([
      'refused',
      'not-a-letter',
      'not-a-letter',
      'not-a-letter',
      'constructor',
    ]);
    for (const { advice, detail } of letters) expect([typeof advice, detail === '']).toEqual(['string', false]);
    await expect(bench.deadLetters.retry(letters[1]?.id ?? '')).rejects.toBeInstanceOf(IncompleteDeadLetterError);
    for (const { id } of letters) await bench.deadLetters.drop(id);
    expect(await bench.deadLetters.count()).toBe(0);
  });

  it('that is enormous is kept as far as it can be shown, and is not put back as something else', async () => {
    const id = await bench.deadLetters.add(
      { inbox: 'solver', inboxId: '1-1', fields: { session: 's1', body: 'x'.repeat(MEGABYTES) }, deliveries: 1 },
      'unreadable',
      `it holds ${'y'.repeat(MEGABYTES)}`,
    );
    const [letter] = await bench.deadLetters.list();
    expect(letter).toMatchObject({ id, cutChars: MEGABYTES - 256 * 1_024 });
    expect(JSON.stringify(letter).length).toBeLessThan(300_000);
    await expect(bench.deadLetters.retry(id)).rejects.toThrow(/does not hold its whole entry/);
    expect(await bench.deadLetters.count()).toBe(1);
  });

  it('of a newer reader is handled once that reader is there: a retry is a delivery like any other', async () => {
    const old = read(() => Promise.reject(new Error('I do not know this')));
    await old.stop(0);
    const letters = new DeadLetters(bench.redis);
    await letters.add(
      { inbox: 'solver', inboxId: '1-1', fields: { session: 's1', id: '1-1', seq: '1', type: 'new' }, deliveries: 1 },
      'newer-schema',
      'x',
    );
    const [letter] = await letters.list();
    bench.read({ inbox: 'solver', consumer: 'upgraded', handler: async (entry) => void handled.push(entry) });
    await letters.retry(letter?.id ?? '');
    await until(() => handled.length === 1);
    expect(handled[0]).toMatchObject({ session: 's1', id: '1-1', seq: 1, type: 'new', deliveries: 1 });
    expect(await letters.count()).toBe(0);
  });

  describe('in the keys of a session', () => {
    const stored = [
      { id: '1-0', seq: 1, key: 'gateway:1:opened', type: 'session.opened', role: 'gateway', body: '{"said":"opened"}' },
    ];

    it.each([
      ['its stream', sessionKey('s1')],
      ['its answers', answersKey('s1')],
    ])('%s of another kind is as good as gone, and a rebuild puts it right', async (_, key) => {
      await bench.streams.publish(opening('s1'));
      await bench.call('SET', key, 'somebody else');
      expect(await bench.streams.exists('s1')).toBe(false);
      expect(await bench.streams.publish(diagnosis('s1'))).toEqual({ status: 'gone' });
      expect(await bench.streams.rebuild('s1', stored, false)).toBe(true);
      expect(await bench.streams.exists('s1')).toBe(true);
      expect((await bench.streams.publish(diagnosis('s1'))).status).toBe('published');
      expect((await bench.streams.read('s1')).map(({ type }) => type)).toEqual(['session.opened', 'diagnosis.reported']);
      for (const group of GROUPS) expect(await bench.pending(sessionKey('s1'), group)).toBeGreaterThanOrEqual(0);
    });

    it('an entry that is none stops who judges the session and not who only hands on what there is', async () => {
      await bench.streams.publish(opening('s1'));
      await write(sessionKey('s1'), [Buffer.from([0xff]), Buffer.from([0xfe])]);
      await bench.streams.publish(diagnosis('s1'));
      await expect(bench.streams.read('s1')).rejects.toMatchObject({
        reason: 'unreadable',
        about: { id: expect.any(String) as string },
      });
      expect((await bench.streams.readable('s1')).map(({ seq }) => seq)).toEqual([1, 2]);
    });

    it('numbers that jump do not change the numbers that follow', async () => {
      await bench.streams.publish(opening('s1'));
      await write(sessionKey('s1'), ['seq', 4_000_000_000, 'type', 'x', 'role', 'y', 'body', '{}']);
      const result = await bench.streams.publish(diagnosis('s1'));
      expect(result).toMatchObject({ status: 'published', entry: { seq: 2 } });
    });
  });
});

const letterFields = (fields: string, reason = 'refused') => [
  ...['inbox', 'solver', 'inboxId', '1-1', 'reason', reason, 'detail', 'x', 'deliveries', '1', 'fields', fields],
];
