import { Gathered } from './gathered.js';

const later = () => new Promise((resolve) => setTimeout(resolve, 5));
const outage = () => Object.assign(new Error('the database system is shutting down'), { code: '57P01' });

describe('questions that are gathered', () => {
  it('go out together when they are asked in one tick, and each gets its own answer', async () => {
    const asked: (readonly number[])[] = [];
    const doubled = new Gathered(async (all: readonly number[]) => {
      asked.push(all);
      return all.map((one) => one * 2);
    });
    expect(await Promise.all([1, 2, 3].map((one) => doubled.of(one)))).toEqual([2, 4, 6]);
    expect(asked).toEqual([[1, 2, 3]]);
  });

  it('wait for the statement under way, and are never answered by it', async () => {
    let state = 'before';
    const reads = new Gathered(async (all: readonly string[]) => {
      const seen = state;
      await later();
      return all.map(() => seen);
    });
    const first = reads.of('first');
    await new Promise((resolve) => setImmediate(resolve));
    state = 'after';
    expect(await Promise.all([first, reads.of('second')])).toEqual(['before', 'after']);
  });

  it('are at most so many and so big at a time', async () => {
    const asked: number[][] = [];
    const gathered = new Gathered(
      async (all: readonly number[]) => {
        asked.push([...all]);
        return all;
      },
      { max: 3, sizeOf: (size) => size, sizeMax: 10 },
    );
    await Promise.all([1, 1, 1, 1, 9, 1, 50, 1].map((size) => gathered.of(size)));
    expect(asked).toEqual([[1, 1, 1], [1, 9], [1], [50], [1]]);
  });

  it('run as many statements side by side as they may', async () => {
    let [running, most] = [0, 0];
    const gathered = new Gathered(
      async (all: readonly number[]) => {
        most = Math.max(most, ++running);
        await later();
        running -= 1;
        return all;
      },
      { atOnce: 2, max: 1 },
    );
    await Promise.all([1, 2, 3, 4, 5].map((one) => gathered.of(one)));
    expect(most).toBe(2);
  });

  it('are asked alone when they are refused together, so that one fails by itself', async () => {
    const gathered = new Gathered(async (all: readonly number[]) => {
      if (all.includes(2)) throw new Error('2 is refused');
      return all;
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map((one) => gathered.of(one)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('all fail at once in an outage, and are not asked again one by one', async () => {
    let statements = 0;
    const gathered = new Gathered(async (): Promise<number[]> => {
      statements += 1;
      throw outage();
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map((one) => gathered.of(one)));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(statements).toBe(1);
  });

  it('are asked alone after a deadlock', async () => {
    const gathered = new Gathered(async (all: readonly number[]) => {
      if (all.length > 1) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      return all;
    });
    expect(await Promise.all([1, 2].map((one) => gathered.of(one)))).toEqual([1, 2]);
  });

  it('take fewer answers than questions for a fault', async () => {
    const gathered = new Gathered(async (): Promise<number[]> => []);
    await expect(gathered.of(1)).rejects.toThrow(RangeError);
  });
});
