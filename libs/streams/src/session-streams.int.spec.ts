import { DeadLetters } from './dead-letters.js';
import { Deadlines } from './deadlines.js';
import { NoSuchDeadLetterError } from './errors.js';
import { answersKey, DEADLINES_KEY, inboxKey, rebuildKeys, sessionKey } from './keys.js';
import type { StoredEntry } from './publication.js';
import { Bench, decision, diagnosis, opening, until } from './support.spec.js';
import { v7 } from 'uuid';

describe('a session beside its publishing', () => {
  let bench: Bench;
  beforeAll(async () => (bench = await Bench.start()));
  afterAll(() => bench.end());
  beforeEach(() => bench.empty());

  const keys = ['gateway:1:opened', 'diagnostician:1:answer', 'coordinator:1:decision'];
  const stored = async (sessionId: string): Promise<StoredEntry[]> =>
    (await bench.streams.read(sessionId)).map((entry, index) => ({ ...entry, key: keys[index] ?? '' }));

  describe('rebuilding', () => {
    it('puts a lost session back as it was: ids, numbers, answers, groups', async () => {
      await bench.streams.publish(opening('s1'));
      await bench.streams.publish(diagnosis('s1', { traceparent: '00-aa-bb-01' }));
      const before = await stored('s1');
      await bench.call('FLUSHALL');
      expect(await bench.streams.rebuild('s1', [...before].reverse(), false)).toBe(true);
      expect(await stored('s1')).toEqual(before);
      expect(await bench.streams.publish(diagnosis('s1', { body: '{}' }))).toMatchObject({
        status: 'already-answered',
        entry: { body: before[1]?.body },
      });
      expect(await bench.streams.publish(decision('s1'))).toMatchObject({ status: 'published', entry: { seq: 3 } });
      expect(await bench.call('EXISTS', ...rebuildKeys('s1'))).toBe(0);
    });

    it('keeps a closed session closed', async () => {
      await bench.streams.publish(opening('s1'));
      await bench.streams.publish(decision('s1'));
      const before = await stored('s1');
      await bench.call('DEL', sessionKey('s1'));
      await bench.streams.rebuild(
        's1',
        before.map((entry, index) => ({ ...entry, key: index ? 'coordinator:1:decision' : 'gateway:1:opened' })),
        true,
      );
      expect(await bench.streams.publish(diagnosis('s1'))).toEqual({ status: 'closed' });
      expect(await bench.streams.publish(decision('s1'))).toMatchObject({ status: 'already-answered' });
    });

    it('leaves a session that is there as it is, unless the record is to win', async () => {
      await bench.streams.publish(opening('s1'));
      await bench.streams.publish(diagnosis('s1', { body: '{"said":"on the stream"}' }));
      const record = (await stored('s1')).map((entry) => (entry.seq === 2 ? { ...entry, body: '{"said":"on record"}' } : entry));
      expect(await bench.streams.rebuild('s1', record, false)).toBe(false);
      expect((await bench.streams.read('s1'))[1]?.body).toBe('{"said":"on the stream"}');
      expect(await bench.streams.rebuild('s1', record, false, { replace: true })).toBe(true);
      expect((await bench.streams.read('s1'))[1]?.body).toBe('{"said":"on record"}');
    });

    it('puts entries of one id back one after the other', async () => {
      await bench.streams.publish(opening('s1'));
      const [opened] = await stored('s1');
      if (!opened) throw new Error('nothing is stored');
      const again = { ...opened, seq: 2, key: 'diagnostician:1:answer' };
      expect(await bench.streams.rebuild('s1', [opened, again], false, { replace: true })).toBe(true);
      expect((await bench.streams.read('s1')).map(({ id, seq }) => [id, seq])).toEqual([
        [opened.id, 1],
        [opened.id.replace(/\d+$/, (n) => String(Number(n) + 1)), 2],
      ]);
    });

    it('needs entries to rebuild from', async () => {
      await expect(bench.streams.rebuild('s1', [], false)).rejects.toThrow(/no stored entries/);
    });
  });

  it('lets its keys go after the given time', async () => {
    await bench.streams.publish(opening('s1'));
    await bench.streams.expire(['s1'], 100);
    expect([await bench.call('TTL', sessionKey('s1')), await bench.call('TTL', answersKey('s1'))]).toEqual([100, 100]);
  });

  const idsOf = async (id: string): Promise<string[]> => (await bench.streams.read(id)).map((entry) => entry.id);

  it('is left behind while its keys stay, or while something of it waits to be stored', async () => {
    const [open, ended, unstored, longAgo] = [v7(), v7(), v7(), v7({ msecs: Date.now() - 3_600_000 })];
    for (const id of [open, ended, unstored, longAgo]) await bench.streams.publish(opening(id));
    await bench.streams.expire([ended, unstored, longAgo], 100);
    for (const id of [open, ended]) await bench.streams.acknowledge('recorder', new Map([[id, await idsOf(id)]]));
    expect((await bench.streams.leftBehind()).toSorted()).toEqual([open, unstored].toSorted());
    for (const id of [open, unstored]) expect(await bench.streams.isLeftBehind(id)).toBe(true);
    for (const id of [ended, longAgo, v7()]) expect(await bench.streams.isLeftBehind(id)).toBe(false);
    await bench.call('PERSIST', answersKey(ended));
    await bench.call('XGROUP', 'DESTROY', sessionKey(unstored), 'recorder');
    expect((await bench.streams.leftBehind()).toSorted()).toEqual([open, ended].toSorted());
  });

  it('can be announced again', async () => {
    await bench.streams.publish(opening('s1'));
    const [entry] = await bench.streams.read('s1');
    if (entry) await bench.streams.wake('gateway', 's1', entry);
    expect(await bench.call('XLEN', inboxKey('gateway'))).toBe(1);
  });

  describe('its deadline', () => {
    it('is claimed by one of many, comes up again after the lease, and is gone once cleared', async () => {
      const deadlines = new Deadlines(bench.redis);
      await deadlines.arm('due', 1_000);
      await deadlines.arm('later', Date.now() + 60_000);
      const claims = await Promise.all([1, 2, 3].map(() => new Deadlines(bench.connect()).claimDue(150, 10)));
      expect(claims.flat()).toEqual(['due']);
      await until(async () => (await deadlines.claimDue(60_000, 10)).length === 1);
      await deadlines.clear('due');
      await deadlines.postpone('due', 1);
      expect(await deadlines.claimDue(100, 10)).toEqual([]);
      expect(await bench.call('ZCARD', DEADLINES_KEY)).toBe(1);
    });

    it('is moved back after a look, and forward by whoever needs an earlier one', async () => {
      const deadlines = new Deadlines(bench.redis);
      await deadlines.arm('s1', 5_000);
      await deadlines.postpone('s1', 9_000);
      expect(await bench.call('ZSCORE', DEADLINES_KEY, 's1')).toBe('9000');
      await deadlines.arm('s1', 7_000);
      await deadlines.arm('s1', 8_000);
      expect(await bench.call('ZSCORE', DEADLINES_KEY, 's1')).toBe('7000');
      expect(await deadlines.claimDue(1, 0)).toEqual([]);
    });
  });

  it('keeps dead letters until they are retried or dropped', async () => {
    const letters = new DeadLetters(bench.redis);
    const burial = { inbox: 'solver', inboxId: '1-1', fields: { session: 's1', type: 'x' }, deliveries: 5 };
    const first = await letters.add(burial, 'deliveries-exhausted', 'boom');
    const second = await letters.add(burial, 'my-own-reason', 'x'.repeat(10_000));
    expect(await letters.list()).toMatchObject([
      {
        id: first,
        reason: 'deliveries-exhausted',
        detail: 'boom',
        advice: expect.stringContaining('fix it, then retry') as string,
      },
      { id: second, reason: 'my-own-reason', advice: expect.stringContaining('retry or drop') as string },
    ]);
    expect(await letters.list({ after: first, limit: 5 })).toHaveLength(1);
    await letters.retry(first);
    const [[, flat] = ['', []]] = (await bench.call('XRANGE', inboxKey('solver'), '-', '+')) as [string, string[]][];
    expect(flat).toEqual(['session', 's1', 'type', 'x']);
    await letters.drop(second);
    expect(await letters.count()).toBe(0);
    await expect(letters.drop(second)).rejects.toBeInstanceOf(NoSuchDeadLetterError);
    await expect(letters.retry(first)).rejects.toBeInstanceOf(NoSuchDeadLetterError);
  });
});
