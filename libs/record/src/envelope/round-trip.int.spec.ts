import { eventHash, outputHash, wellFormed, type Envelope } from '@inquest/contracts';
import fc from 'fast-check';
import { v7 } from 'uuid';
import type { RecordableEvent } from '../index.js';
import { freshRecord, type FreshRecord } from '../testing/fixtures.spec.js';

let fresh: FreshRecord;
let again: FreshRecord['record'];
beforeAll(async () => {
  fresh = await freshRecord();
  again = await fresh.another();
});
afterAll(() => fresh.close());

const text = fc.string({ unit: 'binary', maxLength: 60 });
const clean = text.map(wellFormed);
const sha = fc.stringMatching(/^[0-9a-f]{64}$/);
const count = fc.oneof(fc.nat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER));
/** Doubles of every magnitude, the smallest and the largest among them. */
const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(5e-324, 1.7976931348623157e308, -0, 0.1, 1e21, 1e-7, 123456789.1234567),
);

const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    clean,
    double,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(clean, tie('value'), { maxKeys: 4 }),
    fc.constant(JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "": 3}') as unknown),
  ),
})).value;

const usage = fc.record(
  {
    model: clean,
    inputTokens: count,
    outputTokens: count,
    cacheReadTokens: count,
    cacheWriteTokens: count,
    costUsd: double.map(Math.abs),
    reasoningTokens: count,
  },
  { requiredKeys: ['model', 'inputTokens', 'outputTokens', 'costUsd'] },
);

/** Times as other writers may spell them, too. */
const time = fc.oneof(
  fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '2026-01-15T10:00:00Z',
    '2026-01-15T10:00:00.5+02:00',
    '2026-01-15T10:00:00.123456789Z',
    '0001-01-01T00:00:00.000Z',
  ),
);

const envelope = fc.record(
  {
    eventId: fc.oneof(
      fc.uuid(),
      fc.uuid().map((id) => id.toUpperCase()),
    ),
    incidentId: fc.uuid(),
    role: fc.constantFrom('gateway', 'critic', 'recorder'),
    onBehalfOf: fc.constantFrom(null, 'critic'),
    round: fc.integer({ min: 1, max: 100 }),
    slot: fc.constantFrom('opened', 'answer', 'lifecycle:7'),
    type: fc.constantFrom('session.opened', 'diagnosis.reported', 'approval.granted'),
    schemaVersion: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    mind: fc.constantFrom('model', 'rules'),
    degraded: fc.boolean(),
    vote: fc.constantFrom(null, 'APPROVE', 'ABSTAIN'),
    promptHash: fc.option(sha),
    ruleSet: clean,
    latencyMs: count,
    traceparent: fc.option(clean),
    occurredAt: time,
    causes: fc.constant([]),
    usage: fc.option(usage),
    outputHash: sha,
    inputHash: sha,
    data: json,
    ofAVersionToCome: json,
  },
  {
    requiredKeys: [
      'eventId',
      'incidentId',
      'role',
      'round',
      'slot',
      'type',
      'schemaVersion',
      'mind',
      'degraded',
      'vote',
      'promptHash',
      'ruleSet',
      'latencyMs',
      'traceparent',
      'occurredAt',
      'causes',
      'outputHash',
      'inputHash',
      'data',
    ],
  },
);

/** As it comes out of a stream: what JSON cannot say is gone. */
const seal = (draft: object): Envelope => {
  const said = JSON.parse(JSON.stringify(draft)) as Envelope;
  return { ...said, eventHash: eventHash(said) };
};

it('gives back every message exactly, so that its event hash still fits', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(envelope, { minLength: 1, maxLength: 20 }), async (drafts) => {
      const messages = drafts.map((draft) => seal({ ...draft, sessionId: v7() }));
      const events = messages.map((message, index): RecordableEvent => ({
        seq: index + 1,
        streamId: `${index}-0`,
        body: JSON.stringify(message),
      }));
      // Two recorders at once, as always.
      const results = await Promise.all([fresh.record.append(events), again.append(events)]);
      expect(results.flatMap(({ poisoned }) => poisoned)).toEqual([]);
      expect(results.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(messages.length);
      for (const message of messages) {
        const { entries } = await fresh.record.audit.page({ sessionId: message.sessionId });
        const [entry] = entries;
        expect(entry?.message).toEqual(message);
        expect(Object.keys(entry?.message ?? {}).sort()).toEqual(Object.keys(message).sort());
        expect(eventHash(entry!.message)).toBe(message.eventHash);
        expect(outputHash(entry!.message.data)).toBe(outputHash(message.data));
      }
    }),
    { numRuns: 25 },
  );
}, 60_000);
