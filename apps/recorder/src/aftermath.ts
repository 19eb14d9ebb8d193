import { HealthRegistry, LOGGER, Loop, RECORD, REDIS } from '@inquest/agent';
import type { Record as SessionRecord } from '@inquest/record';
import { SessionStreams, type RedisConnection } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Recorder } from './recorder.js';
import { Repairs } from './repairs.js';

const EVERY_MS = 1_000;
/** After Redis came back: once soon, and once when what was in hand then is on record. */
const AFTER_MS = [3_000, 15_000];
/** A cluster can change its servers behind a connection that stays. */
const IN_ANY_CASE_MS = 3_600_000;
const LOOKED_UP_AT_ONCE = 500;
/** What was recorded later is still in the hands of who did: released and acknowledged the next moment, if nothing goes wrong. */
const IN_HAND_MS = 1_000;

interface Look {
  readonly inHandMs?: number;
  readonly stopping?: AbortSignal;
}

/**
 * A Redis that comes back may have forgotten the last words of sessions whose end is on record: a replica took over that lacked them,
 * or an append-only file ended early. Nobody would ever look at such a stream again, since PostgreSQL says that the session is over;
 * it would stay for ever, with entries pending. Here it gets what the record has, and goes after a while like any other.
 */
@Injectable()
export class Aftermath implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: Loop;
  private looksAt: readonly number[] = [];
  private readonly stopping = new AbortController();

  constructor(
    private readonly streams: SessionStreams,
    private readonly recorder: Recorder,
    private readonly repairs: Repairs,
    private readonly health: HealthRegistry,
    @Inject(REDIS) private readonly redis: RedisConnection,
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.loop = new Loop('aftermath', EVERY_MS, () => this.lookWhenDue(), logger);
  }

  onApplicationBootstrap(): void {
    this.cameBack();
    this.redis.on('ready', this.cameBack);
    this.health.watchLoop(this.loop.name, () => this.loop.isTurning());
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.redis.off('ready', this.cameBack);
    this.stopping.abort(); // Whoever starts next looks again.
    await this.loop.stop();
  }

  /** @throws when Redis or PostgreSQL is away; what was seen to by then stays so. */
  async look({ inHandMs = IN_HAND_MS, stopping }: Look = {}): Promise<void> {
    const ids = await this.streams.leftBehind();
    let repaired = 0;
    for (let start = 0; start < ids.length; start += LOOKED_UP_AT_ONCE) {
      const some = ids.slice(start, start + LOOKED_UP_AT_ONCE);
      const ends = await Promise.all(some.map((sessionId) => this.record.sessions.end(sessionId)));
      for (const sessionId of some.filter((_, index) => (ends[index]?.recordedMsAgo ?? -1) >= inHandMs)) {
        if (stopping?.aborted) return;
        // Much may have happened since the first of them was looked at.
        if ((await this.streams.isLeftBehind(sessionId)) && (await this.layToRest(sessionId))) repaired += 1;
      }
    }
    if (repaired > 0)
      this.logger.warn({ sessions: repaired }, 'streams of sessions that had ended were put back from the record');
  }

  private readonly cameBack = (): void => {
    const now = performance.now();
    this.looksAt = [...AFTER_MS, IN_ANY_CASE_MS].map((ms) => now + ms);
  };

  private async lookWhenDue(): Promise<void> {
    const now = performance.now();
    if (this.redis.status !== 'ready' || !this.looksAt.some((at) => at <= now)) return;
    await this.look({ stopping: this.stopping.signal });
    const later = this.looksAt.filter((at) => at > now);
    this.looksAt = later.length > 0 ? later : [now + IN_ANY_CASE_MS];
  }

  /** What stands there and is not on record is first recorded. One session's trouble is not the others'. */
  private async layToRest(sessionId: string): Promise<boolean> {
    try {
      await this.recorder.recordStream(sessionId, await this.streams.readable(sessionId));
      await this.repairs.layToRest(sessionId);
      return true;
    } catch (error) {
      this.logger.warn({ err: error, sessionId }, 'the stream of an ended session could not be put back from the record');
      return false;
    }
  }
}
