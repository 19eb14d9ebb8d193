import { familyOf, ratesOfCounters, sizeOf } from './metric-units.js';

it.each([
  [{ service: 'carts', metric: 'carts_cpu' }, 'cpu'],
  [{ service: 'carts', metric: 'cpu' }, 'cpu'],
  [{ service: 'carts', metric: 'carts' }, 'carts'],
  [{ service: 'carts', metric: 'container_cpu_usage_seconds_total{pod="carts-5d9f8"}' }, 'container_cpu_usage_seconds_total'],
])('compares %j with those of other services as %s', (series, family) => expect(familyOf(series)).toBe(family));

it('makes rates of counters, and takes a fall for a restart', () => {
  const points = [
    [0, 100],
    [10, 150],
    [20, 20],
    ...Array.from({ length: 20 }, (_, index) => [30 + 10 * index, 70 + 50 * index] as const),
  ] as const;
  const rates = ratesOfCounters({ metric: 'http_requests_total{code="200"}', points });
  expect(rates.slice(0, 3)).toEqual([
    [10, 5],
    [20, 2],
    [30, 5],
  ]);
});

it('leaves alone what goes up and down, whatever it is called, and what is called no counter', () => {
  const points = [3, 1, 2, 1, 4].map((value, index) => [index, value] as const);
  expect(ratesOfCounters({ metric: 'sessions_count', points })).toBe(points);
  const rising = [1, 2, 3].map((value, index) => [index, value] as const);
  expect(ratesOfCounters({ metric: 'memory_bytes', points: rising })).toBe(rising);
});

it('takes a ratio of successes by its failures', () => {
  expect(sizeOf('availability', 99)).toBe(1);
  expect(sizeOf('success_ratio', 0.9)).toBeCloseTo(0.1);
  expect(sizeOf('availability', 100)).toBe(0.2);
  expect(sizeOf('latency_ms', 99)).toBe(99);
});
