import { readEnvironment } from '@inquest/config';
import { metrics, trace } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { endpointOf, TelemetryEnvironment } from './exporters.js';
import { onlyKnownValues } from './known-values.js';
import { sendLinesTo } from './log-bridge.js';

export interface Telemetry {
  /** Answers a scrape in Prometheus' text format. */
  readonly metrics: (request: IncomingMessage, response: ServerResponse) => void;
  /** Sends what is buffered and stops. */
  stop(): Promise<void>;
}

let running: Telemetry | undefined;

/**
 * Starts OpenTelemetry once per process: our own spans, metrics and lines, no loader hook and no patched modules. A second
 * call, as in the standalone app where all services share a process, gets the first one's.
 */
export const startTelemetry = (service: string, environment: NodeJS.ProcessEnv = process.env): Telemetry => {
  running ??= start(service, environment);
  return running;
};

const start = (service: string, environment: NodeJS.ProcessEnv): Telemetry => {
  const settings = readEnvironment(TelemetryEnvironment, environment);
  const resource = resourceFromAttributes({ 'service.name': `inquest-${service}`, 'service.namespace': 'inquest' });
  const tracerProvider = tracesOf(resource, settings);
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ resource, readers: [exporter, ...metricsSent(settings)] });
  metrics.setGlobalMeterProvider(meterProvider);
  const loggerProvider = logsOf(resource, settings);
  sendLinesTo(loggerProvider?.getLogger('inquest'));
  return {
    metrics: (request, response) => exporter.getMetricsRequestHandler(request, response),
    stop: async () => {
      running = undefined;
      sendLinesTo(undefined);
      await Promise.allSettled([tracerProvider.shutdown(), meterProvider.shutdown(), loggerProvider?.shutdown()]);
      trace.disable();
      metrics.disable();
    },
  };
};

const tracesOf = (resource: Resource, settings: TelemetryEnvironment): NodeTracerProvider => {
  const url = endpointOf('traces', settings);
  const provider = new NodeTracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.OTEL_TRACES_SAMPLER_ARG) }),
    spanProcessors: url ? [new BatchSpanProcessor(new OTLPTraceExporter({ url }))] : [],
  });
  provider.register({ contextManager: null }); // Spans are handed on, see inSpan.
  return provider;
};

const metricsSent = (settings: TelemetryEnvironment): PeriodicExportingMetricReader[] => {
  const url = endpointOf('metrics', settings);
  const everyMs = settings.OTEL_METRIC_EXPORT_INTERVAL;
  const timing = { exportIntervalMillis: everyMs, exportTimeoutMillis: Math.min(everyMs, 30_000) };
  return url
    ? [new PeriodicExportingMetricReader({ exporter: onlyKnownValues(new OTLPMetricExporter({ url })), ...timing })]
    : [];
};

const logsOf = (resource: Resource, settings: TelemetryEnvironment): LoggerProvider | undefined => {
  const url = endpointOf('logs', settings);
  if (url === undefined) return undefined;
  return new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url }) })] });
};
