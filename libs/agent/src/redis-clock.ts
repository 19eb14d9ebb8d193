import type { RedisConnection } from '@inquest/streams';
import { LOGGER, REDIS } from './tokens.js';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Loop } from './loop.js';

const MEASURE_EVERY_MS = 1_000;
/** Of what was measured longer ago than this, nothing final is concluded. */
const FRESH_MS = 200;
/** Half a round trip up to which a measurement replaces the one before, whatever that said. */
const CERTAIN_MS = 20;

/**
 * Redis' own time. Deadlines count from the publication of a question, which Redis stamps; reading our own clock against
 * that would shorten or stretch every turn by the difference. Between two measurements it goes on by the monotonic clock:
 * a wall clock that is set while we run must not end debates or hold them open.
 */
@Injectable()
export class RedisClock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private offsetMs = Date.now() - performance.now();
  private measuredAt = Number.NEGATIVE_INFINITY;
  private readonly measuring: Loop;

  constructor(
    @Inject(REDIS) private readonly redis: RedisConnection,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.measuring = new Loop('redis clock', MEASURE_EVERY_MS, () => this.measure(), logger);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.measure();
    this.measuring.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.measuring.stop();
  }

  /** Epoch milliseconds. */
  nowMs(): number {
    return performance.now() + this.offsetMs;
  }

  /** The same, measured just now: for what cannot be taken back, such as giving up on a turn. Redis' clock may have been set. */
  async preciseNowMs(): Promise<number> {
    if (performance.now() - this.measuredAt > FRESH_MS) await this.measure();
    return this.nowMs();
  }

  private async measure(): Promise<void> {
    const before = performance.now();
    const [seconds, micros] = await this.redis.time();
    const after = performance.now();
    const offsetMs = Number(seconds) * 1_000 + Number(micros) / 1_000 - (before + after) / 2;
    const uncertainMs = (after - before) / 2;
    // An answer that took long, over a connection that had to be made again, says little: what we know stands if it may be true.
    if (Math.abs(offsetMs - this.offsetMs) > uncertainMs || uncertainMs < CERTAIN_MS) this.offsetMs = offsetMs;
    this.measuredAt = after;
  }
}
