import type { InboxEntry } from '../entries.js';
import { inboxKey } from '../keys.js';
import { setTimeout as delay } from 'node:timers/promises';
import { Bench, decision, gate, opening, until } from '../support.spec.js';
import type { InboxReader } from './inbox-reader.js';

describe('holding entries until one of them is urgent', () => {
  let bench: Bench;
  let calls: string[][];
  beforeAll(async () => (bench = await Bench.start()));
  afterAll(() => bench.end());
  beforeEach(async () => {
    await bench.empty();
    calls = [];
  });

  const read = (holdMs: (entries: readonly InboxEntry[]) => number): InboxReader =>
    bench.read({
      inbox: 'recorder',
      batch: {
        size: 100,
        holdMs,
        handler: async (entries) => {
          calls.push(entries.map(({ type }) => type));
          return entries.map(({ inboxId }) => inboxId);
        },
      },
    });
  const untilADecision = (entries: readonly InboxEntry[]): number =>
    entries.some(({ type }) => type === 'decision.made') ? 0 : 60_000;
  const opened = (session: string) => bench.streams.publish(opening(session, { to: ['recorder'] }));
  const pending = (): Promise<number> => bench.pending(inboxKey('recorder'), 'recorder');

  it('hands over together what came in several reads, the moment that an urgent one joins', async () => {
    const reader = read(untilADecision);
    for (const [index, session] of ['s1', 's2', 's3'].entries()) {
      await opened(session);
      await until(() => reader.inHand === index + 1);
    }
    expect(calls).toEqual([]);
    expect(await pending()).toBe(3);
    await bench.streams.publish(decision('s1'));
    await until(async () => reader.inHand === 0 && (await pending()) === 0);
    expect(calls).toEqual([['session.opened', 'session.opened', 'session.opened', 'decision.made']]);
    await reader.stop(1_000);
  });

  it('lets them go when their time is over, counted from the first', async () => {
    const reader = read(() => 150);
    const openedAt = performance.now();
    await opened('s1');
    await until(() => reader.inHand === 1);
    await opened('s2');
    await until(() => calls.length > 0);
    expect(performance.now() - openedAt).toBeGreaterThanOrEqual(150);
    expect(calls).toEqual([['session.opened', 'session.opened']]);
    await reader.stop(1_000);
  });

  it('hands over what it holds when it is stopped', async () => {
    const reader = read(untilADecision);
    await opened('s1');
    await until(() => reader.inHand === 1);
    expect(await reader.stop(1_000)).toBe(0);
    expect(calls).toEqual([['session.opened']]);
    expect(await pending()).toBe(0);
  });

  it('hands over what it holds when the next read fails', async () => {
    const reader = read(untilADecision);
    await opened('s1');
    await until(() => reader.inHand === 1);
    await bench.call('XGROUP', 'DESTROY', inboxKey('recorder'), 'recorder');
    await until(() => calls.length > 0, 'the hand-over');
    expect(calls[0]).toEqual(['session.opened']);
    await reader.stop(1_000);
  });

  it('hands over what it holds as soon as a lane is free, when their time was over while none was', async () => {
    const { opened: letGo, open } = gate();
    const handled: string[] = [];
    const reader = bench.read({
      inbox: 'recorder',
      blockMs: 5_000,
      concurrency: 1,
      batch: {
        size: 100,
        holdMs: (entries) => (entries.some(({ session }) => session === 'busy') ? 0 : 200),
        handler: async (entries) => {
          for (const { session } of entries) handled.push(session);
          if (handled.length === 1) throw new Error('once more, please');
          if (entries.some(({ session }) => session === 'busy')) await letGo;
          return entries.map(({ inboxId }) => inboxId);
        },
      },
    });
    await opened('busy');
    await until(() => handled.length === 1 && reader.inHand === 1);
    await opened('s1');
    await until(() => handled.length === 2, 'the second try, which takes the only lane');
    await opened('s2');
    await delay(400);
    expect(handled).toEqual(['busy', 'busy']);
    open();
    await until(() => handled.includes('s1'), 'the hand-over', 2_000);
    await reader.stop(1_000);
  });
});
