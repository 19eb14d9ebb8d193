import { HealthController } from '@inquest/agent';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import type { GatewayRequest } from '../http/gateway-request.js';
import { Problem } from '../problems/problem.js';
import { MinuteCounts } from './minute-counts.js';

/**
 * Counts by token holder, over all routes: the limit is the caller's, not the route's. It stands behind the AuthGuard, so nobody gets
 * a fresh count by making tokens up.
 */
@Injectable()
export class RateGuard implements CanActivate {
  private readonly counts = new MinuteCounts();

  constructor(@Inject(GATEWAY_ENVIRONMENT) private readonly environment: GatewayEnvironment) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http' || context.getClass() === HealthController) return true;
    const { principal, ip } = context.switchToHttp().getRequest<GatewayRequest>();
    const { count, secondsLeft } = this.counts.add(principal?.name ?? ip ?? 'unknown');
    const { INQUEST_RATE_PER_MINUTE: limit } = this.environment;
    if (count > limit) throw Problem.tooManyRequests(limit, secondsLeft);
    return true;
  }
}
