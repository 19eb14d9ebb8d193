import { principalOf, type StoredToken } from '../auth/tokens.js';
import type { Strangers } from '../auth/strangers.js';
import { hasBody } from './body.js';
import type { GatewayRequest, NextFunction, Response } from './gateway-request.js';

/** A body is read for known senders only: parsing a megabyte costs more than refusing it. Who may do what, the guard decides. */
export const refuseBodiesOfStrangers =
  (tokens: readonly StoredToken[], strangers: Strangers) =>
  (request: GatewayRequest, response: Response, next: NextFunction): void => {
    if (!hasBody(request)) return next();
    const principal = principalOf(request.headers.authorization, tokens);
    if (principal) {
      request.principal = principal;
      return next();
    }
    // What is still on its way of the body is not waited for.
    response.setHeader('connection', 'close');
    next(strangers.refusal(request));
  };
