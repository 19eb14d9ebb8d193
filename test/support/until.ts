import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/**
 * Waits for a fact, never for a duration, and answers what it found.
 * @throws {Error} naming `what` when it did not come true in time.
 */
export const until = async <T>(what: string, look: () => Promise<T | undefined | false>, withinMs = 40_000): Promise<T> => {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`${what} did not come true within ${withinMs} ms.`);
    await pause(LOOK_EVERY_MS);
  }
};
