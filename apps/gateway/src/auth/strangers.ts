import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import type { GatewayRequest } from '../http/gateway-request.js';
import { Problem } from '../problems/problem.js';
import { MinuteCounts } from './minute-counts.js';

/** Counts, by address, requests without a token that we know. Whoever has one is never slowed down by others behind his address. */
@Injectable()
export class Strangers {
  private readonly counts = new MinuteCounts();

  constructor(@Inject(GATEWAY_ENVIRONMENT) private readonly environment: GatewayEnvironment) {}

  /** What a request without a known token is answered: 401, or 429 for a guesser. */
  refusal({ ip = 'unknown' }: Pick<GatewayRequest, 'ip'>, nowMs = performance.now()): Problem {
    const { count, secondsLeft } = this.counts.add(ip, nowMs);
    return count <= this.environment.INQUEST_STRANGER_RATE_PER_MINUTE
      ? Problem.unauthenticated()
      : Problem.tooManyStrangers(secondsLeft);
  }
}
