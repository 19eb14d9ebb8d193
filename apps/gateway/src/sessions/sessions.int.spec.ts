import { causeOf, seal, type Draft, type Published } from '@inquest/contracts';
import { aCritique, aDiagnosis, anOpening, aPlan, aVerdict, published } from '@inquest/testing';
import { decide } from '@inquest/debate';
import { inboxKey, pressure } from '@inquest/streams';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { v7 } from 'uuid';
import { startHarness, TOKENS, until, type Harness } from '../gateway.harness.spec.js';

jest.setTimeout(60_000);

const auditCursor = (round: number, slot: string): string =>
  Buffer.from(JSON.stringify(['2026-01-01T00:00:00.000000Z', v7(), 'critic', round, slot])).toString('base64url');

const viewer = { authorization: `Bearer ${TOKENS.viewer}` };

/** A whole debate of a session that the gateway accepted: opened, diagnosis, plan, verdict, critique, decision. */
const debateOf = (sessionId: string): Published[] => {
  const manner = (seq: number, ...causes: Published[]) => ({
    sessionId,
    seq,
    afterMs: seq * 10,
    causes: causes.map(({ message }) => message),
  });
  const opened = published('session.opened', anOpening(), manner(1));
  const diagnosis = published('diagnosis.reported', aDiagnosis(), manner(2, opened));
  const plan = published('plan.proposed', aPlan(), manner(3, opened, diagnosis));
  const verdict = published('verdict.given', aVerdict(), manner(4, opened, diagnosis, plan));
  const critique = published('critique.raised', aCritique(), manner(5, opened, diagnosis, plan));
  const decision = decide({ opened, diagnosis, plan, verdict, critique });
  const heard = [opened, diagnosis, plan, verdict, critique];
  return [...heard, published('decision.made', decision, manner(6, ...heard))];
};

