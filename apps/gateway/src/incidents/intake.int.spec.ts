import { eventHash, Message, type SessionOpened } from '@inquest/contracts';
import { answersKey, connectRedis, inboxKey, sessionKey, SessionStreams } from '@inquest/streams';
import { STREAM_GROUPS } from '@inquest/agent';
import { freshRedis } from '@inquest/testing';
import type * as opening from './opener.js';
import { startHarness, TOKENS, until, type Harness } from '../gateway.harness.spec.js';

jest.setTimeout(60_000);

const alert = (name: string, over: object = {}) => ({
  status: 'firing',
  labels: { alertname: name, severity: 'critical' },
  annotations: { summary: `${name} fires` },
  startsAt: '2026-03-01T10:00:00Z',
  ...over,
});
const operator = { authorization: `Bearer ${TOKENS.operator}` };

describe('incidents at the door', () => {
  let door: Harness;
  beforeAll(async () => {
    door = await startHarness({ INQUEST_BODY_MAX: '20000', AIOPS_P2_ENABLED: 'true' });
  });
  afterAll(() => door.close());

  const openedOf = (sessionId: unknown): Promise<SessionOpened> =>
    until(async () => {
      const [entry] = await door.streams.read(String(sessionId));
      const message = entry && Message.parse(JSON.parse(entry.body));
      return message?.type === 'session.opened' && message;
    });

  it('are committed before 202 and open a session that the diagnostician is asked about', async () => {
    const { status, body, headers } = await door.send(
      'POST',
      '/v1/incidents',
      { incident: { title: 'Disk full', startsAt: '2026-03-01T10:00:00Z' } },
      operator,
    );
    expect(status).toBe(202);
    expect(body).toMatchObject({ results: [{ result: 'opened', title: 'Disk full' }] });
    expect(headers.get('location')).toBe(`/v1/sessions/${String(body['sessionId'])}`);
    expect(await door.record.incidents.get(String(body['incidentId']))).toMatchObject({
      incident: { title: 'Disk full', source: 'api' },
    });
    const opened = await openedOf(body['sessionId']);
    expect(opened).toMatchObject({ role: 'gateway', slot: 'opened', data: { path: 'debate', limits: { turnMs: 5_000 } } });
    expect(opened.occurredAt).toBe((await door.record.incidents.get(String(body['incidentId'])))?.createdAt);
    for (const inbox of ['diagnostician', 'recorder'])
      expect(JSON.stringify(await door.redis.xrange(inboxKey(inbox), '-', '+'))).toContain(body['sessionId']);
  });

  it('open one session however often an alert repeats, and name it', async () => {
    const body = { version: '4', alerts: [alert('Repeats')] };
    const [first, second] = [
      await door.send('POST', '/v1/webhooks/alertmanager', body),
      await door.send('POST', '/v1/webhooks/alertmanager', body),
    ];
    expect(first.body['results']).toEqual([expect.objectContaining({ result: 'opened' })]);
    expect(second).toMatchObject({
      status: 202,
      body: { sessionId: first.body['sessionId'], results: [{ result: 'duplicate' }] },
    });
  });

  it('open a new session when the alert fires anew', async () => {
    const send = (startsAt: string) => door.send('POST', '/v1/webhooks/alertmanager', { alerts: [alert('Anew', { startsAt })] });
    const [first, second] = [await send('2026-03-01T10:00:00Z'), await send('2026-03-01T11:00:00Z')];
    expect(second.body).toMatchObject({ results: [{ result: 'opened' }] });
    expect(second.body['sessionId']).not.toBe(first.body['sessionId']);
  });

  it('say alert by alert what became of a mixed group', async () => {
    const silenced = alert('Quiet', { status: { state: 'suppressed', silencedBy: ['s'], inhibitedBy: [] } });
    const alerts = [alert('Mixed'), alert('Over', { status: 'resolved' }), silenced, alert('Watchdog'), {}];
    const { status, body } = await door.send('POST', '/v1/webhooks/alertmanager', { alerts, truncatedAlerts: 2 });
    expect(status).toBe(202);
    expect((body['results'] as { result: string }[]).map(({ result }) => result)).toEqual([
      'opened',
      'resolved',
      'silenced',
      'watchdog',
      'refused',
    ]);
    expect(body['notes']).toEqual([expect.stringContaining('2 further alerts')]);
  });

  it('answer alike to the same request with the same key, though it names no start', async () => {
    const send = () => door.send('POST', '/v1/incidents', { incident: { title: 'Keyed' } }, { 'idempotency-key': 'k-1' });
    const [first, second] = [await send(), await send()];
    expect(second.status).toBe(202);
    expect(second.body).toEqual(first.body);
  });

  it.each([
    ['another incident', { incident: { title: 'Other', fingerprint: 'f9', startsAt: '2026-03-01T10:00:00Z' } }],
    [
      'the same incident with other words',
      { incident: { title: 'New words', fingerprint: 'f1', startsAt: '2026-03-01T10:00:00Z' } },
    ],
  ])('refuse a key that comes again with %s', async (_, body) => {
    const first = { incident: { title: 'First', fingerprint: 'f1', startsAt: '2026-03-01T10:00:00Z' } };
    await door.send('POST', '/v1/incidents', first, { 'idempotency-key': 'k-2' });
    const { status, headers, body: problem } = await door.send('POST', '/v1/incidents', body, { 'idempotency-key': 'k-2' });
    expect(status).toBe(422);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(problem).toMatchObject({ type: 'urn:inquest:problem:idempotency-key-reused', status: 422 });
  });

  const pagerDuty = (id: string) => ({
    event: { id, event_type: 'incident.triggered', data: { id, title: `Down ${id}`, created_at: '2026-03-01T10:00:00Z' } },
  });
  it.each([
    ['/v1/incidents', 'another alert of a pager', pagerDuty('K1'), pagerDuty('K2')],
    ['/v1/webhooks/alertmanager', 'another alert', { alerts: [alert('Key A')] }, { alerts: [alert('Key B')] }],
    ['/v1/webhooks/alertmanager', 'one alert more', { alerts: [alert('Key C')] }, { alerts: [alert('Key C'), alert('Key D')] }],
  ])('refuse at %s a key that comes again with %s', async (path, what, first, second) => {
    const key = { 'idempotency-key': `k-${what.replaceAll(' ', '-')}` };
    const [one, other, again] = [
      await door.send('POST', path, first, key),
      await door.send('POST', path, second, key),
      await door.send('POST', path, first, key),
    ];
    expect(other).toMatchObject({ status: 422, body: { type: 'urn:inquest:problem:idempotency-key-reused' } });
    expect([one.status, again.status]).toEqual([202, 202]);
    expect(again.body).toEqual(one.body);
  });

  it('refuse a key that came with an alert already known and comes again with another', async () => {
    const send = (name: string, headers = {}) =>
      door.send('POST', '/v1/webhooks/alertmanager', { alerts: [alert(name)] }, headers);
    await send('Known A');
    const key = { 'idempotency-key': 'k-known' };
    expect([(await send('Known A', key)).status, (await send('Known B', key)).status]).toEqual([202, 422]);
  });

  it('refuse a key that comes again with another alert though Redis has forgotten the first', async () => {
    const key = { 'idempotency-key': 'k-forgotten' };
    await door.send('POST', '/v1/webhooks/alertmanager', { alerts: [alert('Kept A')] }, key);
    await door.redis.flushall();
    const { status } = await door.send('POST', '/v1/webhooks/alertmanager', { alerts: [alert('Kept B')] }, key);
    expect(status).toBe(422);
  });

  it('keep the keys of two callers apart', async () => {
    const send = (token: string, title: string) =>
      door.send('POST', '/v1/incidents', { incident: { title } }, { 'idempotency-key': 'k-3', authorization: `Bearer ${token}` });
    const [one, other] = [await send(TOKENS.admin, 'Mine'), await send(TOKENS.operator, 'Yours')];
    expect([one.status, other.status]).toEqual([202, 202]);
    expect(one.body['sessionId']).not.toBe(other.body['sessionId']);
  });

  it('replace NUL and half a surrogate pair instead of failing (regression 11)', async () => {
    const evidence = { logs: [{ id: 'l', status: 'ok', title: 't', text: 'a\0b\uD800c' }] };
    const { status, body } = await door.send('POST', '/v1/incidents', { incident: { title: 'x\0y' }, evidence });
    expect(status).toBe(202);
    const opened = await openedOf(body['sessionId']);
    expect(opened.data.incident.title).toBe('x\uFFFDy');
    expect(opened.data.evidence.logs[0]?.text).toBe('a\uFFFDb\uFFFDc');
  });

  it.each([
    ['is not JSON', '{"a":'],
    ['is too large', `"${'x'.repeat(30_000)}"`],
  ])('of strangers are not even read: a body that %s is answered like any other', async (_, body) => {
    const answer = await door.send('POST', '/v1/incidents', body, { authorization: '' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it.each([
    ['nobody', {}, 401],
    ['a stranger', { authorization: 'Bearer nonsense' }, 401],
    ['a viewer', { authorization: `Bearer ${TOKENS.viewer}` }, 403],
    ['an operator', operator, 202],
  ])('are taken from %s with the right answer', async (_, headers, expected) => {
    const withoutToken = { authorization: '', ...headers };
    const { status, headers: answered } = await door.send('POST', '/v1/incidents', { incident: { title: 'Who?' } }, withoutToken);
    expect(status).toBe(expected);
    if (status >= 400) expect(answered.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it.each([
    ['no JSON', '{"incident":', {}, 400, /not JSON/],
    ['another type', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, /application\/json/],
    ['too much', { incident: { title: 't', description: 'x'.repeat(30_000) } }, {}, 413, /larger than 20000 bytes/],
    [
      'a tower of brackets',
      `{"incident":{"title":"t","labels":${'['.repeat(200)}${']'.repeat(200)}}}`,
      {},
      400,
      /deeper than 64/,
    ],
    ['nothing', undefined, {}, 400, /JSON in the body/],
    ['no title', { incident: { labels: {} } }, {}, 422, /incident: title/],
    ['bad evidence', { incident: { title: 't' }, evidence: { logs: [{ id: 'a' }] } }, {}, 422, /logs\.0\.status/],
    ['an unknown shape', { hello: 'world' }, {}, 422, /keys hello/],
    ['an unfit key', { incident: { title: 't' } }, { 'idempotency-key': 'with blank' }, 400, /Idempotency-Key/],
  ] as const)('refuse %s with a problem that says what to do', async (_, body, headers, status, detail) => {
    const answer = await door.send('POST', '/v1/incidents', body, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({
      status,
      title: expect.any(String) as unknown,
      detail: expect.stringMatching(detail) as unknown,
    });
  });

  it('point a PagerDuty body at the endpoint that reads it', async () => {
    const body = {
      event: { id: 'e', event_type: 'incident.triggered', data: { id: 'P1', title: 'Down', created_at: '2026-03-01T10:00:00Z' } },
    };
    expect(await door.send('POST', '/v1/webhooks/alertmanager', body)).toMatchObject({
      status: 422,
      body: { detail: expect.stringMatching(/PagerDuty v3.*\/v1\/incidents/) as unknown },
    });
    expect(await door.send('POST', '/v1/incidents', body)).toMatchObject({
      status: 202,
      body: { results: [{ result: 'opened', title: 'Down' }] },
    });
  });

  it('regression 7: phase 1 switched off sends incidents to people though phase 2 stays on', async () => {
    const switchPhase = (enabled: boolean) => door.send('PUT', '/v1/phases', { phase: 1, enabled, reason: 'a drill' }, operator);
    expect(await switchPhase(false)).toMatchObject({
      status: 200,
      body: {
        phases: [
          { phase: 1, enabled: false, environment: true, override: { actor: 'operator-1', reason: 'a drill' } },
          { phase: 2, enabled: false },
        ],
      },
    });
    const { body } = await door.send('POST', '/v1/incidents', { incident: { title: 'While off' } });
    expect((await openedOf(body['sessionId'])).data.path).toBe('escalate');
    expect(JSON.stringify(await door.redis.xrange(inboxKey('coordinator'), '-', '+'))).toContain(body['sessionId']);
    await switchPhase(true);
  });

  it('are refused with Retry-After while the recorder is behind', async () => {
    const key = inboxKey('recorder');
    await door.redis.del(key);
    await door.redis.xadd(key, '1-1', 'session', 'old');
    const refused = await until(async () => {
      const answer = await door.send('POST', '/v1/incidents', { incident: { title: 'Behind' } });
      return answer.status === 503 && answer;
    });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(refused.body).toMatchObject({ type: 'urn:inquest:problem:overloaded' });
    await door.redis.del(key);
    await until(async () => (await door.send('POST', '/v1/incidents', { incident: { title: 'Caught up' } })).status === 202);
  });

  it('are opened again by the very same message when Redis has lost it', async () => {
    const { body } = await door.send('POST', '/v1/incidents', {
      incident: { title: 'Lost by Redis' },
      evidence: { metrics: [{ id: 'm', status: 'ok', title: 't', json: { b: 1e3, a: [0.1, -0] } }] },
    });
    const first = await openedOf(body['sessionId']);
    await door.redis.flushall();
    const again = await openedOf(body['sessionId']);
    expect(again).toEqual(first);
    expect(eventHash(again)).toBe(first.eventHash);
  });

  it('are opened by any gateway in the same words, secrets left out, their marks included', async () => {
    const secret = 'q7Zx9LmP2vKc4TnB8wRj6YhD';
    const { body } = await door.send('POST', '/v1/incidents', {
      incident: {
        title: `token=${secret}`,
        fingerprint: `token=${secret}`,
        service: `password=${secret}`,
        namespace: `api_key=${secret}`,
        description: 'NUL \0',
      },
      evidence: {
        logs: [{ id: `token=${secret}`, status: 'ok', title: 't', text: `password=${secret}`, json: { b: 1, a: secret } }],
      },
    });
    const first = await openedOf(body['sessionId']);
    expect(JSON.stringify(first)).not.toContain(`=${secret}`);
    const incident = await door.record.incidents.get(String(body['incidentId']));
    if (!incident) throw new Error('the incident is not on record');
    const server = await freshRedis();
    const redis = connectRedis(server.url, { name: 'spec', onError: () => undefined });
    const streams = new SessionStreams(redis, { groups: STREAM_GROUPS });
    // Modules loaded anew know nothing of this process, like those of another gateway.
    await jest.isolateModulesAsync(async () => {
      const { Opener }: typeof opening = await import('./opener.js');
      const logger = { info: () => undefined, warn: () => undefined };
      const collection = { isFor: () => false, maxMs: 0 };
      const execution = { isStopped: async () => true };
      const environment = { AIOPS_AUTO_EXECUTE_ENABLED: false };
      const [lease, none] = [undefined as never, environment as never];
      await new Opener(streams, collection as never, lease, execution as never, redis, logger as never, none).open(incident);
    });
    const [entry] = await streams.read(String(body['sessionId']));
    expect(JSON.parse(entry?.body ?? '')).toMatchObject({ eventHash: first.eventHash });
    redis.disconnect();
    await server.stop();
  });

  it('are announced once while the recorder is slow to take their opening in, and anew when Redis has lost it', async () => {
    const sent = async (title: string) =>
      String((await door.send('POST', '/v1/incidents', { incident: { title } })).body['sessionId']);
    const kept = await sent('Waits for the recorder');
    const lost = await sent('Lost again and again');
    const announcements = async () =>
      (await door.redis.xrange(inboxKey('recorder'), '-', '+')).filter(([, fields]) => fields.includes(kept)).length;
    /** Resolves when a sweep that began after the call has done its work. */
    const swept = async () => {
      await openedOf(lost);
      await door.redis.del(sessionKey(lost), answersKey(lost));
      await openedOf(lost);
    };
    await openedOf(kept);
    await swept();
    await swept();
    expect(await announcements()).toBe(1);
    await door.redis.del(inboxKey('recorder'));
    await until(async () => (await announcements()) === 1);
    await door.redis.del(inboxKey('recorder'));
    await swept();
    await swept();
    expect(await announcements()).toBe(0);
  });

  it('are committed while Redis is away and opened when it is back', async () => {
    await door.stopRedis();
    const { status, body } = await door.send('POST', '/v1/incidents', { incident: { title: 'Redis is away' } });
    expect(status).toBe(202);
    expect(await door.record.incidents.get(String(body['incidentId']))).toBeDefined();
    await door.startRedis();
    const opened = await until(async () => {
      const [entry] = await door.streams.read(String(body['sessionId'])).catch(() => []);
      return entry;
    }, 15_000);
    expect(opened.type).toBe('session.opened');
  });
});
