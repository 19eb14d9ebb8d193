import type { InboxEntry } from '../entries.js';
import { TryAgainLaterError, UnrecoverableEntryError } from '../errors.js';
import { aliveKey, inboxKey } from '../keys.js';
import { pressure } from '../pressure.js';
import { Bench, diagnosis, gate, opening, until } from '../support.spec.js';

describe('reading an inbox', () => {
  let bench: Bench;
  let handled: InboxEntry[];
  beforeAll(async () => (bench = await Bench.start()));
  afterAll(() => bench.end());
  beforeEach(async () => {
    await bench.empty();
    handled = [];
  });

  const recording = async (entry: InboxEntry): Promise<void> => void handled.push(entry);
  const open = async (count: number, prefix = 's'): Promise<void> => {
    await Promise.all(
      Array.from({ length: count }, (_, n) => bench.streams.publish(opening(`${prefix}${n}`, { to: ['solver'] }))),
    );
  };
  const consumers = async (): Promise<string[]> => {
    const rows = (await bench.call('XINFO', 'CONSUMERS', inboxKey('solver'), 'solver')) as (string | number)[][];
    return rows.map((row) => String(row[1])).sort();
  };
  const pendingInbox = (): Promise<number> => bench.pending(inboxKey('solver'), 'solver');

  it('hands out what was written before it ever ran, with all that is known about it, and acknowledges it', async () => {
    await bench.streams.publish(opening('s1', { to: ['solver'], traceparent: '00-aa-bb-01' }));
    const reader = bench.read({ inbox: 'solver', handler: recording });
    await until(() => handled.length === 1);
    const [stored] = await bench.streams.read('s1');
    expect(handled[0]).toEqual({
      ...{ inbox: 'solver', session: 's1', id: stored?.id, seq: 1, type: 'session.opened', body: '{"said":"opened"}' },
      ...{ traceparent: '00-aa-bb-01', said: [], deliveries: 1, inboxId: expect.stringMatching(/^\d+-\d+$/) as string },
    });
    await until(async () => (await pendingInbox()) === 0);
    await reader.stop(1_000);
  });

  it('handles as many at a time as it may, and not one more', async () => {
    await open(10);
    const { opened, open: letGo } = gate();
    let atWork = 0;
    let most = 0;
    const reader = bench.read({
      inbox: 'solver',
      concurrency: 3,
      handler: async (entry) => {
        most = Math.max(most, ++atWork);
        await opened;
        atWork -= 1;
        handled.push(entry);
      },
    });
    await until(() => atWork === 3);
    expect(await pendingInbox()).toBe(3);
    letGo();
    await until(() => handled.length === 10);
    expect(most).toBe(3);
    await reader.stop(1_000);
  });

  it('delivers again what a handler failed over, and counts it', async () => {
    await open(1);
    const reader = bench.read({
      inbox: 'solver',
      handler: async (entry) => {
        handled.push(entry);
        if (handled.length < 3) throw new Error('not yet');
      },
    });
    await until(async () => handled.length === 3 && (await pendingInbox()) === 0);
    expect(handled.map(({ deliveries }) => deliveries)).toEqual([1, 2, 3]);
    expect(await bench.deadLetters.list()).toEqual([]);
    await reader.stop(1_000);
  });

  it('makes a dead letter of what always fails, tells of it, and goes on with the others', async () => {
    await open(3);
    const told: string[] = [];
    const reader = bench.read({
      inbox: 'solver',
      deliveriesMax: 3,
      concurrency: 1,
      onDeadLetter: ({ entry, reason }) => void told.push(`${entry?.session} ${reason}`),
      handler: async (entry) => {
        if (entry.session === 's1') throw new Error('poison');
        handled.push(entry);
      },
    });
    await until(async () => handled.length === 2 && told.length === 1 && (await pendingInbox()) === 0);
    const [letter] = await bench.deadLetters.list();
    expect(told).toEqual(['s1 deliveries-exhausted']);
    expect(letter).toMatchObject({
      inbox: 'solver',
      reason: 'deliveries-exhausted',
      deliveries: 3,
      fields: { session: 's1', body: '{"said":"opened"}' },
    });
    expect(letter?.detail).toContain('failed 3 times, last with: poison');
    expect(letter?.advice).toContain('retry');
    await reader.stop(1_000);
  });

  it('buries at once what its handler calls unrecoverable, and what it cannot read', async () => {
    await bench.call('XADD', inboxKey('solver'), '*', 'what', 'is this');
    await open(1);
    const reader = bench.read({
      inbox: 'solver',
      handler: () => Promise.reject(new UnrecoverableEntryError('superseded', 'the row wins')),
    });
    await until(async () => (await bench.deadLetters.count()) === 2 && (await pendingInbox()) === 0);
    const letters = await bench.deadLetters.list();
    expect(letters.map(({ reason }) => reason).sort()).toEqual(['superseded', 'unreadable']);
    expect(letters.find(({ reason }) => reason === 'unreadable')).toMatchObject({
      fields: { what: 'is this' },
      detail: expect.stringContaining('session') as string,
    });
    await reader.stop(1_000);
  });

  it('counts no delivery while something outside is away', async () => {
    await open(1);
    const reader = bench.read({
      inbox: 'solver',
      deliveriesMax: 2,
      handler: async (entry) => {
        handled.push(entry);
        if (handled.length <= 5) throw new TryAgainLaterError(5, 'the database is away');
      },
    });
    await until(async () => handled.length === 6 && (await pendingInbox()) === 0);
    expect(handled.every(({ deliveries }) => deliveries === 1)).toBe(true);
    await reader.stop(1_000);
  });

  it('first takes what it had in a former life under the same name', async () => {
    await open(2);
    await bench.call('XGROUP', 'CREATE', inboxKey('solver'), 'solver', '0');
    await bench.call('XREADGROUP', 'GROUP', 'solver', 'first', 'COUNT', 1, 'STREAMS', inboxKey('solver'), '>');
    const reader = bench.read({ inbox: 'solver', handler: recording });
    await until(() => handled.length === 2);
    expect(handled.map(({ session, deliveries }) => `${session} ${deliveries}`)).toEqual(['s0 2', 's1 1']);
    await reader.stop(1_000);
  });

  it('claims the entries of a peer that shows no sign of life, long before they count as abandoned', async () => {
    await open(2);
    await bench.call('XGROUP', 'CREATE', inboxKey('solver'), 'solver', '0');
    await bench.call('SET', aliveKey('solver', 'dead'), '1', 'PX', 300);
    await bench.call('XREADGROUP', 'GROUP', 'solver', 'dead', 'COUNT', 2, 'STREAMS', inboxKey('solver'), '>');
    const from: string[] = [];
    const reader = bench.read({
      inbox: 'solver',
      handler: recording,
      claimAfterMs: 600_000,
      events: { claimed: (event) => void from.push(`${event.from} ${event.why}`) },
    });
    await until(() => handled.length === 2);
    expect(from).toEqual(['dead silent-peer']);
    expect(handled.every(({ deliveries }) => deliveries === 2)).toBe(true);
    await reader.stop(1_000);
  });

  it('leaves alone what a living peer takes long over', async () => {
    await open(1);
    const { opened, open: letGo } = gate();
    let started = 0;
    const slow = async (): Promise<void> => {
      started += 1;
      await opened;
    };
    const first = bench.read({ inbox: 'solver', consumer: 'first', concurrency: 1, handler: slow, claimAfterMs: 450 });
    await until(() => started === 1);
    const second = bench.read({ inbox: 'solver', consumer: 'second', handler: recording, claimAfterMs: 450 });
    await open(1, 'later');
    await until(() => handled.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // Twice the time after which it would count as abandoned.
    expect(handled).toHaveLength(1);
    letGo();
    await until(async () => (await pendingInbox()) === 0);
    await Promise.all([first.stop(1_000), second.stop(1_000)]);
  });

  it('claims what lies idle under the name of a consumer that lives but has lost it', async () => {
    await open(1);
    await bench.call('XGROUP', 'CREATE', inboxKey('solver'), 'solver', '0');
    await bench.call('XREADGROUP', 'GROUP', 'solver', 'zombie', 'COUNT', 1, 'STREAMS', inboxKey('solver'), '>');
    await bench.call('SET', aliveKey('solver', 'zombie'), '1');
    const why: string[] = [];
    const reader = bench.read({
      inbox: 'solver',
      handler: recording,
      claimAfterMs: 450,
      events: { claimed: (event) => void why.push(event.why) },
    });
    await until(() => handled.length === 1);
    expect(why).toEqual(['abandoned']);
    expect(handled[0]?.deliveries).toBe(2);
    await reader.stop(1_000);
  });

  it('finds a reply that was lost on its way to it', async () => {
    const { opened, open: letGo } = gate();
    const why: string[] = [];
    const reader = bench.read({
      inbox: 'solver',
      concurrency: 1,
      handler: async (entry) => {
        handled.push(entry);
        await opened;
      },
      claimAfterMs: 600_000,
      events: { claimed: (event) => void why.push(event.why) },
    });
    await open(1, 'busy');
    await until(() => handled.length === 1);
    await open(1, 'lost');
    // Handed out under its name while it does not read: what a reply that never arrived looks like.
    await bench.call('XREADGROUP', 'GROUP', 'solver', 'first', 'COUNT', 1, 'STREAMS', inboxKey('solver'), '>');
    letGo();
    await until(() => handled.length === 2);
    expect(handled[1]).toMatchObject({ session: 'lost0', deliveries: 2 });
    expect(why).toEqual(['own-pending']);
    await reader.stop(1_000);
  });

  it('recreates its group after a flush and misses nothing that was written before it noticed', async () => {
    let recreated = 0;
    const reader = bench.read({ inbox: 'solver', handler: recording, events: { noGroup: () => void (recreated += 1) } });
    await open(1);
    await until(() => handled.length === 1);
    await bench.call('FLUSHALL');
    await open(5, 'after');
    await until(() => handled.length === 6);
    expect(recreated).toBeGreaterThan(0);
    await bench.call('XGROUP', 'DESTROY', inboxKey('solver'), 'solver');
    await open(1, 'again');
    await until(() => handled.some(({ session }) => session === 'again0'));
    await reader.stop(1_000);
  });

  it('finishes what is in hand when it stops, and leaves its group without a trace', async () => {
    await open(3);
    const { opened, open: letGo } = gate();
    let started = 0;
    const reader = bench.read({
      inbox: 'solver',
      handler: async (entry) => {
        started += 1;
        await opened;
        handled.push(entry);
      },
    });
    await until(() => started === 3);
    const stopping = reader.stop(5_000);
    await open(1, 'late');
    letGo();
    expect(await stopping).toBe(0);
    expect(handled.map(({ session }) => session).sort()).toEqual(expect.arrayContaining(['s0', 's1', 's2']));
    expect(await consumers()).toEqual([]);
    expect(await bench.call('EXISTS', aliveKey('solver', 'first'))).toBe(0);
  });

  it('leaves pending what does not finish within the grace, for a peer to claim at once', async () => {
    await open(2);
    const aborted: boolean[] = [];
    let started = 0;
    const first = bench.read({
      inbox: 'solver',
      handler: async (_, signal) => {
        started += 1;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        aborted.push(signal.aborted);
        throw new Error('stopped');
      },
    });
    await until(() => started === 2);
    expect(await first.stop(100)).toBe(2);
    expect(aborted).toEqual([true, true]);
    expect(await consumers()).toEqual(['first']);
    const second = bench.read({ inbox: 'solver', consumer: 'second', handler: recording, claimAfterMs: 600_000 });
    await until(() => handled.length === 2);
    await second.stop(1_000);
  });

  it('trims what is finished and nothing that is pending or unread', async () => {
    const { opened, open: letGo } = gate();
    await open(1, 'slow');
    const reader = bench.read({
      inbox: 'solver',
      concurrency: 64,
      handler: async (entry) => (entry.session === 'slow0' ? opened : recording(entry)),
    });
    await open(1_000);
    await until(() => handled.length === 1_000);
    expect(await pressure(bench.redis, 'solver')).toMatchObject({ length: 1_001, pending: 1 });
    await new Promise((resolve) => setTimeout(resolve, 200)); // Some heartbeats, each of which trims.
    expect((await pressure(bench.redis, 'solver')).length).toBe(1_001);
    letGo();
    await until(async () => (await pressure(bench.redis, 'solver')).length <= 200, 'trimming');
    await reader.stop(1_000);
    await open(500, 'unread');
    expect((await pressure(bench.redis, 'solver')).length).toBeGreaterThanOrEqual(500);
  });

  it('tells how far readers are behind', async () => {
    expect(await pressure(bench.redis, 'solver')).toEqual({ length: 0, pending: 0, oldestAgeMs: 0 });
    await bench.streams.publish(opening('s1', { to: ['solver'] }));
    await new Promise((resolve) => setTimeout(resolve, 30));
    const waiting = await pressure(bench.redis, 'solver');
    expect(waiting).toMatchObject({ length: 1, pending: 0 });
    expect(waiting.oldestAgeMs).toBeGreaterThanOrEqual(25);
    const reader = bench.read({ inbox: 'solver', handler: recording });
    await until(async () => (await pressure(bench.redis, 'solver')).oldestAgeMs === 0);
    await reader.stop(1_000);
  });

  it('acknowledges nothing that its handler says is acknowledged, and has it in hand no more', async () => {
    await open(2);
    const reader = bench.read({
      inbox: 'solver',
      handler: async (entry) => {
        handled.push(entry);
        return entry.session === 's0' ? 'acknowledged' : undefined;
      },
    });
    await until(() => handled.length === 2 && reader.inHand === 0);
    expect(await pendingInbox()).toBe(1);
    await reader.stop(1_000);
  });

  it('gives batches to who stores many at once, and again what was not named as finished', async () => {
    await open(10);
    await bench.streams.publish(diagnosis('s0', { to: ['solver'] }));
    const sizes: number[] = [];
    let failures = 0;
    const stored = new Set<string>();
    const reader = bench.read({
      inbox: 'solver',
      deliveriesMax: 1,
      batch: {
        size: 4,
        handler: async (entries) => {
          sizes.push(entries.length);
          if (failures++ < 2) throw new Error('the database is away');
          const done = entries.filter(({ session }) => session !== 's3' || sizes.length > 6);
          for (const { inboxId } of done) stored.add(inboxId);
          return done.map(({ inboxId }) => inboxId);
        },
      },
    });
    await until(async () => stored.size === 11 && (await pendingInbox()) === 0);
    expect(Math.max(...sizes)).toBe(4);
    expect(await bench.deadLetters.count()).toBe(0);
    await reader.stop(1_000);
  });

  it('says what bounds contradict each other', () => {
    const good = { redis: bench.redis, inbox: 'solver', consumer: 'x', handler: recording };
    expect(() => bench.read({ ...good, aliveForMs: 100 })).toThrow(/outlast two heartbeats/);
    expect(() => bench.read({ ...good, claimAfterMs: 300 })).toThrow(/look abandoned/);
    expect(() => bench.read({ ...good, blockMs: 0 })).toThrow(/blocks for ever/);
    expect(() => bench.read({ inbox: 'solver' })).toThrow(/either a handler or a batch/);
  });
});
