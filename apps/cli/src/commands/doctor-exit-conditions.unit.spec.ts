import { EXIT } from '../exit-codes.js';
import { runInMemory } from '../testing/run-in-memory.js';
import { conditionsOf } from './doctor-exit-conditions.js';

const figures = {
  ...{ rows: 600, debates: 100, turnsPerDebate: 5, challenges: 12 },
  ...{ debateP95Ms: 7_999.6, turnP95Ms: 400, slowestRole: 'diagnostician' },
};
const drill = { opens: true, closes: true };
const failing = (overrides: Partial<Parameters<typeof conditionsOf>[0]>, breaker = drill): string[] =>
  conditionsOf({ ...figures, ...overrides }, breaker)
    .filter(({ ok }) => !ok)
    .map(({ condition }) => condition);

describe('the exit conditions', () => {
  it('are six, each with what was measured and its limit', () => {
    const all = conditionsOf(figures, drill);
    expect(all).toHaveLength(6);
    expect(all.every(({ ok }) => ok)).toBe(true);
    expect(all.at(-1)).toMatchObject({ measured: '400 ms', limit: 'below 5000 ms' });
  });

  it.each([
    ['too few rows', { rows: 5 }, /rows/],
    ['debates that are cut short', { turnsPerDebate: 4.5 }, /turns/],
    ['a Critic that never objects', { challenges: 0 }, /challenges/],
    ['slow debates', { debateP95Ms: 8_000 }, /p95 of a debate/],
    ['a slow role', { turnP95Ms: 5_001 }, /diagnostician/],
  ])('fail for %s', (_, overrides, condition) => {
    expect(failing(overrides)).toEqual([expect.stringMatching(condition)]);
  });

  it('fail where there is nothing to measure', () => {
    const nothing = {
      rows: 0,
      debates: 0,
      turnsPerDebate: null,
      challenges: 0,
      debateP95Ms: null,
      turnP95Ms: null,
      slowestRole: null,
    };
    expect(failing(nothing)).toHaveLength(5);
  });

  it.each([[{ opens: false, closes: true }], [{ opens: true, closes: false }]])('fail for a breaker that %j', (breaker) => {
    expect(failing({}, breaker)).toEqual([expect.stringMatching(/breaker/)]);
  });

  it('need a record, and say so', async () => {
    const { code, err } = await runInMemory(['doctor', '--exit-conditions']);
    expect(code).toBe(EXIT.unreachable);
    expect(err).toContain('DATABASE_URL');
  });
});
