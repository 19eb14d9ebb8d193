import { ENVIRONMENT, HealthRegistry, LOGGER, Loop, RECORD, REDIS, type PlatformEnvironment } from '@inquest/agent';
import type { AcceptedIncident, Record as SessionRecord } from '@inquest/record';
import { pressure, SessionStreams, type RedisConnection } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { EvidenceCollection } from './evidence-collection.js';
import { takeLease } from './lease.js';
import { Opener } from './opener.js';

const EVERY_MS = 2_000;
/** Younger ones are most likely being opened right now. Those that evidence is gathered for are leased while it is. */
const STALLED_AFTER_MS = 2_000;
const BATCH = 100;
/** A session that is in Redis is announced anew at most this often: the recorder may merely be slow to take it in. */
const ANNOUNCE_EVERY_MS = 30_000;
const LEASE_KEY = 'aiops:lease:stalled-sweep';
const announcedKey = (sessionId: string): string => `aiops:lease:announced:${sessionId}`;

/**
 * Continues incidents that were committed but never opened: a gateway died between the two, or Redis was away. One
 * gateway sweeps at a time, so that many of them do not storm; two at once would do no harm.
 */
@Injectable()
export class StalledSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: Loop;

  constructor(
    private readonly opener: Opener,
    private readonly collection: EvidenceCollection,
    private readonly streams: SessionStreams,
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
    if (stalled.length === 0) return;
    // While the recorder is behind, an opening that is not on record waits its turn in its inbox; more of them would slow it down.
    const isBehind = (await pressure(this.redis, 'recorder')).oldestAgeMs > STALLED_AFTER_MS;
    let continued = 0;
    for (const incident of stalled) continued += (await this.continue(incident, isBehind)) ? 1 : 0;
    if (continued > 0)
      this.logger.warn({ sessions: continued }, 'incidents that had stalled before their session opened were continued');
  }

  /** False when it was left alone. One that cannot be opened keeps nobody else waiting. */
  private async continue(incident: AcceptedIncident, isRecorderBehind: boolean): Promise<boolean> {
    const { sessionId } = incident;
    const announced = announcedKey(sessionId);
    try {
      const isOpen = await this.streams.exists(sessionId);
      if (isOpen && (isRecorderBehind || (await this.redis.exists(announced)) === 1)) return false;
      // Gathering outlasts many a sweep, and goes on beside it; it holds a lease of its own.
      if (!isOpen && this.collection.isFor(incident)) {
        this.opener.begin(incident);
        return false;
      }
      await this.opener.publish(incident);
      await this.redis.set(announced, this.environment.INQUEST_CONSUMER, 'PX', ANNOUNCE_EVERY_MS);
      return true;
    } catch (error) {
      this.logger.warn({ err: error, sessionId }, 'a stalled session could not be opened; the next sweep tries again');
      return false;
    }
  }

  private leased(): Promise<boolean> {
    // A little shorter than the interval, so that the holder itself finds it free next time.
    return takeLease(this.redis, LEASE_KEY, this.environment.INQUEST_CONSUMER, EVERY_MS - 100);
  }
}
