import type { SessionOpened } from '@inquest/contracts';
import { startHarness, TOKENS, until, type Harness } from '../gateway.harness.spec.js';

let door: Harness;
beforeAll(async () => {
  door = await startHarness({
    INQUEST_SEVERITY_MIN: 'warning',
    AIOPS_AUTO_EXECUTE_ENABLED: 'true',
    INQUEST_BUDGETS: '{"overall": {"day": {"usd": 20}}}',
  });
}, 60_000);
afterAll(() => door.close());

const post = (title: string, severity: string) =>
  door.send('POST', '/v1/incidents', { incident: { title, severity, startsAt: '2026-11-20T10:00:00Z', fingerprint: title } });
const openedOf = async (sessionId: unknown): Promise<SessionOpened> => {
  const [entry] = await until(async () => {
    const entries = await door.streams.read(String(sessionId));
    return entries.length > 0 && entries;
  });
  return JSON.parse(entry?.body ?? '') as SessionOpened;
};
const metricsAt = async (): Promise<string> => (await fetch(`${door.url}/metrics`)).text();

describe('the severity filter', () => {
  it('puts what is too mild on record, once, without its secrets, and opens nothing', async () => {
    for (const _ of [1, 2]) {
      const { status, body } = await post('Certificate expires; password=hunter2hunter2', 'info');
      expect(status).toBe(202);
      expect(body).toMatchObject({
        sessionId: null,
        results: [{ result: 'filtered', reason: expect.stringContaining('"info" is below "warning"') as string }],
      });
    }
    const { body } = await door.send('GET', '/v1/controls?kind=incident-filtered');
    expect(body).toMatchObject({
      next: null,
      events: [
        {
          data: { source: 'api', fingerprint: expect.any(String) as string, severity: 'info', startsAt: '2026-11-20T10:00:00Z' },
        },
      ],
    });
    expect(Object.keys((body['events'] as { data: object }[])[0]?.data ?? {})).not.toContain('incident');
    expect(JSON.stringify(body)).toContain('Certificate expires');
    expect(JSON.stringify(body)).not.toContain('hunter2');
    expect(await metricsAt()).toMatch(/inquest_incidents_filtered_total\{.*severity="info".*\} 1/);
  });

  it('debates what is severe enough, and what nobody knows the severity of', async () => {
    for (const severity of ['warning', 'high', 'critical', 'unknown'])
      expect((await post(`One that is ${severity}`, severity)).body['sessionId']).not.toBeNull();
  });

  it('filters the alerts of a pager one by one', async () => {
    const alert = (alertname: string, severity: string) => ({
      ...{ status: 'firing', labels: { alertname, severity }, startsAt: '2026-11-20T10:00:00Z', fingerprint: alertname },
    });
    const { body } = await door.send('POST', '/v1/webhooks/alertmanager', {
      ...{ version: '4', status: 'firing', alerts: [alert('Mild', 'info'), alert('Severe', 'critical')] },
    });
    expect((body['results'] as { result: string }[]).map(({ result }) => result)).toEqual(['filtered', 'opened']);
  });
});

describe('an idempotency key', () => {
  const mild = { title: 'Certificate expires', severity: 'info', labels: { note: 'password=hunter2hunter2' } };
  const send = (key: string, incident: object) => door.send('POST', '/v1/incidents', { incident }, { 'idempotency-key': key });
  const filteredNow = async (): Promise<number> =>
    ((await door.send('GET', '/v1/controls?kind=incident-filtered&limit=200')).body['events'] as unknown[]).length;

  it('gives a filtered request the same answer again, and puts it on record once, though its start is assumed', async () => {
    const before = await filteredNow();
    const first = await send('again', mild);
    expect(first.body).toMatchObject({ results: [{ result: 'filtered' }] });
    for (const { status, body } of await Promise.all([send('again', mild), send('again', mild)]))
      expect([status, body]).toEqual([202, first.body]);
    expect(await filteredNow()).toBe(before + 1);
  });

  it('of a filtered request refuses another one, mild or severe; that of an accepted one refuses a mild one', async () => {
    await send('mild-first', mild);
    for (const other of [
      { ...mild, title: 'Another' },
      { ...mild, severity: 'critical' },
    ])
      expect(await send('mild-first', other)).toMatchObject({
        status: 422,
        body: { type: 'urn:inquest:problem:idempotency-key-reused' },
      });
    const severe = { ...mild, severity: 'critical', fingerprint: 'severe-first' };
    const accepted = await send('severe-first', severe);
    expect((await send('severe-first', mild)).status).toBe(422);
    expect((await send('severe-first', severe)).body['sessionId']).toBe(accepted.body['sessionId']);
  });
});

