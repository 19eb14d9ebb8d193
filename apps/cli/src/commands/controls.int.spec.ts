import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { EXIT } from '../exit-codes.js';
import { runInMemory, type Ran } from '../testing/run-in-memory.js';

const stopped = {
  kind: 'execution-stopped',
  subject: 'all',
  actor: 'ada',
  reason: 'INC-1',
  createdAt: '2026-11-20T10:00:00.000Z',
  data: {},
};
const filtered = {
  ...{ kind: 'incident-filtered', subject: 'x', actor: 'admission filter', reason: 'too mild', createdAt: stopped.createdAt },
  data: { source: 'api', title: 'Certificate expires' },
};
const window = { period: 'day', startsAt: '2026-11-20T00:00:00.000Z', usd: 17, tokens: 500 };
const ANSWERS: Readonly<Record<string, unknown>> = {
  'GET /v1/budgets': {
    limits: [
      { role: 'all', period: 'day', unit: 'usd', max: 20 },
      { role: 'critic', period: 'hour', unit: 'tokens', max: 0 },
    ],
    spend: [{ ...window, role: 'all' }],
  },
  'GET /v1/execution': { stopped: false, last: null },
  'PUT /v1/execution': { stopped: true, last: stopped },
  'GET /v1/controls?limit=50': { events: [stopped], next: 'c1' },
  'GET /v1/controls?limit=49&cursor=c1': { events: [filtered], next: null },
};

let server: Server;
let bodies: string[];
beforeEach(async () => {
  bodies = [];
  server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      const answer = ANSWERS[`${request.method} ${request.url}`];
      response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => void server.close(resolve)));

const inquest = (...args: string[]): Promise<Ran> =>
  runInMemory([...args, '--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`]);

describe('budgets on the command line', () => {
  it('stand beside what was taken, also where nothing was', async () => {
    const { code, out } = await inquest('budgets');
    expect(code).toBe(EXIT.ok);
    expect(out).toMatch(/all +day +\$17\.0000 +\$20\.0000 +85 %/);
    expect(out).toMatch(/all +day +500 tokens/);
    expect(out).toMatch(/critic +hour +0 tokens +0 +100 %/);
  });
});

describe('the kill switch on the command line', () => {
  it('says who stopped execution, when and why, and sends the reason', async () => {
    const { out } = await inquest('execution', 'stop', '--reason', 'INC-1');
    expect(JSON.parse(bodies.at(-1) ?? '')).toEqual({ stopped: true, reason: 'INC-1' });
    expect(out).toContain('All execution is stopped.');
    expect(out).toContain('ada said so at 2026-11-20T10:00:00.000Z: INC-1');
  });

  it('says so when nobody ever did', async () => {
    const { out } = await inquest('execution', 'get');
    expect(out).toContain('Nobody has ever stopped it.');
  });
});

it('the audit of controls is one line per event, page after page', async () => {
  const { out } = await inquest('audit', 'controls', '--json');
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([stopped, filtered]);
  const { out: table } = await inquest('audit', 'controls');
  expect(table).toMatch(/2026-11-20 10:00:00 +execution-stopped +ada +INC-1/);
  expect(table).toMatch(/incident-filtered +admission filter +Certificate expires: too mild/);
});
