import fc from 'fast-check';
import { causeOf, Envelope, eventHash, inputHash, Message, outputHash, seal, wellFormed, type Draft } from './index.js';

const draft = (overrides: Partial<Draft<'session.failed'>> = {}): Draft<'session.failed'> => ({
  type: 'session.failed',
  data: { code: 'poisoned', reason: 'a handler broke five times', detail: '' },
  sessionId: '019bc0de-0000-7000-8000-000000000001',
  incidentId: '019bc0de-0000-7000-8000-000000000002',
  role: 'coordinator',
  slot: 'decision',
  mind: 'rules',
  degraded: false,
  vote: null,
  ruleSet: 'gates/1',
  latencyMs: 3.6,
  occurredAt: '2026-01-15T10:00:00.000Z',
  causes: [],
  ...overrides,
});

describe('a sealed message', () => {
  it('fits its contract', () => {
    const message = seal(draft());
    expect(Message.parse(message)).toEqual(message);
    expect(Envelope.parse(message)).toEqual(message);
    expect(message.latencyMs).toBe(4);
  });

  it('has an id that a repeat has too, and that no other seat has', () => {
    const ids = [
      seal(draft()),
      seal(draft({ occurredAt: '2027-01-01T00:00:00.000Z' })),
      seal(draft({ role: 'recorder' })),
      seal(draft({ round: 2 })),
    ].map(({ eventId }) => eventId);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  it('commits to its data, its causes and its envelope', () => {
    const message = seal(draft());
    const cause = causeOf(seal(draft({ role: 'recorder' })));
    expect(message.outputHash).toBe(outputHash(message.data));
    expect(seal(draft({ causes: [cause] })).inputHash).not.toBe(message.inputHash);
    expect(seal(draft({ occurredAt: '2027-01-01T00:00:00.000Z' }))).toMatchObject({ outputHash: message.outputHash });
    expect(seal(draft({ occurredAt: '2027-01-01T00:00:00.000Z' })).eventHash).not.toBe(message.eventHash);
    expect(eventHash(message)).toBe(message.eventHash);
  });

  it('has an input hash that does not depend on the order in which causes arrived', () => {
    const [one, two] = [causeOf(seal(draft())), causeOf(seal(draft({ role: 'recorder' })))];
    expect(inputHash([one, two])).toBe(inputHash([two, one]));
  });

  it('survives JSON and rubbish in its text with all hashes intact', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (reason) => {
        const message = seal(draft({ data: { code: 'poisoned', reason, detail: '' } }));
        const read = JSON.parse(JSON.stringify(message)) as typeof message;
        expect(eventHash(read)).toBe(message.eventHash);
        expect(outputHash(read.data)).toBe(message.outputHash);
        expect(read.data.reason).toBe(wellFormed(reason));
      }),
    );
  });

  it('regression 6: a value that JSON cannot carry fails loudly', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    expect(() => outputHash(undefined)).toThrow(TypeError);
    expect(() => outputHash(circular)).toThrow();
    expect(() => outputHash({ n: Number.NaN })).toThrow();
  });
});
