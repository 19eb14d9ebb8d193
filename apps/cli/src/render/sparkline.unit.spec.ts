import { sparkline } from './sparkline.js';

const series = (...values: number[]): [number, number][] => values.map((value, index) => [100 + index, value]);

it('draws from the least to the greatest value', () => {
  expect(sparkline(series(0, 1, 2, 3, 4, 5, 6, 7), 60)).toMatchObject({ bars: '▁▂▃▄▅▆▇█', min: 0, max: 7 });
});

it('takes means where there are more points than columns, and keeps the true extremes', () => {
  expect(sparkline(series(0, 0, 0, 0, 8, 8, 8, 10), 2)).toMatchObject({ bars: '▁█', min: 0, max: 10 });
});

it('leaves gaps, and draws what never moved low', () => {
  expect(
    sparkline(
      [
        [0, 1],
        [1, 1],
        [8, 1],
        [9, 1],
      ],
      60,
    ).bars,
  ).toBe('▁  ▁');
  expect(sparkline(series(5, 5, 5), 60).bars).toBe('▁▁▁');
});

it('knows in which column an instant lies', () => {
  const { columnOf } = sparkline(series(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 11);
  expect([columnOf(100), columnOf(105), columnOf(110), columnOf(99), columnOf(111)]).toEqual([0, 5, 10, undefined, undefined]);
});

it('bears empty series and what is no number', () => {
  expect(sparkline([], 60).bars).toBe(' ');
  expect(
    sparkline(
      [
        [0, NaN],
        [1, 2],
        [2, Infinity],
        [3, 4],
      ],
      60,
    ),
  ).toMatchObject({ bars: '▁█', min: 2, max: 4 });
});
