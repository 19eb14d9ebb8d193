import { findPrometheus, startPrometheus, type PrometheusServer } from '@inquest/servers';
import type { Collected } from '../collector.js';
import { Source } from '../http/source.js';
import { aSubject, ONSET, never } from '../testing/an-incident.spec.js';
import { Prometheus } from './prometheus.js';

const STEP_MS = 15_000;
const moments = Array.from({ length: 160 }, (_, index) => ONSET - 30 * 60_000 + index * STEP_MS);
const line = (name: string, labels: string, value: (sinceOnsetMs: number) => number): string[] =>
  moments.map((at) => `${name}{${labels}} ${value(at - ONSET)} ${at / 1_000}`);
/** So many since the beginning, at `rate` a second, and at another from the onset on. */
const counted = (rate: number, after: number) => (ms: number) =>
  Math.round(rate * (30 * 60 + Math.min(ms, 0) / 1_000) + after * Math.max(0, ms / 1_000));

/** A service that begins to fail at the onset, as its client library and the kubelet measure it. */
const samples = [
  '# TYPE http_requests counter',
  ...line('http_requests_total', 'job="shop/checkout",namespace="shop",code="200"', counted(10, 5)),
  ...line('http_requests_total', 'job="shop/checkout",namespace="shop",code="503"', counted(0, 5)),
  '# TYPE kube_pod_container_status_restarts counter',
  ...line('kube_pod_container_status_restarts_total', 'namespace="shop",pod="checkout-a"', (ms) => (ms > 0 ? 3 : 0)),
  ...line('kube_pod_container_status_restarts_total', 'namespace="shop",pod="checkout2"', () => 9),
  '# EOF\n',
].join('\n');

const programs = findPrometheus().catch((error: unknown) => String(error));

describe('evidence from a real Prometheus', () => {
  let server: PrometheusServer | undefined;
  beforeAll(async () => {
    const found = await programs;
    if (typeof found === 'string') process.stderr.write(`  Skipped: queries to a real Prometheus. ${found}\n`);
    else server = await startPrometheus({ samples, programs: found });
  }, 240_000);
  afterAll(() => server?.stop());

  const collected = async (given = {}): Promise<Collected[] | undefined> =>
    server && new Prometheus(new Source({ baseUrl: server.url })).collect(aSubject(given), never());
  const item = (found: readonly Collected[], id: string) => found.find((one) => one.item.id === `prometheus-${id}`)?.item;

  it('has every query of the golden signals understood', async () => {
    for (const given of [{}, { labels: { job: 'shop/checkout' } }, { service: 'a"b\\c{}', labels: { pod: 'x.y"' } }])
      for (const { item: one } of (await collected(given)) ?? [])
        expect([one.id, one.status, one.text]).toEqual([one.id, expect.stringMatching(/^(ok|no-data)$/), undefined]);
  });

  it('shows traffic and errors of the service, found by the usual names of its labels', async () => {
    const found = await collected();
    if (!found) return;
    const errors = item(found, 'errors')?.series?.[0];
    expect(errors).toMatchObject({ name: 'http_5xx_error_rate', unit: 'req/s', labels: { service: 'checkout' } });
    expect(errors?.points.at(0)?.[1]).toBe(0);
    expect(errors?.points.at(-1)?.[1]).toBeCloseTo(5, 0);
    expect(item(found, 'traffic')?.series?.[0]?.points.at(-1)?.[1]).toBeCloseTo(10, 0);
    expect(item(found, 'latency')?.status).toBe('no-data');
  });

  it('shows the pods of the workload and no others', async () => {
    const found = await collected();
    if (!found) return;
    expect(item(found, 'restarts')?.series?.map(({ labels }) => labels)).toEqual([{ pod: 'checkout-a' }]);
  });

  it("shows what the alert's expression compares, from before it fired", async () => {
    const expression = 'sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) > 1';
    const found = await collected({ annotations: { expr: expression } });
    if (!found) return;
    const alert = item(found, 'alert');
    expect(alert).toMatchObject({ status: 'ok', title: "The alert's expression, which fires at > 1" });
    expect(alert?.series?.[0]?.points.some(([at, value]) => at * 1_000 < ONSET && value === 0)).toBe(true);
  });

  it('says why an expression cannot be asked', async () => {
    const found = await collected({ annotations: { expr: 'sum(rate(' } });
    if (!found) return;
    expect(item(found, 'alert')).toMatchObject({
      status: 'error',
      text: expect.stringMatching(/answered 400.*parse error/s) as string,
    });
  });
});
