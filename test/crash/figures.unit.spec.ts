import { aDebate, aFault, aLetter, answeredFor, aSession, aWorld, OPENED_AT_MS, unended, verdictOn } from './hand-made.js';
import { weigh } from './oracle.js';
import { findingsOf } from './verdict.js';

const debate = aDebate();

describe('the figures', () => {
  it('tell the degraded that a living peer could have spared', async () => {
    const session = aSession(answeredFor(4_000), { endedAtMs: OPENED_AT_MS + 4_200 });
    const beside = await verdictOn(session, { faults: [aFault(250, 1_000, { victim: 'critic' })] });
    expect(beside).toMatchObject({ degraded: 1, degradedBesideAPeer: 1, besideAPeer: 1 });
    const alone = await verdictOn(session, {
      faults: [aFault(250, 1_000, { name: 'SIGKILL of all replicas', victim: 'critic' })],
    });
    expect(alone).toMatchObject({ degraded: 1, degradedBesideAPeer: 0, besideAPeer: 0 });
  });

  it.each([
    ['SIGKILL', 'solver', true],
    ['publish:stored', 'solver.1', true],
    ['SIGTERM, rolling', 'gateway', true],
    ['SIGKILL of all replicas', 'solver', false],
    ['network to Redis silent', 'solver', false],
    ['Redis FLUSHALL', 'redis', false],
  ])('say of %s at %s whether a peer was there: %s', async (name, victim, beside) => {
    const { besideAPeer } = await verdictOn(aSession(), { faults: [aFault(100, 200, { name, victim })] });
    expect(besideAPeer).toBe(beside ? 1 : 0);
  });

  it('count recovery from the injection: to the first decision, and to the last end of those that were open', async () => {
    const fault = aFault(200, 400);
    const sessions = [600, 5_200].map((endMs) => aSession(debate, { endedAtMs: OPENED_AT_MS + endMs }));
    const { recovery } = await weigh(sessions, aWorld({ faults: [fault] }));
    expect(recovery).toEqual([{ fault, open: 2, decidedAfterMs: 400, endedAfterMs: 5_000 }]);
  });

  it('count dead letters by reason', async () => {
    const letters = [aLetter('unreadable'), aLetter('unreadable'), aLetter('refused')];
    const judged = await verdictOn(aSession(), { letters }, { isExpectedLetter: () => true });
    expect(judged.deadLetters).toEqual({ unreadable: 2, refused: 1 });
    expect(findingsOf(judged)).toEqual([]);
  });

  it('leave sessions under way out of the findings and say that they are', async () => {
    expect(await verdictOn(unended(debate.slice(0, 1)), { nowMs: OPENED_AT_MS + 1_000 })).toMatchObject({
      open: 1,
      lost: [],
      stuck: [],
    });
  });
});
