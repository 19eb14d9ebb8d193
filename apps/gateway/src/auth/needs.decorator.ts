import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiResponse } from '@nestjs/swagger';
import { Problem } from '../problems/problem.js';
import type { GatewayRequest } from '../http/gateway-request.js';
import type { AccessRole } from './tokens.js';

export const NEEDED_ROLE = 'inquest:needed-role';

/** Who may use a route. A route without it is closed to everybody. */
export const Needs = (role: AccessRole) =>
  applyDecorators(
    SetMetadata(NEEDED_ROLE, role),
    ApiBearerAuth(),
    ApiResponse({ status: 401, description: 'No bearer token, or one that nobody knows (problem+json)' }),
    ApiResponse({ status: 403, description: `The token may not do this; it needs the role ${role} (problem+json)` }),
  );

/** The holder of the request's token. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { principal } = context.switchToHttp().getRequest<GatewayRequest>();
  if (!principal) throw Problem.unauthenticated();
  return principal;
});
