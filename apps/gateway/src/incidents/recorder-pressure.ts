import { REDIS } from '@inquest/agent';
import { pressure, type Pressure, type RedisConnection } from '@inquest/streams';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import { Problem } from '../problems/problem.js';

const FRESH_MS = 250;
const ANSWER_MS = 500;
const RETRY_AFTER_SECONDS = 5;

/** Refuses new incidents while the recorder is behind: what cannot be recorded cannot be decided. */
@Injectable()
export class RecorderPressure {
  private measured: { readonly atMs: number; readonly value: Promise<Pressure | undefined> } | undefined;

  constructor(
    @Inject(REDIS) private readonly redis: RedisConnection,
    @Inject(GATEWAY_ENVIRONMENT) private readonly environment: GatewayEnvironment,
  ) {}

  async refuseIfHigh(): Promise<void> {
    const now = await this.current();
    // Nobody knows while Redis is away; then the incident is only committed, and opened when Redis is back.
    if (!now) return;
    const { INQUEST_RECORDER_LAG_MS: lagMs, INQUEST_RECORDER_BACKLOG: backlog } = this.environment;
    if (now.oldestAgeMs <= lagMs && now.length <= backlog) return;
    const behind = `The recorder is ${Math.round(now.oldestAgeMs / 1_000)} s behind with ${now.length} messages`;
    throw Problem.overloaded(
      `${behind}; nothing was taken in. Send this again in ${RETRY_AFTER_SECONDS} s.`,
      RETRY_AFTER_SECONDS,
    );
  }

  private current(): Promise<Pressure | undefined> {
    const nowMs = Date.now();
    if (!this.measured || nowMs - this.measured.atMs > FRESH_MS) this.measured = { atMs: nowMs, value: this.measure() };
    return this.measured.value;
  }

  private async measure(): Promise<Pressure | undefined> {
    if (this.redis.status !== 'ready') return undefined;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), ANSWER_MS);
    });
    const answer = pressure(this.redis, 'recorder').catch(() => undefined);
    return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
  }
}
