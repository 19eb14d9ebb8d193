import { EvidenceItem, EvidenceSnapshot, Incident } from '@inquest/contracts';
import fc from 'fast-check';
import { cleanIncident, cleanSnapshot, cleanText, redactValue } from './index.js';

const options = { salt: 'spec' };
const SECRETS = [
  'postgres://admin:hunter2-9f8e7d@db/orders',
  'Bearer abcdefghijklmnopqrstuvwxyz0123456789',
  'AKIAIOSFODNN7EXAMPLE',
];
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom(
    '\0',
    '\ud800',
    '\u202eabc\u200b',
    'x'.repeat(70_000),
    '='.repeat(20_000),
    ':/@'.repeat(7_000),
    'password='.repeat(3_000),
  ),
  fc.tuple(fc.string(), fc.constantFrom(...SECRETS), fc.string()).map((parts) => parts.join(' ')),
);
const name = fc.oneof(
  text.map((value) => value.slice(0, 300)),
  fc.constantFrom('password', '__proto__', 'constructor', 'toString'),
);
const cutTo = (max: number) => text.map((value) => value.slice(0, max) || 'x');
const labels = fc.dictionary(
  name,
  text.map((value) => value.slice(0, 4_000)),
  { maxKeys: 4 },
);
const incident = fc.record({
  ...{ source: cutTo(60), fingerprint: cutTo(200), title: cutTo(500), description: text.map((value) => value.slice(0, 8_000)) },
  ...{ severity: fc.constant('high' as const), startsAt: fc.constant('2026-01-15T10:00:00Z'), labels, annotations: labels },
  ...{ service: cutTo(300), namespace: cutTo(300), url: cutTo(2_000) },
});
const item = fc.record(
  {
    ...{ id: cutTo(128), status: fc.constantFrom('ok' as const, 'error' as const), title: cutTo(500), kind: cutTo(60) },
    ...{ tool: cutTo(200), invocation: cutTo(2_000), trusted: fc.boolean(), text: text.map((value) => value.slice(0, 64_000)) },
    json: fc.jsonValue({ maxDepth: 4 }),
  },
  { requiredKeys: ['id', 'status', 'title', 'trusted'] },
);

describe('cleaning', () => {
  it('leaves every incident one that fits its contract, the same each time', () => {
    fc.assert(
      fc.property(incident, (given) => {
        const cleaned = cleanIncident(given, options);
        expect(Incident.safeParse(cleaned).error).toBeUndefined();
        expect(cleanIncident(given, options)).toEqual(cleaned);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves every snapshot one that fits its contract, and takes out what is secret', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 3 }), (items) => {
        const given = EvidenceSnapshot.parse({ logs: items.filter((one) => EvidenceItem.safeParse(one).success) });
        const { snapshot } = cleanSnapshot(given, options);
        expect(EvidenceSnapshot.safeParse(snapshot).error).toBeUndefined();
        expect(snapshot.logs.length).toBe(given.logs.length);
        expect(JSON.stringify(snapshot)).not.toContain('hunter2-9f8e7d');
      }),
      { numRuns: 100 },
    );
  });

  it('of any text keeps to its bound, in time, and finds nothing more the second time', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 50, max: 5_000 }), (given, charsMax) => {
        const startedAt = performance.now();
        const cleaned = cleanText(given, { ...options, charsMax });
        expect(performance.now() - startedAt).toBeLessThan(15_000);
        expect(cleaned.text.length).toBeLessThanOrEqual(charsMax);
        expect(cleanText(cleaned.text, { ...options, charsMax }).text).toBe(cleaned.text);
      }),
      { numRuns: 150 },
    );
  });

  it('of any JSON keeps its shape', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const cleaned = redactValue(value, options);
        expect(Array.isArray(cleaned)).toBe(Array.isArray(value));
        expect(() => JSON.stringify(cleaned)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});
