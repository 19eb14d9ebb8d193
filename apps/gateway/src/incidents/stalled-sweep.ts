import { ENVIRONMENT, HealthRegistry, LOGGER, Loop, RECORD, REDIS, type PlatformEnvironment } from '@inquest/agent';
import type { Record as SessionRecord } from '@inquest/record';
import type { RedisConnection } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Opener } from './opener.js';

const EVERY_MS = 2_000;
/** Younger ones are most likely being opened right now. */
const STALLED_AFTER_MS = 2_000;
const BATCH = 100;
const LEASE_KEY = 'aiops:lease:stalled-sweep';

/**
 * Continues incidents that were committed but never opened: a gateway died between the two, or Redis was away. One
 * gateway sweeps at a time, so that many of them do not storm; two at once would do no harm.
 */
@Injectable()
export class StalledSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: Loop;

  constructor(
    private readonly opener: Opener,
    private readonly health: HealthRegistry,
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(REDIS) private readonly redis: RedisConnection,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(ENVIRONMENT) private readonly environment: PlatformEnvironment,
  ) {
    this.loop = new Loop('stalled sweep', EVERY_MS, () => this.sweep(), logger);
  }

  onApplicationBootstrap(): void {
    this.health.watchLoop(this.loop.name, () => this.loop.isTurning());
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Does nothing while another gateway sweeps or Redis is away. */
  async sweep(): Promise<void> {
    if (this.redis.status !== 'ready' || !(await this.leased())) return;
    const stalled = await this.record.incidents.stalled(STALLED_AFTER_MS, BATCH);
    for (const incident of stalled) await this.opener.open(incident);
    if (stalled.length > 0)
      this.logger.warn({ sessions: stalled.length }, 'incidents that had stalled before their session opened were continued');
  }

  private async leased(): Promise<boolean> {
    // A little shorter than the interval, so that the holder itself finds it free next time.
    return (await this.redis.set(LEASE_KEY, this.environment.INQUEST_CONSUMER, 'PX', EVERY_MS - 100, 'NX')) === 'OK';
  }
}
