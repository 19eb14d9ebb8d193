import { entryTimeMs } from './entries.js';
import { inboxKey } from './keys.js';
import type { RedisConnection } from './redis-connection.js';
import { pressureScript } from './scripts/index.js';

/** How far the readers of an inbox are behind. */
export interface Pressure {
  /** Entries in the inbox; some hundred finished ones may not have been trimmed yet. */
  readonly length: number;
  /** Age, by Redis' clock, of the oldest entry that nobody has finished; 0 when all are. */
  readonly oldestAgeMs: number;
  /** Handed out and not acknowledged. */
  readonly pending: number;
}

/** One round trip; for back-pressure and scaling. An inbox that does not exist is under none. */
export const pressure = async (redis: RedisConnection, inbox: string): Promise<Pressure> => {
  const [length, pending, oldest, nowMs] = await pressureScript.run(redis, inboxKey(inbox));
  return { length, pending, oldestAgeMs: oldest === '' ? 0 : Math.max(0, nowMs - entryTimeMs(oldest)) };
};
