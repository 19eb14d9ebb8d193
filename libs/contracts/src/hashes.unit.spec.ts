import fc from 'fast-check';
import { v5 } from 'uuid';
import { eventIdOf, Role } from './index.js';

it('gives events the UUIDs of version 5 that any other program gives them', () =>
  fc.assert(
    fc.property(
      fc.uuid(),
      fc.constantFrom(...Role.options),
      fc.integer({ min: 1, max: 100 }),
      fc.string({ unit: 'binary' }),
      (sessionId, role, round, slot) => {
        const name = `${sessionId}/${role}/${round}/${slot}`;
        expect(eventIdOf(sessionId, role, round, slot)).toBe(v5(name.toWellFormed(), '7b0c1b5e-6f0e-4c0a-9a43-2d0f6d1f3a57'));
      },
    ),
  ));
