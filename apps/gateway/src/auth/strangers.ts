import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import type { GatewayRequest } from '../http/gateway-request.js';
import { Problem } from '../problems/problem.js';

const MINUTE_MS = 60_000;
const ADDRESSES_MAX = 10_000;

/** Counts, by address, requests without a token that we know. Whoever has one is never slowed down by others behind his address. */
@Injectable()
export class Strangers {
  private readonly counts = new LRUCache<string, { requests: number; readonly endsAtMs: number }>({ max: ADDRESSES_MAX });

  constructor(@Inject(GATEWAY_ENVIRONMENT) private readonly environment: GatewayEnvironment) {}

  /** What a request without a known token is answered: 401, or 429 for a guesser. */
  refusal({ ip = 'unknown' }: Pick<GatewayRequest, 'ip'>, nowMs = performance.now()): Problem {
    const known = this.counts.get(ip);
    const count = known && known.endsAtMs > nowMs ? known : { requests: 0, endsAtMs: nowMs + MINUTE_MS };
    count.requests += 1;
    this.counts.set(ip, count);
    return count.requests <= this.environment.INQUEST_STRANGER_RATE_PER_MINUTE
      ? Problem.unauthenticated()
      : Problem.tooManyStrangers(Math.ceil((count.endsAtMs - nowMs) / 1_000));
  }
}
