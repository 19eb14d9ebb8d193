import { HealthController } from '@inquest/agent';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import type { GatewayRequest } from '../http/gateway-request.js';
import { hasTokenInUrl } from '../http/url.js';
import { Problem } from '../problems/problem.js';
import { NEEDED_ROLE } from './needs.decorator.js';
import { Strangers } from './strangers.js';
import { mayActAs, principalOf, type AccessRole } from './tokens.js';

/** Closed unless a route says who may use it. Only the health doors are open, to the pod network. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly strangers: Strangers,
    @Inject(GATEWAY_ENVIRONMENT) private readonly environment: GatewayEnvironment,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http' || context.getClass() === HealthController) return true;
    const request = context.switchToHttp().getRequest<GatewayRequest>();
    const needed = this.reflector.getAllAndOverride<AccessRole | undefined>(NEEDED_ROLE, [
      context.getHandler(),
      context.getClass(),
    ]);
    // Known already where the request has a body.
    const principal = request.principal ?? principalOf(request.headers.authorization, this.environment.INQUEST_TOKENS);
    if (!principal) throw this.strangers.refusal(request);
    if (hasTokenInUrl(request)) throw Problem.tokenInUrl();
    if (needed === undefined || !mayActAs(principal, needed)) throw Problem.forbidden(principal, needed ?? 'admin');
    request.principal = principal;
    return true;
  }
}
