import fc from 'fast-check';
import { z } from 'zod';
import * as contracts from './index.js';
import { causeOf, Envelope, eventHash, inputHash, Message, outputHash, readMessage, safely, seal, wellFormed } from './index.js';
import type { Draft, MessageType } from './index.js';
import { anyJson, HOSTILE_NAMES, valuesOf } from './testing/values-of.spec.js';

const SESSION = '019bc0de-0000-7000-8000-000000000001';
const SCHEMAS = Object.entries<unknown>(contracts).flatMap(([name, value]): [string, z.ZodType][] =>
  value instanceof z.ZodType ? [[name, value]] : [],
);
const DATA = Message.options.map(({ shape: { type, data } }) => [type.value, data] as const);
const SPEAKER: Record<MessageType, contracts.Role> = {
  'session.opened': 'gateway',
  'diagnosis.reported': 'diagnostician',
  'plan.proposed': 'solver',
  'verdict.given': 'reviewer',
  'critique.raised': 'critic',
  'decision.made': 'coordinator',
  'session.failed': 'recorder',
};
const draftOf = (type: MessageType, data: unknown): Draft => ({
  type,
  data: data as Draft['data'],
  sessionId: SESSION,
  incidentId: SESSION,
  role: SPEAKER[type],
  slot: 'answer',
  mind: 'model',
  degraded: false,
  vote: null,
  ruleSet: 'gates/1',
  latencyMs: 1.4,
  occurredAt: '2026-01-15T10:00:00.000Z',
  causes: [],
});

