export { FailpointError, failpointsFrom, type AtPoint, type Failpoints } from './failpoints.js';
export { FailpointSyntaxError, parseFailpoints, type Failpoint } from './parse.js';
