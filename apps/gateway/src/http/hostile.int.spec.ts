import { once } from 'node:events';
import { connect } from 'node:net';
import { v7 } from 'uuid';
import { startHarness, TOKENS, type Harness } from '../gateway.harness.spec.js';

jest.setTimeout(60_000);

const REQUEST_MS = 1_500;
const MEGABYTE = 1_048_576;
const operator = `Bearer ${TOKENS.operator}`;

describe('hostile requests', () => {
  let door: Harness;
  beforeAll(async () => {
    door = await startHarness({
      INQUEST_REQUEST_MS: String(REQUEST_MS),
      INQUEST_STRANGER_RATE_PER_MINUTE: '100000',
      INQUEST_BODY_MAX: String(MEGABYTE),
    });
  });
  afterAll(() => door.close());

  /** Sends bytes as they are and resolves with what comes back until the gateway hangs up. */
  const raw = async (...pieces: readonly (string | number)[]): Promise<{ answer: string; tookMs: number }> => {
    const startedAt = performance.now();
    const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    // A gateway that hangs up while we are still sending resets the connection; its answer counts.
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    await once(socket, 'connect');
    for (const piece of pieces) {
      if (typeof piece === 'string') socket.write(piece);
      else await new Promise((resolve) => setTimeout(resolve, piece));
    }
    await closed;
    return { answer, tookMs: performance.now() - startedAt };
  };
  const get = (path: string, ...headers: readonly string[]): string =>
    [`GET ${path} HTTP/1.1`, 'Host: x', `Authorization: ${operator}`, 'Connection: close', ...headers, '', ''].join('\r\n');
  const post = (body: string, ...headers: readonly string[]): string =>
    [
      'POST /v1/incidents HTTP/1.1',
      'Host: x',
      `Authorization: ${operator}`,
      'Content-Type: application/json',
      'Connection: close',
      ...headers,
      ...(headers.some((header) => /^(content-length|transfer-encoding)/i.test(header))
        ? []
        : [`Content-Length: ${body.length}`]),
      '',
      body,
    ].join('\r\n');
  const incident = (more: object = {}): string => JSON.stringify({ incident: { title: 'Hostile', ...more } });
  const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

  it('get headers that browsers obey and none that tells what runs here, errors without a stack included', async () => {
    for (const path of ['/v1/sessions', '/v1/nowhere', '/v1/sessions/nonsense', '/docs', '/healthz']) {
      const { headers, status } = await fetch(`${door.url}${path}`, { headers: { authorization: operator } });
      expect({
        path,
        status,
        sniffing: headers.get('x-content-type-options'),
        frame: headers.get('x-frame-options'),
      }).toMatchObject({
        sniffing: 'nosniff',
        frame: 'SAMEORIGIN',
      });
      expect(headers.get('content-security-policy')).toMatch(/default-src 'self'.*script-src 'self'.*script-src-attr 'none'/);
      expect(headers.get('strict-transport-security')).toMatch(/max-age/);
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
    const { answer } = await raw(post('{"incident":'));
    expect(answer).not.toMatch(/\bat .*\.(ts|js):\d+|node_modules|SyntaxError/);
  });

  it.each([
    ['its headers', 'GET /v1/sessions HTTP/1.1\r\nHost: x\r\n', REQUEST_MS / 3],
    ['its body', post('{', 'Content-Length: 5'), REQUEST_MS],
  ])('that never finish %s are hung up on', async (_, begun, withinMs) => {
    const { answer, tookMs } = await raw(begun);
    expect(statusOf(answer)).toBe(408);
    expect(tookMs).toBeGreaterThanOrEqual(withinMs - 50);
    expect(tookMs).toBeLessThan(withinMs + 5_000);
  });

  it('that drip byte by byte are hung up on, and keep nobody waiting meanwhile', async () => {
    const drips = Array.from({ length: 50 }, (_, index) => (index % 2 ? 100 : `X-${index}: 1\r\n`));
    const slow = Promise.all(Array.from({ length: 40 }, () => raw('GET /v1/sessions HTTP/1.1\r\nHost: x\r\n', ...drips)));
    expect((await door.send('GET', '/v1/phases')).status).toBe(200);
    expect((await slow).map(({ answer }) => statusOf(answer))).toEqual(Array(40).fill(408));
  });

  it.each([
    { what: 'headers of 20 kB', status: 431, request: () => get('/v1/phases', `X-Much: ${'x'.repeat(20_000)}`) },
    { what: 'a URL of 9 kB', status: 414, request: () => get(`/v1/sessions?cursor=${'x'.repeat(9_000)}`) },
    { what: 'a URL that cannot be decoded', status: 400, request: () => get('/v1/schemas/%ff%zz') },
    { what: 'a line break in its key', status: 400, request: () => post(incident(), 'Idempotency-Key: a\r\n b') },
    { what: 'a bare line feed in a header', status: 400, request: () => post(incident(), 'Idempotency-Key: a\nX-Injected: 1') },
    {
      what: 'a bare carriage return in a header',
      status: 400,
      request: () => post(incident(), 'Idempotency-Key: a\rX-Injected: 1'),
    },
    { what: 'a NUL in a header', status: 400, request: () => post(incident(), 'Idempotency-Key: a\0b') },
    { what: 'two keys', status: 400, request: () => post(incident(), 'Idempotency-Key: a', 'Idempotency-Key: b') },
    { what: 'a key beyond ASCII', status: 400, request: () => post(incident(), 'Idempotency-Key: ключ') },
    { what: 'two lengths', status: 400, request: () => post(incident(), 'Content-Length: 5', 'Content-Length: 50') },
    {
      what: 'a length and chunks',
      status: 400,
      request: () => post(incident(), 'Content-Length: 5', 'Transfer-Encoding: chunked'),
    },
    {
      what: 'an unknown transfer encoding',
      status: 400,
      request: () => post(incident(), 'Transfer-Encoding: chunked, smuggled'),
    },
    { what: 'an encoding that it cannot undo', status: 415, request: () => post(incident(), 'Content-Encoding: nonsense') },
    { what: 'another protocol', status: 400, request: () => 'SSH-2.0-OpenSSH_9.2\r\n\r\n' },
    { what: 'an invented method', status: 400, request: () => 'BREW /v1/incidents HTTP/1.1\r\nHost: x\r\n\r\n' },
  ])('with $what are answered with $status', async ({ status, request }) => {
    const { answer } = await raw(request());
    expect(statusOf(answer)).toBe(status);
    expect(answer).not.toMatch(/^x-injected/im);
  });

  it('cannot put a line of their own into an answer or a trace', async () => {
    const { answer } = await raw(
      post(
        incident({ title: 'a\r\nSet-Cookie: x=1', url: 'http://x/\r\nSet-Cookie: x=1' }),
        'traceparent: 00-zz\r\nSet-Cookie: x=1',
      ),
    );
    expect(statusOf(answer)).toBe(202);
    expect(answer).toMatch(/^location: \/v1\/sessions\/[0-9a-f-]{36}\r?$/im);
    expect(answer).not.toMatch(/^set-cookie/im);
    const [entry] = await door.redis.xrevrange('aiops:inbox:recorder', '+', '-', 'COUNT', 1);
    expect(JSON.stringify(entry)).not.toContain('00-zz');
  });

  it.each(
    [
      '..%2f..%2fpackage.json',
      '..%5c..%5cpackage.json',
      '%2e%2e/%2e%2e/package.json',
      '....//package.json',
      '/etc/passwd',
      '%00',
      '..;/x',
    ].flatMap((path) => ['/docs/', '/v1/sessions/', '/v1/schemas/', '/v1/dead-letters/'].map((door) => `${door}${path}`)),
  )('leave the file system alone: %s', async (path) => {
    const { answer } = await raw(get(path));
    expect([301, 400, 403, 404]).toContain(statusOf(answer));
    expect(answer).not.toMatch(/"workspaces"|root:x:|"private"/);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'])('find no schema called %s', async (name) => {
    expect((await door.send('GET', `/v1/schemas/${name}`)).status).toBe(404);
  });

  it.each([
    '{"__proto__":{"polluted":1},"incident":{"title":"t","__proto__":{"polluted":1}}}',
    '{"incident":{"title":"t","labels":{"__proto__":"polluted","constructor":"polluted"}}}',
    '{"incident":{"title":"t","annotations":{"__proto__":{"polluted":1}}}}',
    '{"incident":{"title":"t"},"evidence":{"__proto__":{"polluted":1},"logs":[{"id":"a","status":"ok","title":"t","json":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}]}}',
    '{"incident":{"title":"t"},"evidence":[{"__proto__":{"polluted":1},"name":"__proto__","data":{"__proto__":{"polluted":1}}}]}',
    '{"alerts":[{"__proto__":{"polluted":1},"labels":{"alertname":"a","__proto__":{"polluted":1}},"annotations":{"__proto__":"polluted"}}]}',
    '{"commonLabels":{"__proto__":{"polluted":1}},"alerts":[{"labels":{"alertname":"b"}}]}',
  ])('change no prototype: %s', async (body) => {
    const { status } = await door.send('POST', '/v1/incidents', body);
    expect([202, 400, 422]).toContain(status);
    expect((await door.send('GET', '/v1/sessions?__proto__[polluted]=1&constructor[prototype][polluted]=1')).status).toBe(400);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect('polluted' in {}).toBe(false);
  });

  const filled = (piece: string, before: string, after: string): string =>
    before +
    `${piece},`.repeat(Math.floor((MEGABYTE - before.length - after.length - piece.length) / (piece.length + 1))) +
    piece +
    after;
  it.each([
    ['empty alerts', filled('{}', '{"alerts":[', ']}'), 400],
    ['numbers', filled('1', '{"incident":{"title":"t"},"evidence":[', ']}'), 400],
    ['short alerts', filled('{"labels":{"a":"b"}}', '{"alerts":[', ']}'), 202],
    ['brackets', `{"incident":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400],
    ['JSON in JSON in JSON', JSON.stringify({ Type: 'Notification', TopicArn: 'a', Message: '['.repeat(100_000) }), 422],
    ['one long text', JSON.stringify({ incident: { title: 't', description: 'x'.repeat(1_000_000) } }), 422],
    ['one key many times', filled('"a":1', '{"incident":{"title":"t"},', '}'), 202],
    ['many keys', `{"incident":{"title":"t","labels":{${Array.from({ length: 60_000 }, (_, n) => `"k${n}":"v"`).join()}}}}`, 422],
    [
      'short texts',
      filled('"abcd-efg"', '{"incident":{"title":"t"},"evidence":{"logs":[{"id":"l","status":"ok","title":"t","json":[', ']}]}}'),
      202,
    ],
  ] as const)('of a megabyte of %s are answered soon and shortly', async (_, body, status) => {
    expect(body.length).toBeLessThanOrEqual(MEGABYTE);
    const startedAt = performance.now();
    const answer = await door.send('POST', '/v1/incidents', body);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body).length).toBeLessThan(MEGABYTE);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('repeat no secret in what they are answered, whatever is wrong with them', async () => {
    const secret = ['ghp', 'q7Zx9LmP2vKc4TnB8wRj6YhDq7Zx9LmP2vKc'].join('_');
    const word = 'hunter2hunter2';
    const answers = [
      await raw(post(`{"password": ${word}}`)),
      await raw(post(`{"incident":{"title":"x"},"${secret}":`)),
      await raw(post(JSON.stringify({ [secret]: 1, password: word }))),
      await raw(post(JSON.stringify({ incident: { [secret]: 1, title: 5, severity: secret, startsAt: `password=${word}` } }))),
      await raw(post(JSON.stringify({ incident: { title: 't' }, evidence: { logs: [{ id: secret, status: secret }] } }))),
      await raw(post(JSON.stringify({ incident: { title: `token=${secret}`, fingerprint: secret } }))),
      await raw(post(JSON.stringify({ alerts: [{ status: 'resolved', labels: { alertname: secret, password: word } }, {}] }))),
      await raw(post(incident(), `Idempotency-Key: ${secret} ${secret}`)),
      await raw(post(incident(), `Content-Type: text/${secret}`)),
      await raw(get(`/v1/sessions/${secret}`)),
      await raw(get(`/v1/schemas/${secret}`)),
      await raw(get(`/v1/${secret}`)),
      await raw(get(`/v1/sessions/${v7()}?password=${word}`)),
      await raw(get(`/v1/sessions?cursor=${secret}&password=${word}&outcome=${secret}`)),
      await raw(get(`/v1/dead-letters?after=${secret}`)),
      await raw(get('/v1/sessions', `Last-Event-ID: ${secret}`, `X-Api-Key: ${secret}`, `Cookie: session=${secret}`)),
      await raw(get(`/v1/sessions/${v7()}/events`, `Last-Event-ID: ${secret}`)),
    ];
    for (const [index, { answer }] of answers.entries()) {
      expect(statusOf(answer)).toBeGreaterThan(0);
      expect({ index, tells: [secret, word].filter((one) => answer.includes(one)) }).toEqual({ index, tells: [] });
    }
  });
});

describe('more requests than can be handled', () => {
  it('are refused before they are read, with 503 and Retry-After, and places become free again', async () => {
    const door = await startHarness({ INQUEST_REQUESTS_MAX: '2', INQUEST_REQUEST_MS: '60000' });
    const begun = [1, 2].map(() => {
      const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
      socket.write(
        `POST /v1/incidents HTTP/1.1\r\nHost: x\r\nAuthorization: ${operator}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
      );
      return socket;
    });
    const send = () => door.send('POST', '/v1/incidents', { incident: { title: 'One more' } });
    let crowded = await send();
    while (crowded.status === 202) crowded = await send();
    expect(crowded).toMatchObject({ status: 503, body: { type: 'urn:inquest:problem:overloaded' } });
    expect(crowded.headers.get('retry-after')).toBe('2');
    expect((await door.send('GET', '/v1/phases')).status).toBe(200);
    for (const socket of begun) socket.destroy();
    let free = await send();
    while (free.status === 503) free = await send();
    expect(free.status).toBe(202);
    await door.close();
  });
});
