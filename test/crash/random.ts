/** Numbers that look random and are the same again for the same seed, so that a failing run can be repeated. */
export class Random {
  private state: number;

  /** @param seed any whole number; its lowest 32 bits count. */
  constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to just below 1. mulberry32, by Tommy Ettinger, public domain. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** 0 to `below` - 1. */
  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** @throws {RangeError} when there is nothing to pick from. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.int(items.length)];
    if (items.length === 0 || item === undefined) throw new RangeError('there is nothing to pick from');
    return item;
  }

  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.map(() => left.splice(this.int(left.length), 1)[0]).filter((item): item is T => item !== undefined);
  }

  /** Another sequence that depends on this one's seed, for something that runs at the same time. */
  fork(): Random {
    return new Random(this.int(2 ** 32));
  }
}
