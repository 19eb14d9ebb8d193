import { MinuteCounts } from './minute-counts.js';

describe('counts per minute', () => {
  it('begin anew a minute after the first, for each name by itself', () => {
    const counts = new MinuteCounts();
    const of = (name: string, nowMs: number) => counts.add(name, nowMs).count;
    expect([of('a', 0), of('a', 30_000), of('b', 40_000), of('a', 59_999)]).toEqual([1, 2, 1, 3]);
    expect([of('a', 60_000), of('b', 60_000)]).toEqual([1, 2]);
  });

  it('say when the next minute begins', () => {
    const counts = new MinuteCounts();
    expect([0, 100, 59_001].map((nowMs) => counts.add('a', nowMs).secondsLeft)).toEqual([60, 60, 1]);
  });
});
