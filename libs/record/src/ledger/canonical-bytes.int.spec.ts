import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { freshRecord, type FreshRecord } from '../testing/fixtures.spec.js';
import { CanonicalBytes, NotTakenError } from './canonical-bytes.js';

let fresh: FreshRecord;
beforeAll(async () => (fresh = await freshRecord()));
afterAll(() => fresh.close());

const canonical = new CanonicalBytes(1 << 20);
const taken = (jsonb: string): string | undefined => {
  const bytes = Buffer.from(`-${jsonb}`, 'utf8');
  canonical.clear();
  try {
    canonical.writeJsonb(bytes, 1, bytes.length);
  } catch (error) {
    if (error instanceof NotTakenError) return undefined;
    throw error;
  }
  return canonical.out.toString('utf8', 0, canonical.length);
};

const storable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
const text = fc.string({ unit: 'binary', maxLength: 12 }).filter(storable);
const key = fc.oneof({ weight: 9, arbitrary: fc.stringMatching(/^[a-zäÖ\u3042]{0,6}$/) }, text);
const anyJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(
      true,
      false,
      null,
      1e21,
      1e-7,
      -0,
      5e-324,
      123456789012345680000,
      'a"b\\c\u0007\u2028',
      '\ue000',
      '\u{1f600}',
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6 }),
  ),
})).value;

it('spells whatever PostgreSQL stores as the library that defines our hashes does, or does not take it', async () => {
  let all = 0;
  let spelt = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyJson, { minLength: 1, maxLength: 50 }), async (values) => {
      const rows = await fresh.sql('SELECT value::jsonb::text AS jsonb FROM unnest($1::text[]) AS value', [
        values.map((value) => JSON.stringify(value)),
      ]);
      for (const { jsonb } of rows) {
        const way = taken(String(jsonb));
        all++;
        if (way === undefined) continue;
        spelt++;
        expect(way).toBe(canonicalize(JSON.parse(String(jsonb))));
      }
    }),
    { numRuns: 100 },
  );
  expect(spelt / all).toBeGreaterThan(0.3); // Most of the others have a key of strange letters on purpose.
});

it.each(['', '{', '{"a"', '{"a": 1', '[1, ', '"abc', '"a\\', '{"a": {"b": 1}'])('does not take %j, which is no JSON', (half) => {
  expect(taken(half)).toBeUndefined();
});

it('does not take what is nested too deep or has too many members', () => {
  expect(taken('['.repeat(500) + ']'.repeat(500))).toBeUndefined();
  expect(taken(`{${Array.from({ length: 400 }, (_, index) => `"k${index}": 1`).join(', ')}}`)).toBeUndefined();
});
