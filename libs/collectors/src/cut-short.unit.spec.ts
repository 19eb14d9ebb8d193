import { cutShort } from './cut-short.js';

it.each([
  ['short', 10, 'short'],
  ['one two three', 9, 'one two …'],
  ['token=abcdefghijklmnop', 10, '…'],
  ['exactly 10', 10, 'exactly 10'],
])('%j within %i characters is %j', (text, charsMax, short) => expect(cutShort(text, charsMax)).toBe(short));
