import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson, canonicalObject } from './canonical-json.js';

it('gives every JSON value the form that the reference implementation gives it', () =>
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const json: unknown = JSON.parse(JSON.stringify(value).replace(/\\ud[89a-f][0-9a-f]{2}/gi, 'x'));
      expect(canonicalJson(json)).toBe(canonicalize(json));
    }),
    { numRuns: 2_000 },
  ));

it('orders many members as it orders few', () =>
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.integer(), { minKeys: 20, maxKeys: 40 }), (object) => {
      const sound = Object.fromEntries(Object.entries(object).filter(([name]) => name.isWellFormed()));
      expect(canonicalJson(sound)).toBe(canonicalize(sound));
    }),
  ));

it('takes the form of a member that is known already', () => {
  const object = { type: 'a', data: { b: [1, 'ü'] }, at: null };
  expect(canonicalObject(object, { name: 'data', form: canonicalJson(object.data) })).toBe(canonicalize(object));
});

it.each([
  ['the example of RFC 8785 3.2.2', { numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27], literals: [null, true, false] }],
  ['zero without its sign', [-0]],
  ['members that are absent', { a: undefined, b: 1 }],
  ['a date', { at: new Date(0) }],
  ['control characters', '\u0000\u001f\u007f\u2028"\\/'],
])('writes %s as the reference implementation does', (_, value) => expect(canonicalJson(value)).toBe(canonicalize(value)));

it.each([
  ['undefined', undefined],
  ['a function', () => 1],
  ['not a number', Number.NaN],
  ['infinity', [Number.POSITIVE_INFINITY]],
  ['half a surrogate pair', { text: '\ud800' }],
  ['a big integer', 1n],
])('refuses %s', (_, value) => expect(() => canonicalJson(value)).toThrow(TypeError));
