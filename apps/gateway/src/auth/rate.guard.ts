import { HealthController } from '@inquest/agent';
import { Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import type { GatewayRequest } from '../http/gateway-request.js';

/** Counts by token holder; it stands behind the AuthGuard, so nobody gets a fresh count by making tokens up. */
@Injectable()
export class RateGuard extends ThrottlerGuard {
  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    return context.getType() !== 'http' || context.getClass() === HealthController;
  }

  protected override async getTracker(request: GatewayRequest): Promise<string> {
    return request.principal?.name ?? request.ip ?? 'unknown';
  }

  /** One count for all routes: the limit is the caller's, not the route's. */
  protected override generateKey(_: ExecutionContext, tracker: string, name: string): string {
    return `${name}:${tracker}`;
  }
}
