import { abstention, accuracyAt, averageAt5, brier, reliability } from './measures.js';

const stated = [
  { confidence: 0.9, right: true },
  { confidence: 0.9, right: false },
  { confidence: 0.1, right: false },
];

it('counts a cause among the first k, and one that is not named as missed', () => {
  expect(accuracyAt([1, 3, Infinity, 2], 1)).toBe(0.25);
  expect(accuracyAt([1, 3, Infinity, 2], 3)).toBe(0.75);
  expect(averageAt5([1, 6])).toBe(0.5);
});

it('punishes being sure and wrong', () => {
  expect(brier(stated)).toBeCloseTo((0.01 + 0.81 + 0.01) / 3, 10);
});

it('sets what was stated against what was true', () => {
  expect(reliability(stated)).toMatchObject([
    { from: 0, count: 1, shareRight: 0 },
    { from: 0.8, count: 2, meanConfidence: 0.9, shareRight: 0.5 },
  ]);
});

it('speaks less and is right more often the higher the bar', () => {
  expect(abstention(stated, [0, 0.5])).toEqual([
    { threshold: 0, coverage: 1, accuracy: 1 / 3 },
    { threshold: 0.5, coverage: 2 / 3, accuracy: 0.5 },
  ]);
});
