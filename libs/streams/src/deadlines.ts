import { DEADLINES_KEY } from './keys.js';
import type { RedisConnection } from './redis-connection.js';
import { armScript, claimDueScript } from './scripts/index.js';
import { AnyReply, send } from './send.js';

/** A moment by Redis' clock: epoch ms, or ms from now. */
export type Moment = { readonly atMs: number } | { readonly inMs: number };

export const armDeadline = async (redis: RedisConnection, sessionId: string, moment: Moment): Promise<void> => {
  const [atMs, inMs] = 'atMs' in moment ? [Math.round(moment.atMs), 0] : ['', Math.round(moment.inMs)];
  await armScript.run(redis, DEADLINES_KEY, sessionId, atMs, inMs);
};

export const disarm = async (redis: RedisConnection, sessionId: string): Promise<void> => {
  await send(redis, AnyReply, 'zrem', DEADLINES_KEY, sessionId);
};

/**
 * When which session has to be looked at next. Hints, kept in one sorted set: whoever loses them (a flush) finds the sessions in the
 * record. All times are Redis' own clock, so the clocks of the readers do not matter.
 */
export class Deadlines {
  constructor(private readonly redis: RedisConnection) {}

  /** The session is due at that moment, or earlier if it was already. */
  async arm(sessionId: string, atMs: number): Promise<void> {
    await armDeadline(this.redis, sessionId, { atMs });
  }

  /**
   * The sessions that are due, at most `limit`. They are not removed but moved `leaseMs` ahead: whoever claimed them has them alone
   * until then, and if it dies they come up again.
   */
  async claimDue(leaseMs: number, limit: number): Promise<string[]> {
    return claimDueScript.run(this.redis, DEADLINES_KEY, Math.max(1, Math.round(leaseMs)), Math.round(limit));
  }

  /** After a look: the next one is at that moment, be it later than the lease. Does nothing once the session is cleared. */
  async postpone(sessionId: string, atMs: number): Promise<void> {
    await send(this.redis, AnyReply, 'zadd', DEADLINES_KEY, 'XX', Math.round(atMs), sessionId);
  }

  /** The session needs no more looks. Only after its answer is published. */
  async clear(sessionId: string): Promise<void> {
    await disarm(this.redis, sessionId);
  }
}
