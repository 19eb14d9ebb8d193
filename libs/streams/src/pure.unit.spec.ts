import { factsFrom } from './check-redis.js';
import { compareStreamIds, entryTimeMs, fieldsOf, inboxEntry, streamEntry } from './entries.js';
import { messageOf, TryAgainLaterError, UnrecoverableEntryError } from './errors.js';
import { aliveKey, answersKey, inboxKey, rebuildKeys, sessionKey } from './keys.js';
import { Acknowledgements } from './reader/acknowledgements.js';
import { Hand } from './reader/hand.js';
import { observeAll, streamEventNames } from './stream-events.js';

describe('keys', () => {
  it('are those the design names, and companions carry the hash tag that keeps them in the slot of their stream', () => {
    expect([sessionKey('s1'), answersKey('s1'), inboxKey('solver'), aliveKey('solver', 'pod:1')]).toEqual([
      ...['aiops:agent:s1', '{aiops:agent:s1}:answers', 'aiops:inbox:solver', 'aiops:alive:solver:pod:1'],
    ]);
    expect(rebuildKeys('s1').every((key) => key.startsWith('{aiops:agent:s1}:'))).toBe(true);
  });

  it.each(['', 'a b', 'a{b', 'a}b', 'x'.repeat(201)])('refuse %p', (name) => {
    expect(() => sessionKey(name)).toThrow(TypeError);
    expect(() => inboxKey(name)).toThrow(TypeError);
  });
});

describe('entries', () => {
  it('carry the time of their publication and are ordered as Redis orders them', () => {
    expect(entryTimeMs('1763726700000-3')).toBe(1_763_726_700_000);
    expect(['10-1', '9-5', '10-0', '9-10'].sort(compareStreamIds)).toEqual(['9-5', '9-10', '10-0', '10-1']);
  });

  it('survive an odd field list', () => {
    expect(fieldsOf(['a', '1', 'b'])).toEqual({ a: '1' });
    expect(streamEntry(['1-1', ['seq', '2', 'type', 't', 'role', 'r', 'body', '', 'traceparent', '']])).toEqual({
      ...{ id: '1-1', seq: 2, type: 't', role: 'r', body: '', traceparent: null },
    });
  });

  it.each([
    ['no session', ['id', '1-1', 'seq', '1', 'type', 't']],
    ['an id that is none', ['session', 's', 'id', 'x', 'seq', '1', 'type', 't']],
    ['a number that is none', ['session', 's', 'id', '1-1', 'seq', 'x', 'type', 't']],
    ['no fields at all', null],
  ])('with %s are told what is wrong with them', (_, flat) => {
    expect(inboxEntry('solver', ['5-0', flat], 1)).toEqual({ problems: expect.stringMatching(/✖/) as string });
  });
});

describe('what a server says of itself', () => {
  it.each([
    [
      'redis_version:7.0.15\r\nredis_mode:standalone\r\nmaxmemory_policy:noeviction\r\n',
      { flavour: 'redis', version: '7.0.15', mode: 'standalone' },
    ],
    [
      'redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\nmaxmemory_policy:noeviction\r\n',
      { flavour: 'valkey', version: '8.1.1' },
    ],
    [
      'redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\nserver_mode:cluster\r\nmaxmemory_policy:noeviction\r\n',
      { flavour: 'valkey', mode: 'cluster' },
    ],
    ['redis_version:8.2.0\r\nredis_mode:cluster\r\n', { mode: 'cluster', maxmemoryPolicy: 'unknown' }],
  ])('is read from %j', (info, facts) => {
    expect(factsFrom(info)).toMatchObject(facts);
  });
});

describe('errors', () => {
  it('reach the transport through Nest as they are', () => {
    const refused = new UnrecoverableEntryError('refused', 'never');
    const later = new TryAgainLaterError(50, 'the database is away');
    expect([refused.getError(), later.getError()]).toEqual([refused, later]);
    expect(refused.message).toContain('goes to the dead letters: never');
    expect([messageOf(later), messageOf({ status: 'error', message: 'x' }), messageOf('y')]).toEqual([later.message, 'x', 'y']);
  });
});

describe('acknowledgements', () => {
  it('of one tick become one command', async () => {
    const commands: (readonly string[])[] = [];
    const acknowledgements = new Acknowledgements(async (ids) => void commands.push(ids));
    await Promise.all([acknowledgements.add(['1-0']), acknowledgements.add(['2-0', '3-0']), acknowledgements.add([])]);
    await acknowledgements.add(['4-0']);
    expect(commands).toEqual([['1-0', '2-0', '3-0'], ['4-0']]);
  });

  it('that fail are told to everyone waiting, and the next are sent all the same', async () => {
    let fail = true;
    const acknowledgements = new Acknowledgements(async () => {
      if (fail) throw new Error('away');
    });
    const results = await Promise.allSettled([acknowledgements.add(['1-0']), acknowledgements.add(['2-0'])]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail = false;
    await expect(acknowledgements.add(['3-0'])).resolves.toBeUndefined();
  });
});

describe('the hand', () => {
  it('takes an entry once, has no free lane while all are busy, and wakes who waits', async () => {
    const hand = new Hand(1, 2);
    expect([hand.take('1-0'), hand.take('1-0'), hand.size, hand.freeLanes]).toEqual([true, false, 1, 1]);
    let release: () => void = () => undefined;
    const first = hand.inLane(() => new Promise<void>((resolve) => (release = resolve)));
    expect(hand.freeLanes).toBe(0);
    const second = hand.inLane(async () => 'ran');
    release();
    await first;
    expect(await second).toBe('ran');
    hand.putDown(['1-0']);
    expect([hand.size, hand.freeLanes]).toEqual([0, 1]);
  });

  it('takes no more while too many entries wait to be tried again', () => {
    const hand = new Hand(4, 2);
    hand.take('1-0');
    expect(hand.freeLanes).toBe(4);
    hand.take('2-0');
    expect(hand.freeLanes).toBe(0);
  });

  it('names what has to be renewed, once per interval', () => {
    const hand = new Hand(4, 64);
    hand.take('1-0');
    expect(hand.dueForRenewal(60_000)).toEqual([]);
    expect(hand.dueForRenewal(0)).toEqual(['1-0']);
  });
});

it('an observer of everything hears every event', () => {
  const names: string[] = [];
  const events = observeAll((name) => names.push(name));
  events.noGroup?.({ inbox: 'solver' });
  events.deaf?.({ inbox: 'solver', silentMs: 1 });
  expect(names).toEqual(['noGroup', 'deaf']);
  expect(Object.keys(events).sort()).toEqual([...streamEventNames].sort());
});
