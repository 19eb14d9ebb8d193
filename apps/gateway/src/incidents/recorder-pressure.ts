import { RECORD, REDIS } from '@inquest/agent';
import type { Record as SessionRecord } from '@inquest/record';
import { pressure, type Pressure, type RedisConnection } from '@inquest/streams';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import { Problem } from '../problems/problem.js';

const FRESH_MS = 250;
const ANSWER_MS = 500;
const RETRY_AFTER_SECONDS = 5;

/** `null` when Redis does not answer: then what counts is how many incidents wait for it in Postgres. */
interface Measurement {
  readonly atMs: number;
  readonly recorder: Promise<Pressure | null>;
  unopened?: Promise<number>;
  /** Incidents let in since, which the measurement does not know of. */
  admitted: number;
}

/**
 * Refuses new incidents while the recorder is behind: what cannot be recorded cannot be decided. While Redis is away incidents are
 * only committed and opened when it is back; of those it lets in no more than can be opened soon after.
 */
@Injectable()
export class RecorderPressure {
  private last: Measurement | undefined;

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
   * To be asked for each incident, before it is committed: it counts until the next measurement knows of it.
   * @throws {Problem} 503 with Retry-After.
   */
  admit(): Promise<void> {
    return this.pass(1);
  }

  private async pass(incidents: number): Promise<void> {
    const measured = this.current();
    const recorder = await measured.recorder;
    const waiting = recorder ? 0 : await this.unopened(measured);
    // From here on nothing waits, or many would pass for the one place that is free.
    const refusal = recorder
      ? this.refusalFor(recorder, measured.admitted)
      : this.refusalWithoutRedis(waiting, measured.admitted);
    if (refusal !== undefined)
      throw Problem.overloaded(
        `${refusal}; nothing was taken in. Send this again in ${RETRY_AFTER_SECONDS} s.`,
        RETRY_AFTER_SECONDS,
      );
    measured.admitted += incidents;
  }

  private refusalFor({ length, oldestAgeMs }: Pressure, admitted: number): string | undefined {
    const { INQUEST_RECORDER_LAG_MS: lagMs, INQUEST_RECORDER_BACKLOG: backlog } = this.environment;
    if (oldestAgeMs <= lagMs && length + admitted < backlog) return undefined;
    return `The recorder is ${Math.round(oldestAgeMs / 1_000)} s behind with ${length} messages`;
  }

  private refusalWithoutRedis(waiting: number, admitted: number): string | undefined {
    if (waiting + admitted < this.environment.INQUEST_UNOPENED_MAX) return undefined;
    return `Redis does not answer, and ${waiting} incidents wait for it`;
  }

  private unopened(measured: Measurement): Promise<number> {
    return (measured.unopened ??= this.record.openSessions.unopened(this.environment.INQUEST_UNOPENED_MAX));
  }

  private current(): Measurement {
    const nowMs = Date.now();
    if (!this.last || nowMs - this.last.atMs > FRESH_MS) this.last = { atMs: nowMs, recorder: this.measure(), admitted: 0 };
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
