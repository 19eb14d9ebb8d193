import { inboxEntry, type InboxEntry, type RawEntry } from './entries.js';
import { answersKey, DEADLINES_KEY, inboxKey } from './keys.js';
import { SessionStreams } from './session-streams.js';
import { Bench, decision, diagnosis, GROUPS, opening, until } from './support.spec.js';

const ROLES = GROUPS.filter((group) => group !== 'recorder');

describe('what one script does beside storing', () => {
  let bench: Bench;
  let streams: SessionStreams;
  beforeAll(async () => {
    bench = await Bench.start();
    streams = new SessionStreams(bench.redis, { groups: GROUPS, withSession: ROLES });
  });
  afterAll(() => bench.end());
  beforeEach(() => bench.empty());

  const inbox = async (name: string): Promise<InboxEntry[]> =>
    ((await bench.call('XRANGE', inboxKey(name), '-', '+')) as RawEntry[]).map((raw) => {
      const entry = inboxEntry(name, raw, 1);
      if ('problems' in entry) throw new Error(entry.problems);
      return entry;
    });
  const saidIn = async (name: string) => (await inbox(name)).map(({ said }) => said);

  describe('a session travels', () => {
    it('as its stream has it, to whom it is of use', async () => {
      await streams.publish(opening('s1', { traceparent: '00-aa-bb-01', body: '{"said":"Größe"}' }));
      await streams.publish(diagnosis('s1'));
      const stream = await streams.read('s1');
      expect(await saidIn('diagnostician')).toEqual([stream.slice(0, 1)]);
      expect(await saidIn('solver')).toEqual([stream]);
      expect((await inbox('recorder')).map(({ said, body }) => [said.length, body])).toEqual([
        [0, '{"said":"Größe"}'],
        [0, '{"said":"diagnosis"}'],
      ]);
    });

    it('not when all bodies together are too long, nor after a rebuild, when nobody has counted them', async () => {
      const short = new SessionStreams(bench.redis, { groups: GROUPS, withSession: ROLES, inboxSessionMax: 30 });
      await short.publish(opening('s1'));
      await short.publish(diagnosis('s1'));
      expect((await saidIn('diagnostician')).flat()).toHaveLength(1);
      expect((await saidIn('solver')).flat()).toHaveLength(0);
      const stream = await streams.read('s1');
      const keys = ['gateway:1:opened', 'diagnostician:1:answer'];
      const stored = stream.map((entry, index) => ({ ...entry, key: keys[index] ?? '' }));
      await streams.rebuild('s1', stored, false, { replace: true });
      await streams.publish(diagnosis('s1', { key: 'solver:1:answer', role: 'solver', to: ['critic'] }));
      expect((await saidIn('critic')).flat()).toHaveLength(0);
    });

    it('not when it is longer than somebody has counted', async () => {
      const short = new SessionStreams(bench.redis, { groups: GROUPS, withSession: ROLES, inboxSessionMax: 30 });
      await short.publish(opening('s1'));
      await bench.call('HSET', answersKey('s1'), '#bytes', 1);
      await short.publish(diagnosis('s1'));
      expect((await saidIn('solver')).flat()).toHaveLength(0);
    });

    it('not while many are published at once, as whoever reads many at once asks for them at once', async () => {
      const ids = Array.from({ length: 20 }, (_, n) => `s${n}`);
      await Promise.all(ids.map((sessionId) => streams.publish(opening(sessionId))));
      const travelled = (await saidIn('diagnostician')).map((said) => said.length);
      expect(travelled.filter((length) => length === 1)).toHaveLength(1);
      expect(travelled).toHaveLength(20);
    });

    it('not when somebody else has written into it', async () => {
      await streams.publish(opening('s1'));
      await bench.call('XADD', 'aiops:agent:s1', '*', 'who', 'knows');
      await streams.publish(diagnosis('s1'));
      expect((await saidIn('solver')).flat()).toHaveLength(0);
    });
  });

  it('takes what is not as it writes it for a session that did not travel', async () => {
    const fields = { session: 's1', id: '1-1', seq: '1', type: 'session.opened', traceparent: '' };
    const head = '1-1 1 session.opened gateway ';
    const read = (more: Record<string, string>) =>
      inboxEntry('solver', ['9-0', Object.entries({ ...fields, ...more }).flat()], 1);
    expect(read({ 'said:1': head, 'body:1': '{}' })).toMatchObject({
      said: [{ id: '1-1', seq: 1, role: 'gateway', body: '{}' }],
    });
    const broken: Record<string, string>[] = [
      { 'said:1': head },
      { 'said:1': 'x', 'body:1': '{}' },
      { 'said:2': head, 'body:2': '{}' },
    ];
    for (const more of broken) expect(read(more)).toMatchObject({ said: [] });
  });

  it('is not kept in a dead letter, as it is old when that is retried', async () => {
    const reader = bench.read({ inbox: 'solver', handler: () => Promise.resolve() });
    await bench.call('XADD', inboxKey('solver'), '*', 'session', 's1', 'said:1', '1-1 1 a b ', 'body:1', '{}');
    await until(async () => (await bench.deadLetters.count()) === 1);
    expect((await bench.deadLetters.list())[0]?.fields).toEqual({ session: 's1' });
    await reader.stop(1_000);
  });

  describe('the entry that made it be said', () => {
    const asked = async () => {
      await bench.call('XGROUP', 'CREATE', inboxKey('diagnostician'), 'diagnostician', '0', 'MKSTREAM');
      await streams.publish(opening('s1'));
      await bench.call('XREADGROUP', 'GROUP', 'diagnostician', 'x', 'COUNT', 1, 'STREAMS', inboxKey('diagnostician'), '>');
      const [entry] = await inbox('diagnostician');
      return { inbox: 'diagnostician', group: 'diagnostician', inboxId: entry?.inboxId ?? '' };
    };
    const pending = () => bench.pending(inboxKey('diagnostician'), 'diagnostician');

    it('is acknowledged with the answer', async () => {
      const finishing = await asked();
      expect(await pending()).toBe(1);
      expect(await streams.publish(diagnosis('s1', { finishing }))).toMatchObject({ status: 'published', finished: true });
      expect(await pending()).toBe(0);
      expect([(await inbox('solver')).length, (await inbox('recorder')).length]).toEqual([1, 2]);
    });

    it.each([
      ['the answer was there', diagnosis('s1'), 'already-answered'],
      ['the session has ended', decision('s1'), 'closed'],
    ])('is acknowledged when %s', async (_, first, status) => {
      const finishing = await asked();
      await streams.publish(first);
      expect(await streams.publish(diagnosis('s1', { finishing }))).toMatchObject({ status, finished: true });
      expect(await pending()).toBe(0);
    });

    it('stays pending when the session is gone, or when its answer could not be announced', async () => {
      const finishing = await asked();
      await bench.call('SET', inboxKey('solver'), 'a string');
      await expect(streams.publish(diagnosis('s1', { finishing }))).rejects.toThrow(/another kind/);
      await bench.call('DEL', 'aiops:agent:s1');
      expect(await streams.publish(diagnosis('s1', { finishing }))).toEqual({ status: 'gone' });
      expect(await pending()).toBe(1);
    });

    it('is left to its reader where every key has a script of its own', async () => {
      const stepping = new SessionStreams(bench.redis, { groups: GROUPS, withSession: ROLES, at: () => undefined });
      const finishing = await asked();
      expect(await stepping.publish(diagnosis('s1', { finishing }))).not.toHaveProperty('finished');
      expect(await pending()).toBe(1);
    });
  });

  it.each([
    ['one script', {}],
    ['step by step', { at: () => undefined }],
  ])('nothing is due any more once a session has ended (%s)', async (_, how) => {
    const ending = new SessionStreams(bench.redis, { groups: GROUPS, ...how });
    await ending.publish(opening('s1', { deadlineInMs: 5_000 }));
    expect(await bench.call('ZCARD', DEADLINES_KEY)).toBe(1);
    await ending.publish(decision('s1'));
    expect(await bench.call('ZCARD', DEADLINES_KEY)).toBe(0);
    await bench.call('ZADD', DEADLINES_KEY, 1, 's1');
    expect(await ending.publish(diagnosis('s1'))).toEqual({ status: 'closed' });
    expect(await bench.call('ZCARD', DEADLINES_KEY)).toBe(0);
    await bench.call('ZADD', DEADLINES_KEY, 1, 'lost');
    expect(await ending.publish(decision('lost'))).toEqual({ status: 'gone' });
    expect(await bench.call('ZCARD', DEADLINES_KEY)).toBe(1);
  });
});
