import { FailpointError, failpointsFrom } from './failpoints.js';
import { FailpointSyntaxError, parseFailpoints } from './parse.js';

const pointsOf = (text: string, random = () => 0.5) => {
  const killed: string[] = [];
  const points = failpointsFrom({ INQUEST_FAILPOINTS: text }, { random, kill: (point) => void killed.push(point) });
  return { ...points, killed };
};

class Shelf {
  private readonly items: string[] = [];
  readonly labels = new Labels();
  async put(item: string): Promise<number> {
    await Promise.resolve();
    return this.items.push(item);
  }
  async putBoth(one: string, other: string): Promise<number> {
    await this.put(one);
    return this.put(other);
  }
}

class Labels {
  async print(): Promise<string> {
    return Promise.resolve('printed');
  }
}

describe('fail points', () => {
  it('do not exist unless the environment names some', () => {
    const shelf = new Shelf();
    const { at, around } = failpointsFrom({});
    expect(at).toBeUndefined();
    expect(around('shelf', shelf)).toBe(shelf);
  });

  it('are read with their action and their moment', () => {
    expect(parseFailpoints('publish:stored=kill@3; record.*=sleep(250)%12.5;a:b=throw')).toEqual([
      { name: 'publish:stored', action: 'kill', when: { nth: 3 } },
      { name: 'record.*', action: { sleepMs: 250 }, when: { share: 0.125 } },
      { name: 'a:b', action: 'throw', when: 'always' },
    ]);
  });

  it.each(['publish', 'publish=explode', 'a=kill@0', 'a=kill%101', 'a=kill@2@3'])(
    'refuse %s and show how it is written',
    (text) => {
      expect(() => failpointsFrom({ INQUEST_FAILPOINTS: text })).toThrow(FailpointSyntaxError);
      expect(() => failpointsFrom({ INQUEST_FAILPOINTS: text })).toThrow(/for example/);
    },
  );

  it('kill at the n-th passing and at no other', async () => {
    const { at, killed } = pointsOf('publish:stored=kill@2');
    for (const point of ['publish:stored', 'publish:begin', 'publish:stored', 'publish:stored']) await at?.(point);
    expect(killed).toEqual(['publish:stored']);
  });

  it('kill by chance as often as they say', async () => {
    let n = 0;
    const { at, killed } = pointsOf('*=kill%10', () => (n++ % 100) / 100);
    for (let passing = 0; passing < 1_000; passing++) await at?.('publish:begin');
    expect(killed).toHaveLength(100);
  });

  it('throw, and say which point did', async () => {
    const { at } = pointsOf('publish:begin=throw');
    await expect(at?.('publish:begin')).rejects.toThrow(FailpointError);
    await expect(at?.('publish:begin')).rejects.toThrow(/publish:begin/);
  });

  it('stand around every call of an object and of its members, and not around its calls of itself', async () => {
    const { around, killed } = pointsOf('*=kill');
    const shelf = around('shelf', new Shelf());
    expect(await shelf.putBoth('a', 'b')).toBe(2);
    expect(await shelf.labels.print()).toBe('printed');
    expect(killed).toEqual([
      'shelf.putBoth:before',
      'shelf.putBoth:after',
      'shelf.labels.print:before',
      'shelf.labels.print:after',
    ]);
  });

  it('leave out the point after a call that failed', async () => {
    const { around, killed } = pointsOf('*=kill');
    const broken = around(
      'broken',
      new (class Broken {
        work = (): Promise<never> => Promise.reject(new Error('no'));
      })(),
    );
    await expect(broken.work()).rejects.toThrow('no');
    expect(killed).toEqual(['broken.work:before']);
  });
});