describe('sessions as others see them', () => {
  let door: Harness;
  beforeAll(async () => {
    door = await startHarness();
  });
  afterAll(() => door.close());

  const accepted = async (): Promise<{ sessionId: string; messages: Published[] }> => {
    const { body } = await door.send('POST', '/v1/incidents', { incident: { title: `Incident ${v7()}` } });
    const sessionId = String(body['sessionId']);
    return { sessionId, messages: debateOf(sessionId) };
  };

  const commit = async (...messages: Published[]): Promise<void> => {
    const { inserted } = await door.record.append(
      messages.map(({ seq, streamId, message }) => ({ seq, streamId, body: JSON.stringify(message) })),
    );
    expect(inserted).toBe(messages.length);
  };

  /** Reads the stream of events until it ends or `stopAfter` are in. */
  const listen = async (
    sessionId: string,
    { after, stopAfter = Infinity }: { after?: string; stopAfter?: number } = {},
  ): Promise<EventSourceMessage[]> => {
    const leave = new AbortController();
    const events: EventSourceMessage[] = [];
    const response = await fetch(`${door.url}/v1/sessions/${sessionId}/events`, {
      headers: { ...viewer, ...(after === undefined ? {} : { 'last-event-id': after }) },
      signal: leave.signal,
    });
    expect([200, 204]).toContain(response.status);
    const parser = createParser({ onEvent: (event) => events.push(event) });
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
      if (events.length >= stopAfter) break;
    }
    leave.abort();
    return events;
  };
  const release = async (sessionId: string, ended: Published | undefined): Promise<void> => {
    if (!ended) throw new Error('there is nothing to release');
    const { seq, streamId: id, message } = ended;
    const { type, role } = message;
    await door.streams.wake('gateway', sessionId, { id, seq, type, role, body: JSON.stringify(message), traceparent: null });
  };
  const released = () =>
    until(
      async () =>
        (await pressure(door.redis, 'gateway')).pending === 0 && (await pressure(door.redis, 'gateway')).oldestAgeMs === 0,
    );
  const ids = (events: readonly EventSourceMessage[]) => events.map(({ id }) => Number(id));

  it('are streamed as they are committed, ending with the decision', async () => {
    const { sessionId, messages } = await accepted();
    const heard = listen(sessionId);
    for (const message of messages) await commit(message);
    const events = await heard;
    expect(ids(events)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(events.map(({ event }) => event)).toEqual(messages.map(({ message }) => message.type));
    expect(JSON.parse(events[5]?.data ?? '')).toEqual(JSON.parse(JSON.stringify(messages[5])));
  });

  it('show nothing that is only in Redis', async () => {
    const { sessionId, messages } = await accepted();
    await until(() => door.streams.exists(sessionId));
    expect((await door.send('GET', `/v1/sessions/${sessionId}`)).body).toMatchObject({
      status: 'accepted',
      timeline: [],
      decision: null,
    });
    await commit(...messages);
    expect((await door.send('GET', `/v1/sessions/${sessionId}`)).body).toMatchObject({
      status: 'decided',
      decision: { gate: 6 },
      proposal: { title: 'Safe to run' },
    });
  });

  it('wait for a message that another recorder commits late, rather than leaving it out', async () => {
    const { sessionId, messages } = await accepted();
    const [opened, diagnosis, plan, verdict, critique, decision] = messages as [
      Published,
      Published,
      Published,
      Published,
      Published,
      Published,
    ];
    await commit(opened, diagnosis, plan);
    const heard = listen(sessionId);
    await commit(critique);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await commit(verdict);
    await commit(decision);
    expect(ids(await heard)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('resume after the last event without gap or repeat, wherever the connection broke, while others commit', async () => {
    const { sessionId, messages } = await accepted();
    const committing = (async () => {
      for (const message of messages) {
        await new Promise((resolve) => setTimeout(resolve, 60));
        await commit(message);
      }
    })();
    const seen: number[] = [];
    while (seen.at(-1) !== 6)
      seen.push(...ids(await listen(sessionId, { ...(seen.length > 0 && { after: String(seen.at(-1)) }), stopAfter: 1 })));
    await committing;
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('are followed by many at once, each from where it is', async () => {
    const sessions = await Promise.all([accepted(), accepted(), accepted()]);
    const heard = sessions.flatMap(({ sessionId }) => [listen(sessionId), listen(sessionId, { after: '3' })]);
    await Promise.all(
      sessions.map(async ({ messages }) => {
        for (const message of messages) await commit(message);
      }),
    );
    const all = [1, 2, 3, 4, 5, 6];
    expect((await Promise.all(heard)).map(ids)).toEqual([all, [4, 5, 6], all, [4, 5, 6], all, [4, 5, 6]]);
  });

  it('answer 204 to a client that has seen the end, so that it does not come back', async () => {
    const { sessionId, messages } = await accepted();
    await commit(...messages);
    const response = await fetch(`${door.url}/v1/sessions/${sessionId}/events`, { headers: { ...viewer, 'last-event-id': '6' } });
    expect(response.status).toBe(204);
  });

  it('end for a client that waits beyond the end of a session that is still open', async () => {
    const { sessionId, messages } = await accepted();
    const heard = listen(sessionId, { after: '99' });
    await commit(...messages);
    expect(await heard).toEqual([]);
  });

  it('are shown by their envelopes when a newer version wrote what was said, the end included', async () => {
    const { sessionId, messages } = await accepted();
    const [opened, diagnosis, , , , decision] = messages as [Published, Published, Published, Published, Published, Published];
    const newer = [diagnosis, decision].map(({ message }, index): Published => {
      const seq = index + 2;
      const draft = { ...message, data: { unheardOf: true }, causes: [causeOf(opened.message)] };
      return { seq, streamId: `${seq}-0`, message: seal(draft as unknown as Draft) };
    });
    const heard = listen(sessionId);
    await commit(opened, ...newer);
    expect(ids(await heard)).toEqual([1, 2, 3]);
    const { status, body } = await door.send('GET', `/v1/sessions/${sessionId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'decided', decision: null, proposal: null });
    const timeline = body['timeline'] as { unreadable?: string }[];
    expect(timeline.map(({ unreadable }) => unreadable !== undefined)).toEqual([false, true, true]);
    await release(sessionId, newer[1]);
    await released();
    expect(await door.redis.xlen('aiops:dead-letter')).toBe(0);
  });

  it('take releases of committed decisions and acknowledge them', async () => {
    const { sessionId, messages } = await accepted();
    await commit(...messages);
    await release(sessionId, messages[5]);
    await released();
  });

  it.each([
    ['/v1/sessions/nonsense', 400],
    [`/v1/sessions/${v7()}`, 404],
    [`/v1/sessions/${v7()}/events`, 404],
    ['/v1/sessions?limit=0', 400],
    ['/v1/sessions?cursor=nonsense', 400],
    ['/v1/sessions?outcome=maybe', 400],
    ['/v1/audit/sessions?sessionId=1', 400],
    ['/v1/audit/sessions?cause=%20', 400],
    ['/v1/audit/sessions?cause=a%00b', 400],
    ['/v1/sessions?outcome[]=reject', 400],
    ['/v1/sessions?outcom=reject', 400],
    ['/v1/audit/sessions?from=0000-01-01T00:00:00Z', 400],
    ['/v1/audit/sessions?to=9999-12-31T23:59:59-23:59', 400],
    ['/v1/audit/sessions?to=2026-12-31T23:59:59-23:59', 400],
    [`/v1/audit/sessions?cursor=${auditCursor(1, 'a\0')}`, 400],
    [`/v1/audit/sessions?cursor=${auditCursor(99_999_999_999, 'answer')}`, 400],
    ['/v1/schemas/nothing', 404],
    ['/v1/nowhere', 404],
  ])('answer %s with a problem and %s', async (path, status) => {
    const answer = await door.send('GET', path, undefined, viewer);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ status, instance: path.split('?')[0] });
  });

  it('name the faulty parameter', async () => {
    expect((await door.send('GET', '/v1/sessions/nonsense')).body['errors']).toEqual([{ path: 'id', message: 'Invalid UUID' }]);
    const { body } = await door.send('GET', '/v1/audit/sessions?from=yesterday&limit=999', undefined, viewer);
    expect((body['errors'] as { path: string }[]).map(({ path }) => path).sort()).toEqual(['from', 'limit']);
  });

  it('are listed page by page, each once', async () => {
    await Promise.all([accepted(), accepted(), accepted()]);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await door.send(
        'GET',
        `/v1/sessions?limit=2${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        undefined,
        viewer,
      );
      seen.push(...(body['sessions'] as { sessionId: string }[]).map(({ sessionId }) => sessionId));
      cursor = body['next'] as string | null;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(3);
  });

  it('are audited row by row, filtered and page by page', async () => {
    const { sessionId, messages } = await accepted();
    await commit(...messages);
    const page = async (query: string) =>
      (await door.send('GET', `/v1/audit/sessions?sessionId=${sessionId}${query}`, undefined, viewer)).body;
    const first = await page('&limit=4');
    const rest = await page(`&limit=4&cursor=${encodeURIComponent(String(first['next']))}`);
    expect([first, rest].flatMap((one) => (one['entries'] as { seq: number }[]).map(({ seq }) => seq)).sort()).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    expect(rest['next']).toBeNull();
    expect((await page('&role=critic'))['entries']).toHaveLength(1);
    expect((await page('&degraded=true'))['entries']).toHaveLength(0);
  });

  it('come with their contracts and their OpenAPI', async () => {
    expect((await door.send('GET', '/v1/schemas/decision-package', undefined, viewer)).body).toMatchObject({
      $id: 'urn:inquest:schema:decision-package:1',
    });
    const { status, body } = await door.send('GET', '/docs-json', undefined, { authorization: '' });
    expect(status).toBe(200);
    const paths = Object.keys(body['paths'] as object);
    expect(paths).toEqual(
      expect.arrayContaining([
        '/v1/incidents',
        '/v1/webhooks/alertmanager',
        '/v1/sessions/{id}/events',
        '/v1/audit/sessions',
        '/v1/phases',
      ]),
    );
    expect((await fetch(`${door.url}/docs`)).status).toBe(200);
    expect((await door.send('GET', '/healthz', undefined, { authorization: '' })).status).toBe(200);
    expect((await door.send('GET', '/readyz', undefined, { authorization: '' })).status).toBe(200);
  });

  it('leave their dead letters to admins', async () => {
    expect((await door.send('GET', '/v1/dead-letters', undefined, viewer)).status).toBe(403);
    await door.redis.xadd(
      'aiops:dead-letter',
      '*',
      ...[
        'inbox',
        'critic',
        'inboxId',
        '1-1',
        'reason',
        'unreadable',
        'detail',
        'd',
        'deliveries',
        '5',
        'fields',
        '{"session":"s"}',
      ],
    );
    const listed = await door.send('GET', '/v1/dead-letters');
    expect(listed.body).toMatchObject({ count: 1, letters: [{ inbox: 'critic', reason: 'unreadable' }] });
    const [{ id }] = listed.body['letters'] as [{ id: string }];
    expect(await door.send('POST', `/v1/dead-letters/${id}/retry`)).toMatchObject({
      status: 200,
      body: { inboxId: expect.any(String) as unknown },
    });
    expect((await door.send('DELETE', `/v1/dead-letters/${id}`)).status).toBe(404);
    expect((await door.send('DELETE', '/v1/dead-letters/nonsense')).status).toBe(400);
  });
});

describe('releases of sessions without an end on record', () => {
  it('go to the dead letters after a minute and stay pending before', async () => {
    const door = await startHarness();
    const fields = (session: string) => ['session', session, 'id', '1-1', 'seq', '6', 'type', 'decision.made'];
    await door.redis.xadd(inboxKey('gateway'), '1-1', ...fields(v7()));
    await door.redis.xadd(inboxKey('gateway'), '1-2', ...fields('not-a-uuid'));
    await door.redis.xadd(inboxKey('gateway'), '*', ...fields(v7()));
    await until(async () => (await door.redis.xlen('aiops:dead-letter')) === 2);
    const { letters } = (await door.send('GET', '/v1/dead-letters')).body as { letters: { inboxId: string; reason: string }[] };
    expect(letters.map(({ inboxId, reason }) => [inboxId, reason]).sort()).toEqual([
      ['1-1', 'refused'],
      ['1-2', 'unreadable'],
    ]);
    expect((await pressure(door.redis, 'gateway')).pending).toBe(1);
    await door.close();
  });
});

describe('too many requests', () => {
  it('are refused with 429 and Retry-After, per caller', async () => {
    const door = await startHarness({ INQUEST_RATE_PER_MINUTE: '3' });
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await door.send('GET', '/v1/phases', undefined, viewer));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers[3]?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answers[3]?.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect((await door.send('GET', '/v1/phases')).status).toBe(200);
    await door.close();
  });
});
