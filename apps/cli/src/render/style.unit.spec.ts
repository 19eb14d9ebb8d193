import { styleFor } from './style.js';

describe('the style of output', () => {
  it.each([
    ['a terminal', { isTTY: true }, {}, true],
    ['a terminal where NO_COLOR is set', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['a terminal where NO_COLOR is empty', { isTTY: true }, { NO_COLOR: '' }, true],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
    ['a pipe', {}, {}, false],
  ])('on %s: colours %#', (_, destination, environment, coloured) => {
    expect(styleFor(destination, environment).colour.red('x') !== 'x').toBe(coloured);
  });

  it.each([
    [40, 60],
    [80, 80],
    [300, 110],
  ])('uses of %i columns %i', (columns, width) => expect(styleFor({ isTTY: true, columns }, {}).width).toBe(width));
});