describe('the kill switch', () => {
  it('keeps sessions that open from ever being executed, until somebody resumes; who and why is on record', async () => {
    const opensWith = async (title: string) =>
      (await openedOf((await post(title, 'critical')).body['sessionId'])).data.autoExecuteEnabled;
    expect(await opensWith('before')).toBe(true);
    const stopped = await door.send(
      'PUT',
      '/v1/execution',
      { stopped: true, reason: 'INC-1 password=hunter2hunter2' },
      { authorization: `Bearer ${TOKENS.operator}` },
    );
    expect(stopped.body).toMatchObject({ stopped: true, last: { actor: 'operator-1' } });
    expect(JSON.stringify(stopped.body)).not.toContain('hunter2');
    expect(await opensWith('while stopped')).toBe(false);
    expect(await metricsAt()).toMatch(/^inquest_execution_stopped(\{.*\})? 1/m);
    await door.send('PUT', '/v1/execution', { stopped: false, reason: 'mended' });
    expect(await opensWith('after')).toBe(true);
  });

  it.each([[{ stopped: true }], [{ stopped: 'yes', reason: 'why not' }], [{ stopped: true, reason: 'x' }]])(
    'refuses %j',
    async (body) => {
      expect((await door.send('PUT', '/v1/execution', body)).status).toBe(400);
    },
  );
});

it('shows the budgets and what was spent', async () => {
  await door.record.spend.charge('solver', { usd: 0.5, tokens: 900 });
  const { body } = await door.send('GET', '/v1/budgets');
  expect(body).toMatchObject({ limits: [{ role: 'all', period: 'day', unit: 'usd', max: 20 }] });
  expect(body['spend']).toContainEqual(expect.objectContaining({ role: 'solver', period: 'month', usd: 0.5, tokens: 900 }));
});

it('tells how the whole system stands, the ledger’s last verification too', async () => {
  await door.record.controls.note({
    kind: 'ledger-verified',
    subject: 'all',
    actor: 'spec',
    reason: 'fine',
    data: { findings: 3 },
  });
  const text = await metricsAt();
  for (const line of [
    /^inquest_inbox_length\{.*inbox="recorder".*\} [1-9]/m,
    /^inquest_inbox_pending\{.*inbox="critic".*\} 0/m,
    /^inquest_inbox_oldest_age\{.*inbox="recorder".*\} \d/m,
    /^inquest_sessions_open\S* [1-9]/m,
    /^inquest_dead_letters_waiting\S* 0/m,
    /^inquest_ledger_findings\S* 3/m,
    /^inquest_ledger_verified_at\S* 1\d{9}/m,
    /^inquest_turn_limit\S* 5000/m,
    /^inquest_debate_limit\S* 30000/m,
  ])
    expect(text).toMatch(line);
});

it('still answers a scrape when Redis is away, and does not tell of before', async () => {
  await door.stopRedis();
  const text = await metricsAt();
  expect(text).toMatch(/^inquest_sessions_open/m);
  expect(text).toMatch(/^inquest_inbox_oldest_age\{.*inbox="recorder".*\} NaN/m);
  await door.startRedis();
});
