import { problemOf } from '../problems/problem-of.js';
import { Problem } from '../problems/problem.js';
import type { GatewayRequest, NextFunction, Response } from './gateway-request.js';

const DEPTH_MAX = 64;

/** JSON in all its names; `text/plain` because Amazon SNS sends its JSON so. */
export const isJsonType = (contentType: string | undefined): boolean =>
  /^(application\/([\w.+-]+\+)?json|text\/(plain|json))\s*(;|$)/i.test(contentType ?? '');

export const hasBody = ({ headers }: GatewayRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** A body that is not JSON by name is refused before anybody reads it. */
export const refuseOtherTypes = (request: GatewayRequest, _: Response, next: NextFunction): void => {
  if (hasBody(request) && !isJsonType(request.headers['content-type']))
    next(Problem.unsupportedType(request.headers['content-type']));
  else next();
};

/** What the parser throws becomes a problem here; Nest would keep no more than its bare text. */
export const explainParserErrors = (error: unknown, _: GatewayRequest, __: Response, next: NextFunction): void => {
  next(problemOf(error) ?? error);
};

/** Nesting as deep as this is an attack on recursive code, never an alert. */
export const refuseDeepNesting = (request: GatewayRequest, _: Response, next: NextFunction): void => {
  if (request.rawBody && depthOf(request.rawBody) > DEPTH_MAX)
    next(Problem.invalid(`The body is nested deeper than ${DEPTH_MAX} levels.`));
  else next();
};

const [QUOTE, BACKSLASH, OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [...'"\\[{]}'].map((char) => char.charCodeAt(0));

export const depthOf = (json: Uint8Array): number => {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (quoted) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) deepest = Math.max(deepest, (depth += 1));
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
  }
  return deepest;
};
