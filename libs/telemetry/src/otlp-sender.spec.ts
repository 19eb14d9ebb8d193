import { metrics } from '@opentelemetry/api';
import { createLogger, inSpan, startTelemetry, traceFields } from './index.js';

// A process of its own, started by otlp.int.spec.ts: the exporters load `http` in a way that Jest's sandbox does not know.
const telemetry = startTelemetry('test');
const logger = createLogger('test');
await inSpan('debating', {}, async (span) => {
  logger.child(traceFields(span)).warn({ sessionId: 's1', apiKey: 'hunter2', err: new TypeError('odd') }, 'a line');
});
metrics.getMeter('spec').createCounter('spec.counted').add(3);
await telemetry.stop();
logger.warn('late');
