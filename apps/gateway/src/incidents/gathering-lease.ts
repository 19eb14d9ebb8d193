import { ENVIRONMENT, LOGGER, REDIS, type PlatformEnvironment } from '@inquest/agent';
import type { RedisConnection } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { takeLease } from './lease.js';

const LEASE_MS = 3_000;
const RENEW_EVERY_MS = 1_000;
/** Whoever took the incident in, and one more: what gathering brings may be what ends the gateway that tries it. */
const ATTEMPTS_MAX = 2;
/** Longer than an incident can stay unopened while Redis is there. */
const COUNTED_FOR_SECONDS = 3_600;
const leaseKey = (sessionId: string): string => `aiops:lease:gathering:${sessionId}`;
const attemptsKey = (sessionId: string): string => `aiops:lease:gathered:${sessionId}`;

/**
 * One gateway at a time gathers evidence for a session. It renews its lease while it does, so that a slow source is no reason for
 * another one to begin, and a death is one soon after.
 */
@Injectable()
export class GatheringLease {
  constructor(
    @Inject(REDIS) private readonly redis: RedisConnection,
    @Inject(ENVIRONMENT) private readonly environment: Pick<PlatformEnvironment, 'INQUEST_CONSUMER'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Does the work unless somebody is at it already: @returns whether it was done. `mayGather` is false when gathering for this session
   * has been tried often enough.
   */
  async holding(sessionId: string, work: (mayGather: boolean) => Promise<void>): Promise<boolean> {
    const key = leaseKey(sessionId);
    const holder = `${this.environment.INQUEST_CONSUMER} ${randomUUID()}`;
    if (!(await takeLease(this.redis, key, holder, LEASE_MS))) return false;
    const renew = (): void => void this.whileHeld(key, holder, () => this.redis.pexpire(key, LEASE_MS));
    const renewing = setInterval(renew, RENEW_EVERY_MS).unref();
    try {
      await work((await this.attempt(sessionId)) <= ATTEMPTS_MAX);
      return true;
    } finally {
      clearInterval(renewing);
      await this.whileHeld(key, holder, () => this.redis.del(key));
    }
  }

  private async attempt(sessionId: string): Promise<number> {
    const attempts = await this.redis.incr(attemptsKey(sessionId));
    await this.redis.expire(attemptsKey(sessionId), COUNTED_FOR_SECONDS);
    if (attempts > 1)
      this.logger.warn({ sessionId, attempts }, 'whoever gathered evidence for the session before did not open it');
    return attempts;
  }

  /** Whoever was paused for longer than its lease finds another's. Should two gather after all, the script lets one opening win. */
  private async whileHeld(key: string, holder: string, change: () => Promise<unknown>): Promise<void> {
    try {
      if ((await this.redis.get(key)) === holder) await change();
    } catch (error) {
      this.logger.warn({ err: error, key }, 'a lease could not be renewed or given back; it lapses by itself');
    }
  }
}
