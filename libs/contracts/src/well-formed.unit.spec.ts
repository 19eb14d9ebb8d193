import fc from 'fast-check';
import { wellFormed } from './index.js';

describe('wellFormed', () => {
  it('regression 11: replaces NUL and lone surrogates, in values and in keys, however deep', () => {
    expect(wellFormed({ a: 'x\0y', 'k\0': ['\ud800', { b: 'ok \udc00 end' }] })).toEqual({
      a: 'x\uFFFDy',
      'k\uFFFD': ['\uFFFD', { b: 'ok \uFFFD end' }],
    });
  });

  it('keeps whole surrogate pairs and everything that is no text', () => {
    const value = { emoji: '🔥', number: 1.5, nothing: null, yes: true, list: [] };
    expect(wellFormed(value)).toBe(value);
  });

  it('leaves nothing behind that PostgreSQL would refuse, and changes nothing on the second pass', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const cleaned = wellFormed(value);
        const text = JSON.stringify(cleaned);
        expect(text.includes('\\u0000')).toBe(false);
        expect(/\\ud[89a-f][0-9a-f]{2}/i.test(text)).toBe(false);
        expect(wellFormed(cleaned)).toBe(cleaned);
      }),
    );
  });
});
