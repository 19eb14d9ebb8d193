import { RECORD, REDIS } from '@inquest/agent';
import type { Record as SessionRecord } from '@inquest/record';
import { pressure, type Pressure, type RedisConnection } from '@inquest/streams';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import { Problem } from '../problems/problem.js';

const FRESH_MS = 250;
const ANSWER_MS = 500;
const RETRY_AFTER_SECONDS = 5;

interface Measurement {
  readonly atMs: number;
  /** `null` when Redis does not answer. */
  readonly recorder: Promise<Pressure | null>;
  /** Sessions that count against the bound, as Postgres has them. */
  sessions?: Promise<number>;
  /** Incidents of this process that the measurement may not know of: in hand when it was taken, or let in since. */
  unseen: number;
}

/**
 * Refuses new incidents while the recorder is behind: what cannot be recorded cannot be decided. It lets in no more sessions than
 * may be open at a time, since each of them still has messages for the recorder. While Redis is away incidents are only committed, and opened when it
 * is back; of those it lets in no more than can be opened soon after. Each gateway knows its own incidents at once and those of
 * others from the next measurement on.
 */
@Injectable()
export class RecorderPressure {
  private last: Measurement | undefined;
  private inHand = 0;

  constructor(
    @Inject(REDIS) private readonly redis: RedisConnection,
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(GATEWAY_ENVIRONMENT) private readonly environment: GatewayEnvironment,
  ) {}

  /**
   * To be asked before a request is read.
   * @throws {Problem} 503 with Retry-After.
   */
  refuseIfHigh(): Promise<void> {
    return this.pass(0);
  }

  /**
   * Commits one incident, if there is room for it.
   * @throws {Problem} 503 with Retry-After.
   */
  async admit<T>(commit: () => Promise<T>): Promise<T> {
    await this.pass(1);
    try {
      return await commit();
    } finally {
      this.inHand -= 1;
    }
  }

  private async pass(incidents: number): Promise<void> {
    const measured = this.current();
    const recorder = await measured.recorder;
    const { INQUEST_UNOPENED_MAX, INQUEST_SESSIONS_MAX } = this.environment;
    const { openSessions } = this.record;
    const sessionsMax = recorder ? INQUEST_SESSIONS_MAX : INQUEST_UNOPENED_MAX;
    const sessions = await (measured.sessions ??= recorder ? openSessions.open(sessionsMax) : openSessions.unopened(sessionsMax));
    // From here on nothing waits, or many would pass for the one place that is free.
    const refusal = recorder && this.behind(recorder);
    if (refusal) throw refused(refusal);
    if (sessions + measured.unseen >= sessionsMax)
      throw refused(recorder ? `${sessions} sessions are open` : `Redis does not answer, and ${sessions} incidents wait for it`);
    measured.unseen += incidents;
    this.inHand += incidents;
  }

  private behind({ length, oldestAgeMs }: Pressure): string | undefined {
    const { INQUEST_RECORDER_LAG_MS: lagMs, INQUEST_RECORDER_BACKLOG: backlog } = this.environment;
    if (oldestAgeMs <= lagMs && length <= backlog) return undefined;
    return `The recorder is ${Math.round(oldestAgeMs / 1_000)} s behind with ${length} messages`;
  }

  private current(): Measurement {
    const nowMs = performance.now();
    if (!this.last || nowMs - this.last.atMs > FRESH_MS)
      this.last = { atMs: nowMs, recorder: this.measure(), unseen: this.inHand };
    return this.last;
  }

  private async measure(): Promise<Pressure | null> {
    if (this.redis.status !== 'ready') return null;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), ANSWER_MS);
    });
    const answer = pressure(this.redis, 'recorder').catch(() => null);
    return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
  }
}

const refused = (why: string): Problem =>
  Problem.overloaded(`${why}; nothing was taken in. Send this again in ${RETRY_AFTER_SECONDS} s.`, RETRY_AFTER_SECONDS);