describe('any JSON', () => {
  it.each(SCHEMAS)('into %s is taken or refused with a reason, and breaks nothing', (_, schema) => {
    fc.assert(
      fc.property(anyJson(), (value) => {
        const { success, error } = safely(schema, value);
        if (!success) expect(error.issues.length).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });

  it('as a text is a message, one of a newer version, or none with the reason', () => {
    fc.assert(
      fc.property(anyJson(), fc.option(fc.integer({ min: -1, max: 3 })), (value, schemaVersion) => {
        const raw = typeof value === 'object' && value !== null ? { ...value, ...(schemaVersion && { schemaVersion }) } : value;
        const reading = readMessage(raw);
        if (reading.kind === 'unreadable') expect(reading.problems).not.toBe('');
        if (reading.kind === 'newer') expect(reading.schemaVersion).toBeGreaterThan(contracts.SCHEMA_VERSION);
      }),
      { numRuns: 500 },
    );
  });

  it.each([{ length: { toString: 0 } }, { length: [{ valueOf: 1, toString: 2 }] }])(
    'regression: that cannot be compared by its length is refused like any other: %j',
    (value) => {
      for (const [, schema] of SCHEMAS) expect(() => safely(schema, value)).not.toThrow();
      expect(safely(contracts.EvidenceIds, value).success).toBe(false);
      expect(safely(contracts.Incident, { title: value }).success).toBe(false);
    },
  );

  it('nested a hundred thousand levels deep is unreadable, not a crash', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    const opening = seal(draftOf('session.failed', { code: 'poisoned', reason: 'x', detail: '' }));
    const items = [{ id: 'e1', status: 'ok', title: 't', json: deep }];
    const data = { incident: {}, evidence: { logs: items }, limits: {}, path: 'debate' };
    expect(readMessage({ ...opening, type: 'session.opened', role: 'gateway', data })).toMatchObject({ kind: 'unreadable' });
  });
});

describe.each(DATA)('what %s allows', (type, schema) => {
  it('survives sealing, JSON and parsing with the same hashes', () => {
    fc.assert(
      fc.property(valuesOf(schema), (value) => {
        const parsed = safely(schema, value);
        if (!parsed.success) return; // A generated name or text may be one that only the schema itself can judge.
        const message = seal(draftOf(type, parsed.data));
        const read = JSON.parse(JSON.stringify(message)) as Message;
        expect(readMessage(read)).toMatchObject({ kind: 'message' });
        expect(Envelope.safeParse(read).success).toBe(true);
        expect(outputHash(read.data)).toBe(message.outputHash);
        expect(inputHash(read.causes)).toBe(message.inputHash);
        expect(eventHash(read)).toBe(message.eventHash);
        expect(wellFormed(read)).toBe(read);
      }),
      { numRuns: 60 },
    );
  });

  it('is mostly what the generator makes, so that the property above says something', () => {
    const values = fc.sample(valuesOf(schema), 100);
    expect(values.filter((value) => safely(schema, value).success).length).toBeGreaterThan(60);
  });

  it('with unknown fields anywhere is read as if they were not there, and hashed with them', () => {
    fc.assert(
      fc.property(valuesOf(schema), anyJson(), fc.constantFrom('extra', ...HOSTILE_NAMES), (value, extra, name) => {
        if (!safely(schema, value).success) return;
        const plain = JSON.parse(JSON.stringify(seal(draftOf(type, value)))) as Message;
        const data = withField(plain.data, `x-${name}`, extra);
        const reading = readMessage(withField({ ...plain, data }, `x-${name}`, extra));
        expect(reading).toEqual(readMessage(plain));
        if (extra !== undefined) expect(outputHash(wellFormed(data))).not.toBe(plain.outputHash);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a message changed in one place', () => {
  const message = seal(draftOf('diagnosis.reported', diagnosis()));
  const paths = pathsOf(message);

  it('is refused, or is another message by its hash', () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), anyJson(), (path, value) => {
        const changed = JSON.parse(JSON.stringify(replaced(message, path, value))) as Message;
        if (JSON.stringify(changed) === JSON.stringify(message)) return;
        if (readMessage(changed).kind === 'message' && path[0] !== 'eventHash')
          expect(eventHash(wellFormed(changed))).not.toBe(message.eventHash);
      }),
      { numRuns: 500 },
    );
  });

  it('without one of its fields is refused or falls back to a default of its contract', () => {
    const defaults = new Set(['onBehalfOf', 'usage', 'missingEvidence', 'refutedBy']);
    for (const path of paths) {
      const kind = readMessage(JSON.parse(JSON.stringify(replaced(message, path, undefined)))).kind;
      // One item less in a list is a shorter list, unless it left a hole.
      const isItem = typeof path.at(-1) === 'number';
      if (!isItem)
        expect([path.join('.'), kind]).toEqual([path.join('.'), defaults.has(String(path.at(-1))) ? 'message' : 'unreadable']);
    }
  });

  it.each([2, 3, 1e9])('to schema version %d is never guessed at, although it would fit', (schemaVersion) => {
    expect(readMessage({ ...message, schemaVersion })).toEqual({ kind: 'newer', schemaVersion });
  });

  it('to another speaker is refused', () => {
    for (const role of contracts.Role.options)
      expect([role, readMessage({ ...message, role }).kind]).toEqual([role, role === 'diagnostician' ? 'message' : 'unreadable']);
  });
});

describe('wellFormed', () => {
  it('leaves nothing that a database refuses, changes nothing twice, and keeps what needs no change', () => {
    fc.assert(
      fc.property(anyJson(), (value) => {
        const json = JSON.parse(JSON.stringify(value) ?? 'null') as unknown;
        const clean = wellFormed(json);
        expect(wellFormed(clean)).toBe(clean);
        expect(JSON.stringify(clean)).not.toMatch(/\\u0000|\\ud[89a-f][0-9a-f]{2}/i);
        if (!/\\u0000|\\ud[89a-f][0-9a-f]{2}/i.test(JSON.stringify(json))) expect(clean).toBe(json);
      }),
      { numRuns: 500 },
    );
  });
});

it('causes in any order give one input hash, and any other set another', () => {
  const cause = fc
    .integer()
    .map((n) => causeOf(seal(draftOf('session.failed', { code: 'poisoned', reason: `${n}`, detail: '' }))));
  fc.assert(
    fc.property(fc.uniqueArray(cause, { minLength: 1, maxLength: 6, selector: ({ eventHash: hash }) => hash }), (causes) => {
      expect(inputHash([...causes].reverse())).toBe(inputHash(causes));
      expect(inputHash(causes.slice(1))).not.toBe(inputHash(causes));
    }),
    { numRuns: 50 },
  );
});

function diagnosis() {
  const one = { id: 'h1', cause: 'c', component: 'p', category: 'network', faultType: 'dns_failure', confidence: 0.5 };
  return {
    ...{ healthy: false, abstained: false, confidence: 0.5, summary: 's', missingEvidence: ['m'] },
    hypotheses: [{ ...one, evidenceIds: ['e1'], refutedBy: ['e2'] }],
  };
}

type Path = readonly (string | number)[];

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = [...at, Array.isArray(value) ? Number(name) : name];
    return [path, ...pathsOf(inner, path)];
  });
}

function replaced(value: unknown, [name, ...rest]: Path, by: unknown): unknown {
  if (name === undefined) return by;
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === name ? replaced(item, rest, by) : item));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, inner]) => [key, key === name ? replaced(inner, rest, by) : inner]),
  );
}

function withField<T>(value: T, name: string, field: unknown): T {
  return Object.defineProperty({ ...value }, name, { value: field, enumerable: true, configurable: true, writable: true });
}
