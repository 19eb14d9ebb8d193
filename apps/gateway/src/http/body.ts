import { problemOf } from '../problems/problem-of.js';
import { Problem } from '../problems/problem.js';
import type { GatewayRequest, NextFunction, Response } from './gateway-request.js';

const DEPTH_MAX = 64;
/** Points of metrics take seven bytes for each of their values; empty objects take three and mean no good. */
const BYTES_PER_VALUE_MIN = 4;

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

/** Nesting as deep as this is an attack on recursive code, never an alert; and values as small take far more memory than their bytes. */
export const refuseOddShapes =
  (bytesMax: number) =>
  ({ rawBody }: GatewayRequest, _: Response, next: NextFunction): void => {
    const { depth, values } = rawBody ? shapeOf(rawBody) : { depth: 0, values: 0 };
    const valuesMax = Math.floor(bytesMax / BYTES_PER_VALUE_MIN);
    if (depth > DEPTH_MAX) next(Problem.invalid(`The body is nested deeper than ${DEPTH_MAX} levels.`));
    else if (values > valuesMax) next(Problem.invalid(`The body has more than ${valuesMax} values. Send fewer in one request.`));
    else next();
  };

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [...'"\\,[{]}'].map((char) =>
  char.charCodeAt(0),
);

/** How deep JSON is nested, and how many values it has at most. */
export const shapeOf = (json: Uint8Array): { readonly depth: number; readonly values: number } => {
  let [open, depth, values, quoted] = [0, 0, 1, false];
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (quoted) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === COMMA) values += 1;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      values += 1;
      depth = Math.max(depth, (open += 1));
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) open -= 1;
  }
  return { depth, values };
};
