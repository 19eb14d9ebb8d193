import { Problem } from '../problems/problem.js';
import { hasBody } from './body.js';
import type { GatewayRequest, NextFunction, Response } from './gateway-request.js';

const RETRY_AFTER_SECONDS = 2;

/** Bodies wait in memory for a database that is slow to answer: so many at a time, the others outside. */
export const refuseCrowds = (requestsMax: number) => {
  let inHand = 0;
  return (request: GatewayRequest, response: Response, next: NextFunction): void => {
    if (!hasBody(request)) return next();
    if (inHand >= requestsMax) {
      response.setHeader('connection', 'close');
      const detail = `${inHand} requests are being handled; nothing was taken in. Send this again in ${RETRY_AFTER_SECONDS} s.`;
      return next(Problem.overloaded(detail, RETRY_AFTER_SECONDS));
    }
    inHand += 1;
    response.once('close', () => (inHand -= 1));
    next();
  };
};
