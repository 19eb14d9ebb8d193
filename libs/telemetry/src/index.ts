export { ATTRIBUTE, METRIC, SPAN } from './names.js';
export { createLogger, type Logger } from './logger.js';
export { NestLogger } from './nest-logger.js';
export { startTelemetry, TelemetryEnvironment, type Telemetry } from './start.js';
export { contextOf, currentTraceparent, inSpan, type SpanOptions } from './tracing.js';
