import fc from 'fast-check';
import { keepGrounded } from './keep-grounded.js';

const claim = fc.record({
  text: fc.string(),
  evidenceIds: fc.array(fc.constantFrom('a', 'b', 'c', 'x', 'y')),
  refutedBy: fc.array(fc.constantFrom('a', 'x')),
});
const report = fc.record({
  summary: fc.string(),
  hypotheses: fc.array(claim),
  challenges: fc.array(claim),
  answers: fc.array(claim),
});
const EXISTING = ['a', 'b', 'c'];

describe('keepGrounded', () => {
  it('drops claims that cite nothing that exists, and ids that do not exist', () => {
    const given = {
      summary: 'kept',
      hypotheses: [
        { id: 'h1', evidenceIds: ['invented'], refutedBy: [] },
        { id: 'h2', evidenceIds: ['a', 'invented', 'a'], refutedBy: ['invented', 'b'] },
        { id: 'h3', evidenceIds: [], refutedBy: ['a'] },
      ],
    };
    expect(keepGrounded(given, EXISTING)).toEqual({
      summary: 'kept',
      hypotheses: [{ id: 'h2', evidenceIds: ['a'], refutedBy: ['b'] }],
    });
  });

  it('leaves nothing ungrounded, adds nothing, keeps the order and the rest, and is idempotent', () => {
    fc.assert(
      fc.property(report, (given) => {
        const kept = keepGrounded(given, EXISTING);
        for (const field of ['hypotheses', 'challenges', 'answers'] as const) {
          for (const { evidenceIds, refutedBy } of kept[field]) {
            expect(evidenceIds.length).toBeGreaterThan(0);
            expect([...evidenceIds, ...refutedBy].every((id) => EXISTING.includes(id))).toBe(true);
          }
          const groundedBefore = given[field].filter(({ evidenceIds }) => evidenceIds.some((id) => EXISTING.includes(id)));
          expect(kept[field].map(({ text }) => text)).toEqual(groundedBefore.map(({ text }) => text));
        }
        expect(kept.summary).toBe(given.summary);
        expect(keepGrounded(kept, EXISTING)).toEqual(kept);
      }),
    );
  });

  it('does not touch what it is given', () => {
    const given = Object.freeze({ challenges: Object.freeze([Object.freeze({ evidenceIds: Object.freeze(['x']) })]) });
    expect(keepGrounded(given, EXISTING)).toEqual({ challenges: [] });
  });
});
