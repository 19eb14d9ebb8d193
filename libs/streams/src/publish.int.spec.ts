import { entryTimeMs } from './entries.js';
import { answersKey, DEADLINES_KEY, inboxKey, sessionKey } from './keys.js';
import type { Publication } from './publication.js';
import { SessionStreams, type SessionStreamsOptions } from './session-streams.js';
import { Bench, decision, diagnosis, GROUPS, opening, until } from './support.spec.js';

/** Called at every point, which makes it go step by step, as on a cluster. */
const stepping = (): void => undefined;

describe.each([
  ['at once', {}],
  ['step by step', { at: stepping }],
])('publishing %s', (_, how: Partial<SessionStreamsOptions>) => {
  let bench: Bench;
  let streams: SessionStreams;
  beforeAll(async () => {
    bench = await Bench.start();
    streams = new SessionStreams(bench.redis, { groups: GROUPS, ...how });
  });
  afterAll(() => bench.end());
  beforeEach(() => bench.empty());

  const inbox = async (name: string): Promise<[string, string[]][]> =>
    (await bench.call('XRANGE', inboxKey(name), '-', '+')) as [string, string[]][];
  const bodiesIn = async (name: string): Promise<(string | undefined)[]> =>
    (await inbox(name)).map(([, fields]) => fields[fields.indexOf('body') + 1]);

  it('stores messages in order, numbered from 1, and announces them to whom they are addressed', async () => {
    const opened = await streams.publish(opening('s1', { traceparent: '00-aa-bb-01' }));
    const reported = await streams.publish(diagnosis('s1'));
    expect([opened.status, reported.status]).toEqual(['published', 'published']);
    const entries = await streams.read('s1');
    expect(entries.map(({ seq, type, role, body, traceparent }) => ({ seq, type, role, body, traceparent }))).toEqual([
      { seq: 1, type: 'session.opened', role: 'gateway', body: '{"said":"opened"}', traceparent: '00-aa-bb-01' },
      { seq: 2, type: 'diagnosis.reported', role: 'diagnostician', body: '{"said":"diagnosis"}', traceparent: null },
    ]);
    expect(entries).toEqual([opened, reported].map((result) => 'entry' in result && result.entry));
    expect(Math.abs(entryTimeMs(entries[0]?.id ?? '') - Date.now())).toBeLessThan(60_000);
    expect(await streams.read('s1', entries[0]?.id)).toEqual(entries.slice(1));
    expect([(await inbox('diagnostician')).length, (await inbox('solver')).length, (await inbox('recorder')).length]).toEqual([
      1, 1, 2,
    ]);
  });

  it('has each message pending in the addressed groups of the session, and acknowledged for the role that answered it', async () => {
    const opened = await streams.publish(opening('s1'));
    const id = 'entry' in opened ? opened.entry.id : '';
    expect(await bench.pending(sessionKey('s1'), 'diagnostician')).toBe(1);
    await streams.publish(diagnosis('s1', { answering: { group: 'diagnostician', streamIds: [id] } }));
    expect(await bench.pending(sessionKey('s1'), 'diagnostician')).toBe(0);
    expect(await bench.pending(sessionKey('s1'), 'solver')).toBe(1);
    expect(await bench.pending(sessionKey('s1'), 'recorder')).toBe(2);
    await streams.acknowledge('recorder', new Map([['s1', [id]]]));
    expect(await bench.pending(sessionKey('s1'), 'recorder')).toBe(1);
  });

  it('takes what is stored off the pending lists of many sessions, and names those that have none', async () => {
    const ids = new Map<string, string[]>();
    for (const session of ['s1', 's2', 's3']) {
      const results = [await streams.publish(opening(session)), await streams.publish(diagnosis(session))];
      ids.set(
        session,
        results.map((result) => ('entry' in result ? result.entry.id : '')),
      );
    }
    await bench.call('SET', sessionKey('s2'), 'a string');
    await bench.call('DEL', sessionKey('s3'));
    const problem = expect.stringContaining('WRONGTYPE') as string;
    expect(await streams.acknowledge('recorder', ids)).toEqual([{ sessionId: 's2', problem }]);
    expect(await bench.pending(sessionKey('s1'), 'recorder')).toBe(0);
    expect(await streams.acknowledge('recorder', new Map([['s1', []]]))).toEqual([]);
  });

  it('lets the keys of many sessions go after a while', async () => {
    for (const session of ['s1', 's2']) await streams.publish(opening(session));
    await streams.expire(['s1', 's2'], 100);
    for (const key of ['s1', 's2'].flatMap((session) => [sessionKey(session), answersKey(session)]))
      expect(await bench.call('TTL', key)).toBeGreaterThan(90);
    await streams.expire([], 100);
  });

  it('opens a session once, however often it is opened', async () => {
    const first = await streams.publish(opening('s1'));
    const second = await streams.publish(opening('s1', { body: '{"said":"something else"}' }));
    expect(second).toEqual({ status: 'already-answered', entry: 'entry' in first && first.entry });
    expect(await streams.read('s1')).toHaveLength(1);
    expect(await bodiesIn('diagnostician')).toEqual(['{"said":"opened"}', '{"said":"opened"}']);
  });

  it('refuses whatever does not open a session that is not there', async () => {
    expect(await streams.publish(diagnosis('nowhere'))).toEqual({ status: 'gone' });
    expect(await bench.call('DBSIZE')).toBe(0);
  });

  it('creates no phantom stream when something is published after the keys of a session expired (regression 12)', async () => {
    await streams.publish(opening('s1'));
    await streams.publish(decision('s1'));
    await streams.expire(['s1'], 1);
    await bench.call('PEXPIRE', sessionKey('s1'), 1);
    await bench.call('PEXPIRE', answersKey('s1'), 1);
    await until(async () => (await bench.call('EXISTS', sessionKey('s1'), answersKey('s1'))) === 0);
    const answering = { group: 'diagnostician', streamIds: ['1-1'] };
    expect(await streams.publish(diagnosis('s1', { answering }))).toEqual({ status: 'gone' });
    expect(await bench.call('EXISTS', sessionKey('s1'), answersKey('s1'))).toBe(0);
    expect(await inbox('solver')).toEqual([]);
  });

  it.each([
    ['its answers', answersKey('s1')],
    ['its stream', sessionKey('s1')],
  ])('takes a session that has lost %s for gone, even when it is opened again', async (_, key) => {
    await streams.publish(opening('s1'));
    await bench.call('DEL', key);
    expect(await streams.exists('s1')).toBe(false);
    expect(await streams.publish(diagnosis('s1'))).toEqual({ status: 'gone' });
    expect(await streams.publish(opening('s1'))).toEqual({ status: 'gone' });
  });

  it('gives a late answer the stored one back, and only that reaches the next role (regression 9)', async () => {
    const opened = await streams.publish(opening('s1'));
    const answering = { group: 'diagnostician', streamIds: ['entry' in opened ? opened.entry.id : ''] };
    const onBehalf = await streams.publish(diagnosis('s1', { body: '{"said":"on behalf"}' }));
    const late = await streams.publish(diagnosis('s1', { body: '{"said":"late"}', answering }));
    expect(late).toEqual({ status: 'already-answered', entry: 'entry' in onBehalf && onBehalf.entry });
    expect(new Set(await bodiesIn('solver'))).toEqual(new Set(['{"said":"on behalf"}']));
    expect(await bench.pending(sessionKey('s1'), 'diagnostician')).toBe(0);
  });

  it('takes exactly one of fifty concurrent answers and gives that one to all', async () => {
    await streams.publish(opening('s1'));
    const publishers = Array.from({ length: 5 }, () => new SessionStreams(bench.connect(), { groups: GROUPS, ...how }));
    const tenEach = publishers.flatMap((publisher, p) =>
      Array.from({ length: 10 }, (_, n) => publisher.publish(diagnosis('s1', { body: `{"by":"${p}.${n}"}` }))),
    );
    const results = await Promise.all(tenEach);
    expect(results.filter(({ status }) => status === 'published')).toHaveLength(1);
    const stored = await streams.read('s1');
    expect(stored).toHaveLength(2);
    expect(results.every((result) => 'entry' in result && result.entry.body === stored[1]?.body)).toBe(true);
    expect(new Set(await bodiesIn('solver')).size).toBe(1);
  });

  it('closes a session with its terminal event: nothing is pending but for the recorder, nothing new is taken', async () => {
    const opened = await streams.publish(opening('s1'));
    await streams.publish(diagnosis('s1'));
    const closed = await streams.publish(decision('s1', { to: ['recorder', 'gateway'] }));
    for (const group of GROUPS) expect(await bench.pending(sessionKey('s1'), group)).toBe(group === 'recorder' ? 3 : 0);
    expect(await streams.publish(diagnosis('s1', { key: 'solver:1:answer' }))).toEqual({ status: 'closed' });
    expect(await streams.publish(decision('s1', { body: '{}' }))).toEqual({
      status: 'already-answered',
      entry: 'entry' in closed && closed.entry,
    });
    expect(await streams.publish(opening('s1'))).toEqual({
      status: 'already-answered',
      entry: 'entry' in opened && opened.entry,
    });
    expect(await streams.read('s1')).toHaveLength(3);
  });

  it('acknowledges for the answering role when it is refused because the session is closed', async () => {
    await streams.publish(opening('s1'));
    await streams.publish(decision('s1'));
    await bench.call('XGROUP', 'SETID', sessionKey('s1'), 'solver', '0');
    const [[, read]] = (await bench.call('XREADGROUP', 'GROUP', 'solver', 'x', 'COUNT', 1, 'STREAMS', sessionKey('s1'), '>')) as [
      [string, [string][]],
    ];
    const answering = { group: 'solver', streamIds: read.map(([id]) => id) };
    expect(await streams.publish(diagnosis('s1', { key: 'solver:1:answer', answering }))).toEqual({ status: 'closed' });
    expect(await bench.pending(sessionKey('s1'), 'solver')).toBe(0);
  });

  it('creates a group that is missing', async () => {
    await streams.publish(opening('s1'));
    await bench.call('XGROUP', 'DESTROY', sessionKey('s1'), 'solver');
    expect((await streams.publish(diagnosis('s1'))).status).toBe('published');
    expect(await bench.pending(sessionKey('s1'), 'solver')).toBe(1);
  });

  it('announces a big body by its id alone, and finds it again', async () => {
    const body = JSON.stringify({ said: 'ä'.repeat(5_000) });
    await streams.publish(opening('s1', { body }));
    const [[inboxId, flat] = ['', []]] = await inbox('diagnostician');
    expect(flat).not.toContain('body');
    const entry = {
      inbox: 'diagnostician',
      inboxId,
      session: 's1',
      id: flat[flat.indexOf('id') + 1] ?? '',
      seq: 1,
      type: 'session.opened',
    };
    const full = await streams.withBody({ ...entry, body: null, traceparent: null, said: [], deliveries: 1 });
    expect(full?.body).toBe(body);
    expect(await streams.withBody({ ...entry, id: '1-1', body: null, traceparent: null, said: [], deliveries: 1 })).toBeNull();
  });

  describe('of two answers that are waited for together', () => {
    const verdict = (over: Partial<Publication> = {}): Publication =>
      diagnosis('s1', {
        ...{ key: 'reviewer:1:answer', role: 'reviewer', type: 'verdict.given', to: ['solver', 'recorder'] },
        ...{ joining: { inboxes: ['solver'], seats: ['critic:1:answer'] }, ...over },
      });
    const critique = (): Publication =>
      verdict({ key: 'critic:1:answer', role: 'critic', joining: { inboxes: ['solver'], seats: ['reviewer:1:answer'] } });

    it('the last one wakes who waits, and both are pending there', async () => {
      await streams.publish(opening('s1'));
      const given = await streams.publish(verdict());
      expect([given.status, (await inbox('solver')).length]).toEqual(['published', 0]);
      await streams.publish(critique());
      expect([(await inbox('solver')).length, (await inbox('recorder')).length]).toEqual([1, 3]);
      expect(await bench.pending(sessionKey('s1'), 'solver')).toBe(2);
    });

    it('exactly one is the last, whoever is faster', async () => {
      const ids = Array.from({ length: 50 }, (_, n) => `together${n}`);
      const other = new SessionStreams(bench.connect(), { groups: GROUPS, ...how });
      await Promise.all(ids.map((sessionId) => streams.publish({ ...opening('s1'), sessionId })));
      await Promise.all(
        ids.flatMap((sessionId) => [streams.publish({ ...verdict(), sessionId }), other.publish({ ...critique(), sessionId })]),
      );
      const woken = (await inbox('solver')).map(([, fields]) => fields[fields.indexOf('session') + 1]);
      expect(woken.sort()).toEqual(ids.sort());
    });

    it('either wakes when it is repeated and both are there, as its writer may have died before it did', async () => {
      await streams.publish(opening('s1'));
      await streams.publish(verdict());
      await streams.publish(verdict());
      expect(await inbox('solver')).toHaveLength(0);
      await streams.publish(critique());
      await streams.publish(verdict());
      await streams.publish(critique());
      expect(await inbox('solver')).toHaveLength(3);
    });
  });

  it('sends bodies along only to whom they are of use, also when it announces again', async () => {
    const sparing = new SessionStreams(bench.redis, { groups: GROUPS, withSession: ['diagnostician'], ...how });
    for (const attempt of [opening('s1'), opening('s1', { body: '{"said":"something else"}' })]) await sparing.publish(attempt);
    expect(await bodiesIn('recorder')).toEqual(['{"said":"opened"}', '{"said":"opened"}']);
    const told = (await inbox('diagnostician')).map(([, fields]) => fields);
    expect(told).toHaveLength(2);
    for (const fields of told) expect(fields).not.toContain('body');
  });

  it('arms the deadline before it writes, when it goes step by step', async () => {
    const scores: unknown[] = [];
    const watching = new SessionStreams(bench.redis, {
      groups: GROUPS,
      at: async (point) => {
        if (point === 'publish:armed') scores.push(await bench.call('ZSCORE', DEADLINES_KEY, 's1'), await streams.exists('s1'));
      },
    });
    await watching.publish(opening('s1', { deadlineAtMs: 5_000 }));
    await watching.publish(diagnosis('s1', { deadlineAtMs: 9_000 }));
    expect(scores).toEqual(['5000', false, '5000', true]);
  });

  it('counts a deadline from now by the clock of Redis, and keeps the earlier of two', async () => {
    await streams.publish(opening('s1', { deadlineAtMs: 5_000 }));
    await streams.publish(diagnosis('s1', { deadlineAtMs: 9_000 }));
    expect(await bench.call('ZSCORE', DEADLINES_KEY, 's1')).toBe('5000');
    await streams.publish(opening('s2', { deadlineInMs: 5_000 }));
    const inMs = Number(await bench.call('ZSCORE', DEADLINES_KEY, 's2')) - Date.now();
    expect(inMs).toBeGreaterThan(0);
    expect(inMs).toBeLessThanOrEqual(5_000);
  });

  it.each([
    ['an inbox', inboxKey('solver')],
    ['the deadlines', DEADLINES_KEY],
  ])(
    'is not taken for a lost session when the key of %s holds something else, and is heard once that is mended',
    async (_what, key) => {
      await streams.publish(opening('s1'));
      await bench.call('SET', key, 'a string');
      const reported = diagnosis('s1', { deadlineInMs: 5_000 });
      await expect(streams.publish(reported)).rejects.toThrow(/WRONGTYPE|another kind/);
      await bench.call('DEL', key);
      await streams.publish(reported);
      expect(await streams.read('s1')).toHaveLength(2);
      expect(await bodiesIn('solver')).toEqual(['{"said":"diagnosis"}']);
    },
  );

  it('refuses session ids that would leave their slot', async () => {
    await expect(streams.publish(opening('a}b'))).rejects.toThrow(/no session id/);
  });

  it('leaves nothing half done when Redis has no memory left', async () => {
    await streams.publish(opening('s1'));
    await bench.call('CONFIG', 'SET', 'maxmemory', '1');
    await expect(streams.publish(diagnosis('s1'))).rejects.toThrow(/OOM/);
    await bench.call('CONFIG', 'SET', 'maxmemory', '0');
    expect(await streams.read('s1')).toHaveLength(1);
    expect((await streams.publish(diagnosis('s1'))).status).toBe('published');
  });
});
