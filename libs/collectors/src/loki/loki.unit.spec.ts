import { fakeHttpServer, type FakeHttpServer } from '@inquest/testing';
import { aSubject, ONSET, never } from '../testing/an-incident.spec.js';
import { Source } from '../http/source.js';
import { Loki } from './loki.js';

const streams = (...result: object[]) => ({ json: { status: 'success', data: { resultType: 'streams', result } } });

describe('logs from Loki', () => {
  let server: FakeHttpServer;
  beforeEach(async () => {
    server = await fakeHttpServer();
  });
  afterEach(() => server.close());
  const collected = (given = {}) => new Loki(new Source({ baseUrl: server.url })).collect(aSubject(given), never());
  const queries = () => server.asked.map(({ url }) => url.searchParams.get('query'));

  it('are in order of time, with the pod that wrote each line', async () => {
    server.on('/loki', (request, response) => {
      const isPods = new URL(request.url ?? '', server.url).searchParams.get('query')?.includes('pod=~') === true;
      const line = (ms: number, text: string): [string, string] => [`${ONSET + ms}000000`, text];
      const found = [
        { stream: { pod: 'checkout-b' }, values: [line(2_000, 'ERROR late')] },
        { stream: { pod: 'checkout-a' }, values: [line(3_000, 'ERROR last'), line(1_000, 'ERROR first')] },
      ];
      response.end(JSON.stringify(streams(...(isPods ? found : [])).json));
    });
    const [trouble] = await collected();
    expect(trouble?.item).toMatchObject({
      ...{ id: 'loki-trouble', status: 'ok' },
      text: '2026-01-15T10:00:01.000Z checkout-a ERROR first\n2026-01-15T10:00:02.000Z checkout-b ERROR late\n2026-01-15T10:00:03.000Z checkout-a ERROR last',
    });
  });

  it('are looked for by one label after the other until there are some', async () => {
    server.on('/loki', streams());
    expect((await collected()).map(({ item }) => item.status)).toEqual(['no-data', 'no-data']);
    expect(queries().filter((query) => !query?.includes('|~'))).toEqual([
      '{namespace="shop", pod=~"checkout(-.+)?"}',
      '{namespace="shop", app="checkout"}',
      '{service_name="checkout"}',
    ]);
  });

  it('lose their beginning, and no half line, when there are too many', async () => {
    const values = Array.from({ length: 100 }, (_, index) => [`${ONSET + index}000000`, `${index} `.padEnd(2_000, 'x')]);
    server.on('/loki', streams({ stream: {}, values }));
    const [, latest] = await collected();
    expect(latest?.item.status).toBe('truncated');
    expect(latest?.item.cutBytes).toBeGreaterThan(100_000);
    for (const line of latest?.item.text?.split('\n') ?? ['none'])
      expect(line).toMatch(/^2026-01-15T10:00:00\.\d{3}Z {2}\d+ x+$/);
  });

  it.each([
    ['metrics instead of logs', { json: { status: 'success', data: { resultType: 'matrix', result: [] } } }, 'error'],
    ['401', { status: 401 }, 'denied'],
    ['429', { status: 429, text: 'too many outstanding requests' }, 'error'],
  ])('that come as %s are evidence of that', async (_, reply, status) => {
    server.on('/loki', reply);
    expect((await collected()).map(({ item }) => item.status)).toEqual([status, status]);
  });

  it('are not asked for without a name, nor by a name that is a query', async () => {
    await expect(collected({ service: undefined })).resolves.toEqual([]);
    server.on('/loki', streams());
    await collected({ service: 'x"} |= "', namespace: undefined });
    for (const query of queries()) expect(query?.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')).not.toContain('|=');
  });
});
