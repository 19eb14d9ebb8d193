import { age, count, duration, offset } from './units.js';

it.each([
  [0.4, '0 ms'],
  [340, '340 ms'],
  [1_240, '1.2 s'],
  [5_000, '5 s'],
  [125_000, '2 min 5 s'],
])('says %f ms as %s', (ms, text) => expect(duration(ms)).toBe(text));

it.each([
  [-3, '+0.00s'],
  [31, '+0.03s'],
  [12_345, '+12.3s'],
  [125_000, '+125s'],
])('says %i ms after the opening as %s', (ms, text) => expect(offset(ms)).toBe(text));

it('counts in singular and plural', () =>
  expect([count(1, 'entry', 'entries'), count(0, 'entry', 'entries')]).toEqual(['1 entry', '0 entries']));

it.each([
  [42_000, '42s'],
  [300_000, '5m'],
  [10_800_000, '3h'],
  [1_036_800_000, '12d'],
])('says %i ms ago as %s', (ms, text) => expect(age(ms)).toBe(text));
