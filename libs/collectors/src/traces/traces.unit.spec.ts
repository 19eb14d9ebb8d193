import { fakeHttpServer, type FakeHttpServer } from '@inquest/testing';
import type { Collected } from '../collector.js';
import { Source } from '../http/source.js';
import { aSubject, ONSET, never } from '../testing/an-incident.spec.js';
import { Jaeger } from './jaeger.js';
import { Tempo } from './tempo.js';

const nano = (ms: number): string => `${ONSET + ms}000000`;
const otlpSpan = (spanId: string, parentSpanId: string, name: string, [from, to]: [number, number], over: object = {}) => ({
  ...{
    traceId: 'q6ur',
    spanId,
    parentSpanId,
    name,
    kind: 'SPAN_KIND_SERVER',
    startTimeUnixNano: nano(from),
    endTimeUnixNano: nano(to),
  },
  ...over,
});
const service = (name: string) => ({ attributes: [{ key: 'service.name', value: { stringValue: name } }] });
const otlp = {
  batches: [
    {
      resource: service('checkout'),
      scopeSpans: [{ spans: [otlpSpan('a', '', 'POST /pay', [0, 900], { status: { code: 'STATUS_CODE_ERROR' } })] }],
    },
    {
      resource: service('payments'),
      scopeSpans: [
        {
          spans: [
            otlpSpan('b', 'a', 'SELECT', [100, 800], {
              attributes: [
                { key: 'db.statement', value: { stringValue: 'SELECT 1' } },
                { key: 'secret.thing', value: { stringValue: 'x' } },
              ],
            }),
          ],
        },
      ],
    },
  ],
};
const jaegerSpan = (
  spanID: string,
  parent: string,
  processID: string,
  [from, duration]: [number, number],
  tags: object[] = [],
) => ({
  ...{
    traceID: 'abc',
    spanID,
    operationName: `op-${spanID}`,
    processID,
    startTime: (ONSET + from) * 1_000,
    duration: duration * 1_000,
    tags,
  },
  references: parent === '' ? [] : [{ refType: 'CHILD_OF', traceID: 'abc', spanID: parent }],
});

describe('traces', () => {
  let server: FakeHttpServer;
  beforeEach(async () => {
    server = await fakeHttpServer();
  });
  afterEach(() => server.close());
  const statuses = (collected: readonly Collected[]) => collected.map(({ item }) => `${item.id} ${item.status}`);
  const tempo = (given = {}) => new Tempo(new Source({ baseUrl: server.url })).collect(aSubject(given), never());
  const jaeger = (given = {}) => new Jaeger(new Source({ baseUrl: server.url })).collect(aSubject(given), never());

  it('of Tempo are summarised as spans, the slowest traces first', async () => {
    server.on('/api/search', {
      json: {
        traces: [
          { traceID: '0af1', durationMs: 1 },
          { traceID: '0af2', durationMs: 900 },
          { traceID: '0af3' },
          { traceID: '0af4' },
        ],
      },
    });
    server.on('/api/traces/', { json: { batches: [] } });
    server.on('/api/traces/0af2', { json: otlp });
    const [failed] = await tempo();
    expect(failed?.item).toMatchObject({
      ...{ id: 'tempo-failed', status: 'ok', invocation: '{ resource.service.name = "checkout" && status = error }' },
      json: [
        {
          spans_total: 2,
          spans: [
            { trace_id: '0af2', span_id: 'a', service: 'checkout', operation: 'POST /pay', duration_ms: 900, status: 'ERROR' },
            {
              span_id: 'b',
              parent_span_id: 'a',
              service: 'payments',
              duration_ms: 700,
              status: 'OK',
              attributes: { 'db.statement': 'SELECT 1' },
            },
          ],
        },
      ],
    });
    expect(JSON.stringify(failed)).not.toContain('secret.thing');
    // Of four found, three were read, twice.
    expect(server.asked.filter(({ url }) => url.pathname.startsWith('/api/traces/'))).toHaveLength(6);
  });

  it('of Jaeger are summarised alike', async () => {
    const spans = [
      jaegerSpan('a', '', 'p1', [0, 900], [{ key: 'error', type: 'bool', value: true }]),
      jaegerSpan('b', 'a', 'p2', [100, 700]),
    ];
    const processes = { p1: { serviceName: 'checkout' }, p2: { serviceName: 'payments' } };
    server.on('/api/traces?', { json: { data: [{ traceID: 'abc', spans, processes }] } });
    const [failed] = await jaeger();
    expect(failed?.item.json).toMatchObject([
      {
        spans: [
          { span_id: 'a', status: 'ERROR', duration_ms: 900 },
          { span_id: 'b', parent_span_id: 'a', service: 'payments', status: 'OK' },
        ],
      },
    ]);
    expect(server.asked.map(({ url }) => url.searchParams.get('tags'))).toEqual(['{"error":"true"}', null]);
  });

  it('that are none are no data', async () => {
    server.on('/api/search', { json: { traces: [] } });
    server.on('/api/traces?', { json: { data: null, errors: null } });
    expect(statuses(await tempo())).toEqual(['tempo-failed no-data', 'tempo-slowest no-data']);
    expect(statuses(await jaeger())).toEqual(['jaeger-failed no-data', 'jaeger-slowest no-data']);
  });

  it.each([
    [{ status: 403 }, 'denied'],
    [{ status: 500 }, 'error'],
    [{ text: '<html>' }, 'error'],
    [{ json: { traces: [{ traceID: '../../secrets' }], data: [{ traceID: 1 }] } }, 'error'],
  ])('that come as %j are evidence of that', async (reply, status) => {
    server.on('/', reply);
    expect(statuses([...(await tempo()), ...(await jaeger())]).map((text) => text.split(' ')[1])).toEqual([
      status,
      status,
      status,
      status,
    ]);
  });

  it('are not asked for without a service', async () => {
    await expect(Promise.all([tempo({ service: undefined }), jaeger({ service: undefined })])).resolves.toEqual([[], []]);
  });
});
