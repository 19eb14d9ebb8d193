import { detectOnset } from './onset.js';
import type { MetricSeries } from './telemetry-evidence.js';

/** Levels of ten points each, one point every 30 s. */
const levels = (...values: readonly number[]): MetricSeries => ({
  service: 'shop',
  metric: 'cpu',
  points: values.flatMap((value, block) =>
    Array.from({ length: 10 }, (_, index) => [30 * (10 * block + index), value * (1 + 0.02 * Math.sin(index * 2.4))] as const),
  ),
});
const usual = new Map([['shop\0cpu', { centre: 1, sigma: 0.02 }]]);

it('finds the moment of a step within one bin', () => {
  const { atSeconds, clarity } = detectOnset([levels(1, 1, 1, 5)], new Map(), []);
  expect(Math.abs(atSeconds - 900)).toBeLessThanOrEqual(30);
  expect(clarity).toBeGreaterThan(0.3);
});

it('passes over an earlier incident that was over', () => {
  expect(Math.abs(detectOnset([levels(1, 5, 1, 1, 1, 1, 4)], usual, []).atSeconds - 1_800)).toBeLessThanOrEqual(60);
});

it('takes the way back to what is usual for no onset', () => {
  expect(detectOnset([levels(5, 1, 1, 1, 1)], usual, []).clarity).toBe(0);
});

it('takes the last part when nothing steps, and never later than the alert', () => {
  expect(detectOnset([levels(1, 1, 1, 1)], new Map(), [])).toMatchObject({ clarity: 0, atSeconds: 1_170 * 0.8 });
  const alert = { service: 'shop', metric: 'cpu', atSeconds: 500, summary: '' };
  expect(detectOnset([levels(1, 1, 1, 5)], new Map(), [alert]).atSeconds).toBeLessThanOrEqual(500);
});
