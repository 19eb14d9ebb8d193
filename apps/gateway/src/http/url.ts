import { Problem } from '../problems/problem.js';
import type { GatewayRequest, NextFunction, Response } from './gateway-request.js';

/** Characters; the longest honest URL has a cursor of 2 000 in it, percent-encoded. */
const URL_MAX = 8_192;
const TOKEN_PARAMETERS = ['access_token', 'token', 'api_key', 'apikey', 'authorization'] as const;

export const refuseLongUrls = ({ originalUrl }: GatewayRequest, _: Response, next: NextFunction): void => {
  if (originalUrl.length > URL_MAX) next(Problem.urlTooLong(URL_MAX));
  else next();
};

/** Whether somebody wrote a token where every proxy on the way writes it into its log. */
export const hasTokenInUrl = ({ query }: GatewayRequest): boolean => TOKEN_PARAMETERS.some((name) => name in query);
