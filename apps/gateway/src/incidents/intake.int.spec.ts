import { eventHash, Message, type SessionOpened } from '@inquest/contracts';
import { inboxKey } from '@inquest/streams';
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
