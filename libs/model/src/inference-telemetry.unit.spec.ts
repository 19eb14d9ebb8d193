import { context, metrics, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { ModelTimeoutError } from './errors.js';
import { InferenceTelemetry } from './inference-telemetry.js';

const spans = new InMemorySpanExporter();
const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
const tracing = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
const metering = new MeterProvider({ readers: [reader] });

beforeAll(() => {
  tracing.register();
  metrics.setGlobalMeterProvider(metering);
});
afterAll(async () => {
  await tracing.shutdown();
  await metering.shutdown();
  trace.disable();
  metrics.disable();
  context.disable();
});

const inference = { role: 'solver', model: 'claude-haiku-5-5', maxTokens: 100, sessionId: 's-1' } as const;

it('makes one span per call, with today’s GenAI names and no content', async () => {
  const telemetry = new InferenceTelemetry();
  const tokens = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 600, cacheWriteTokens: 0 };
  await telemetry.chat(inference, async () => ({
    responseId: 'msg_1',
    responseModel: 'claude-haiku-5-5',
    stopReason: 'end_turn',
    tokens,
    firstChunkMs: 250,
  }));
  const [span] = spans.getFinishedSpans();
  expect(span?.name).toBe('chat claude-haiku-5-5');
  expect(span?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.conversation.id': 's-1',
    'gen_ai.usage.input_tokens': 610,
    'gen_ai.usage.cache_read.input_tokens': 600,
    'gen_ai.usage.cache_write.input_tokens': 0,
    'gen_ai.response.finish_reasons': ['end_turn'],
    'gen_ai.response.time_to_first_chunk': 0.25,
  });
  expect(Object.keys(span?.attributes ?? {}).filter((name) => /messages|instructions/.test(name))).toEqual([]);

  const fault = new ModelTimeoutError({ role: 'solver', model: 'claude-haiku-5-5' });
  await expect(telemetry.chat(inference, () => Promise.reject(fault))).rejects.toBe(fault);
  expect(spans.getFinishedSpans()[1]?.attributes['error.type']).toBe('timeout');

  await reader.forceFlush();
  const names = measured
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name)));
  expect(names).toEqual(
    expect.arrayContaining([
      'gen_ai.client.inference.duration',
      'gen_ai.client.inference.time_to_first_chunk',
      'gen_ai.client.inference.usage.input_tokens',
      'gen_ai.client.inference.usage.cache_read.input_tokens',
      'gen_ai.client.inference.operation.output_tokens',
    ]),
  );
});
