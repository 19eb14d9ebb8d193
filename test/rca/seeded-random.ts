export interface Random {
  /** 0 up to 1. */
  next: () => number;
  /** A whole number below the limit. */
  below: (limit: number) => number;
  /** Standard normal, nearly: the sum of twelve. */
  normal: () => number;
  pick: <T>(items: readonly T[]) => T;
}

/** Mulberry32: small, seeded, and good enough for noise. */
export const randomFrom = (seed: number): Random => {
  let state = (seed * 2_654_435_761) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    normal: () => Array.from({ length: 12 }, next).reduce((sum, value) => sum + value, -6),
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('There is nothing to pick from.');
      return item;
    },
  };
};
