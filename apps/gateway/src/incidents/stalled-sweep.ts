import { ENVIRONMENT, HealthRegistry, LOGGER, Loop, RECORD, REDIS, type PlatformEnvironment } from '@inquest/agent';
import type { AcceptedIncident, Record as SessionRecord } from '@inquest/record';
import { pressure, SessionStreams, type RedisConnection } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import pLimit from 'p-limit';
import { EvidenceCollection } from './evidence-collection.js';
import { Opener } from './opener.js';

const EVERY_MS = 2_000;
/** Younger ones are most likely being opened right now; the time to gather evidence comes on top. */
const STALLED_AFTER_MS = 2_000;
const BATCH = 100;
/** A session that is in Redis is announced anew at most this often: the recorder may merely be slow to take it in. */
const ANNOUNCE_EVERY_MS = 30_000;
const LEASE_KEY = 'aiops:lease:stalled-sweep';
const announcedKey = (sessionId: string): string => `aiops:lease:announced:${sessionId}`;

/** Longer than an incident can stay stalled while Redis is there. */
const GATHERED_FOR_MS = 3_600_000;
const gatheredKey = (sessionId: string): string => `aiops:lease:gathered:${sessionId}`;

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
    const stalled = await this.record.incidents.stalled(STALLED_AFTER_MS + this.collection.maxMs, BATCH);
    if (stalled.length === 0) return;
    await this.keepLease();
    // While the recorder is behind, an opening that is not on record waits its turn in its inbox; more of them would slow it down.
    const isBehind = (await pressure(this.redis, 'recorder')).oldestAgeMs > STALLED_AFTER_MS;
    // Those that evidence is gathered for wait side by side, each for its sources.
    const turns = pLimit(this.collection.maxMs > 0 ? BATCH : 1);
    const done = await Promise.all(stalled.map((incident) => turns(() => this.continue(incident, isBehind))));
    const continued = done.filter(Boolean).length;
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
      await (isOpen || !(await this.mayGather(sessionId)) ? this.opener.publish(incident) : this.opener.open(incident));
      await this.redis.set(announced, this.environment.INQUEST_CONSUMER, 'PX', ANNOUNCE_EVERY_MS);
      return true;
    } catch (error) {
      this.logger.warn({ err: error, sessionId }, 'a stalled session could not be opened; the next sweep tries again');
      return false;
    }
  }

  /** Once: what gathering brings may be what ended the gateway that tried it. */
  private async mayGather(sessionId: string): Promise<boolean> {
    if (this.collection.maxMs === 0) return true;
    return (
      (await this.redis.set(gatheredKey(sessionId), this.environment.INQUEST_CONSUMER, 'PX', GATHERED_FOR_MS, 'NX')) === 'OK'
    );
  }

  private async leased(): Promise<boolean> {
    // A little shorter than the interval, so that the holder itself finds it free next time.
    const lease = [LEASE_KEY, this.environment.INQUEST_CONSUMER, 'PX', EVERY_MS - 100] as const;
    if ((await this.redis.set(...lease, 'NX')) === 'OK') return true;
    // Longer than any lease is given: Redis' clock was set back under it, and nobody would sweep until it has caught up.
    return (await this.redis.pttl(LEASE_KEY)) > EVERY_MS + this.collection.maxMs && (await this.redis.set(...lease)) === 'OK';
  }

  /** Gathering takes longer than a sweep otherwise does: another gateway would gather the same. */
  private async keepLease(): Promise<void> {
    const { maxMs } = this.collection;
    if (maxMs > 0) await this.redis.set(LEASE_KEY, this.environment.INQUEST_CONSUMER, 'PX', EVERY_MS - 100 + maxMs);
  }
}
