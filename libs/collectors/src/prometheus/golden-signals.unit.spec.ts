import { aSubject } from '../testing/an-incident.spec.js';
import { goldenSignals } from './golden-signals.js';

const queryOf = (id: string, given: Parameters<typeof aSubject>[0] = {}) =>
  goldenSignals(aSubject(given)).find((one) => one.id === id)?.query;

describe('the golden signals', () => {
  it("are asked for by the alert's own labels first, then by the usual names of a service", () => {
    const selectors = [...(queryOf('latency', { labels: { job: 'shop/checkout' } }) ?? '').matchAll(/_bucket\{([^}]*)\}/g)].map(
      ([, found]) => found,
    );
    expect([...new Set(selectors)]).toEqual([
      'job="shop/checkout",namespace="shop"',
      'service="checkout",namespace="shop"',
      'job=~"(.+/)?checkout",namespace="shop"',
      'app="checkout",namespace="shop"',
    ]);
  });

  it('are those of the pods of the workload, or of the one pod that the alert names', () => {
    expect(queryOf('restarts')).toContain('{namespace="shop",pod=~"checkout(-.+)?"}');
    expect(queryOf('restarts', { labels: { pod: 'checkout-7d-x' } })).toContain('pod=~"checkout-7d-x"');
  });

  it('cannot be made another query by what the alert says', () => {
    const evil = 'a"} or vector(1) or {x="\\';
    for (const { query } of goldenSignals(aSubject({ service: evil, namespace: evil, labels: { job: evil } }))) {
      const outside = query.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
      expect(outside).not.toContain('vector');
      expect(outside).not.toContain('x=');
    }
  });

  it('are not asked for when nobody is named', () => {
    expect(goldenSignals(aSubject({ service: undefined, namespace: undefined }))).toEqual([]);
    expect(goldenSignals(aSubject({ namespace: undefined })).map(({ id }) => id)).toEqual(['traffic', 'errors', 'latency']);
  });
});
