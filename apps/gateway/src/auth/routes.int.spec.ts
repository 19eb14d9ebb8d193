import { v7 } from 'uuid';
import { startHarness, TOKENS, type Harness } from '../gateway.harness.spec.js';
import { ACCESS_ROLES, type AccessRole } from './tokens.js';

jest.setTimeout(60_000);

interface Door {
  /** Who may use it; nobody has to be anybody for those that are open. */
  readonly needs: AccessRole | 'nobody';
  /** How it is knocked at; standard: the route itself. */
  readonly at?: string;
  readonly body?: object;
  /** What whoever may use it is answered. */
  readonly answers: number;
}

const id = v7();
const override = { phase: 2, enabled: true, reason: 'a drill' };

/** Every route has a row. One that is added without it fails the first test. */
const DOORS: Record<string, Door> = {
  'GET /healthz': { needs: 'nobody', answers: 200 },
  'GET /readyz': { needs: 'nobody', answers: 200 },
  'GET /metrics': { needs: 'nobody', answers: 200 },
  'GET /docs': { needs: 'nobody', answers: 200 },
  'GET /docs/': { needs: 'nobody', answers: 200 },
  'GET /docs/index.html': { needs: 'nobody', answers: 200 },
  'GET /docs/LICENSE': { needs: 'nobody', answers: 404 },
  'GET /docs/swagger-ui-init.js': { needs: 'nobody', answers: 200 },
  'GET /docs/docs/swagger-ui-init.js': { needs: 'nobody', answers: 200 },
  'GET /docs-json': { needs: 'nobody', answers: 200 },
  'GET /docs-yaml': { needs: 'nobody', answers: 200 },
  'POST /v1/incidents': { needs: 'operator', body: { incident: { title: 'Knock' } }, answers: 202 },
  'POST /v1/webhooks/alertmanager': { needs: 'operator', body: { alerts: [{ labels: { alertname: 'Knock' } }] }, answers: 202 },
  'GET /v1/sessions': { needs: 'viewer', answers: 200 },
  'GET /v1/sessions/:id': { needs: 'viewer', at: `/v1/sessions/${id}`, answers: 404 },
  'GET /v1/sessions/:id/events': { needs: 'viewer', at: `/v1/sessions/${id}/events`, answers: 404 },
  'GET /v1/audit/sessions': { needs: 'viewer', answers: 200 },
  'GET /v1/phases': { needs: 'viewer', answers: 200 },
  'PUT /v1/phases': { needs: 'operator', body: override, answers: 200 },
  'GET /v1/execution': { needs: 'viewer', answers: 200 },
  'PUT /v1/execution': { needs: 'operator', body: { stopped: true, reason: 'a drill' }, answers: 200 },
  'GET /v1/controls': { needs: 'viewer', answers: 200 },
  'GET /v1/budgets': { needs: 'viewer', answers: 200 },
  'GET /v1/schemas': { needs: 'viewer', answers: 200 },
  'GET /v1/schemas/:name': { needs: 'viewer', at: '/v1/schemas/decision-package', answers: 200 },
  'GET /v1/dead-letters': { needs: 'admin', answers: 200 },
  'POST /v1/dead-letters/:id/retry': { needs: 'admin', at: '/v1/dead-letters/1-1/retry', answers: 404 },
  'DELETE /v1/dead-letters/:id': { needs: 'admin', at: '/v1/dead-letters/1-1', answers: 404 },
};

const rows = Object.entries(DOORS).map(([route, door]) => {
  const [method = '', path = ''] = route.split(' ');
  return { route, method, path: door.at ?? path, ...door };
});
const closed = rows.filter(({ needs }) => needs !== 'nobody');
const NO_TOKEN = [
  '',
  'Bearer',
  'Bearer nonsense',
  `Basic ${TOKENS.admin}`,
  TOKENS.admin,
  `Bearer ${TOKENS.admin} ${TOKENS.admin}`,
  `Bearer ${TOKENS.admin},${TOKENS.admin}`,
  `Bearer "${TOKENS.admin}"`,
  `Bearer ${TOKENS.admin.toUpperCase()}`,
];

