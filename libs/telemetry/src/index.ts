export { ATTRIBUTE, LATENCY_BUCKETS_MS, METRIC, SPAN } from './names.js';
export { createLogger, type Logger } from './logger.js';
export { NestLogger } from './nest-logger.js';
export { TelemetryEnvironment } from './exporters.js';
export { startTelemetry, type Telemetry } from './start.js';
export { inSpan, traceFields, traceparentOf, type SpanOptions } from './tracing.js';
export { GEN_AI, GEN_AI_BUCKETS, GEN_AI_METRIC, GEN_AI_OPERATION } from './gen-ai.js';