describe('every door of the gateway', () => {
  let gateway: Harness;
  beforeAll(async () => {
    gateway = await startHarness({ INQUEST_STRANGER_RATE_PER_MINUTE: '100000' });
  });
  afterAll(() => gateway.close());

  const knock = async (method: string, path: string, authorization: string, body?: object) => {
    const response = await fetch(`${gateway.url}${path}`, {
      method,
      headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5_000),
    });
    return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() };
  };
  const bearer = (role: AccessRole): string => `Bearer ${TOKENS[role]}`;

  it('has a row in the table, and every row has its door', () => {
    expect(gateway.routes().sort()).toEqual(Object.keys(DOORS).sort());
  });

  it('is in the OpenAPI document, if it is closed', async () => {
    const { body } = await gateway.send('GET', '/docs-json');
    const documented = Object.entries(body['paths'] as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(documented).toEqual(expect.arrayContaining(closed.map(({ route }) => route)));
  });

  it.each(closed)('$route is closed to whoever brings no token, a wrong one or half of one', async ({ method, path, body }) => {
    for (const authorization of NO_TOKEN) {
      const answer = await knock(method, path, authorization, body);
      expect({ authorization, status: answer.status }).toEqual({ authorization, status: 401 });
      expect(answer.type).toMatch(/^application\/problem\+json/);
      expect(answer.text).not.toContain(TOKENS.admin);
    }
  });

  it.each(closed)('$route takes no token from the URL', async ({ method, path, body }) => {
    for (const name of ['access_token', 'token', 'api_key']) {
      const withToken = `${path}?${name}=${TOKENS.admin}`;
      const [alone, beside] = [await knock(method, withToken, '', body), await knock(method, withToken, bearer('admin'), body)];
      expect([alone.status, beside.status]).toEqual([401, 400]);
      expect(alone.text + beside.text).not.toContain(TOKENS.admin);
    }
  });

  it.each(closed)(
    '$route opens to $needs and those above, and to nobody below',
    async ({ method, path, body, needs, answers }) => {
      for (const role of ACCESS_ROLES) {
        const mayEnter = ACCESS_ROLES.indexOf(role) >= ACCESS_ROLES.indexOf(needs as AccessRole);
        const { status, type } = await knock(method, path, bearer(role), body);
        expect({ role, status }).toEqual({ role, status: mayEnter ? answers : 403 });
        if (status >= 400) expect(type).toMatch(/^application\/problem\+json/);
      }
    },
  );

  it.each(rows.filter(({ needs }) => needs === 'nobody'))(
    '$route is open and tells nothing of the record',
    async ({ path, answers }) => {
      const { status, text } = await knock('GET', path, '');
      expect(status).toBe(answers);
      for (const told of [id, 'operator-1', 'Knock', 'postgres://', 'redis://', TOKENS.viewer]) expect(text).not.toContain(told);
    },
  );

  it.each(rows.filter(({ method }) => method === 'GET'))('$route asks for a HEAD what it asks for a GET', async (door) => {
    const [stranger, known] = [await knock('HEAD', door.path, ''), await knock('HEAD', door.path, bearer('admin'))];
    expect([stranger.status, known.status]).toEqual([door.needs === 'nobody' ? door.answers : 401, door.answers]);
    expect(stranger.text + known.text).toBe('');
  });

  it.each(closed)(
    '$route does nothing for a method that it does not have, OPTIONS of other origins included',
    async ({ path }) => {
      const has = closed.filter((row) => row.path === path).map(({ method }) => method);
      const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'PURGE'].filter(
        (one) => !has.includes(one),
      );
      for (const other of others) {
        const { status, type } = await knock(other, path, bearer('admin'), other === 'GET' ? undefined : {});
        expect({ other, status }).toEqual({ other, status: 404 });
        expect(type).toMatch(/^application\/problem\+json/);
      }
    },
  );
});
