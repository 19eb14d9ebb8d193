import { readEnvironment } from '@inquest/config';
import { metrics, trace } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';

export const TelemetryEnvironment = z.object({
  /** Where traces go (OTLP over HTTP). Unset: nowhere, to nobody. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** Share of debates that are traced, 0–1; decided once per debate, at its root. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(0.1),
});

export interface Telemetry {
  /** Answers a scrape in Prometheus' text format. */
  readonly metrics: (request: IncomingMessage, response: ServerResponse) => void;
  /** Sends what is buffered and stops. */
  stop(): Promise<void>;
}

let running: Telemetry | undefined;

/**
 * Starts OpenTelemetry once per process: our own spans and metrics, no loader hook and no patched modules. A second
 * call, as in the standalone app where all services share a process, gets the first one's.
 */
export const startTelemetry = (service: string, environment: NodeJS.ProcessEnv = process.env): Telemetry => {
  running ??= start(service, environment);
  return running;
};

const start = (service: string, environment: NodeJS.ProcessEnv): Telemetry => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: share } = readEnvironment(
    TelemetryEnvironment,
    environment,
  );
  const resource = resourceFromAttributes({ 'service.name': `inquest-${service}`, 'service.namespace': 'inquest' });
  const tracerProvider = new NodeTracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: endpoint
      ? [new BatchSpanProcessor(new OTLPTraceExporter({ url: new URL('v1/traces', withSlash(endpoint)).href }))]
      : [],
  });
  tracerProvider.register({ contextManager: null }); // Spans are handed on, see inSpan.
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ resource, readers: [exporter] });
  metrics.setGlobalMeterProvider(meterProvider);
  return {
    metrics: (request, response) => exporter.getMetricsRequestHandler(request, response),
    stop: async () => {
      running = undefined;
      await Promise.allSettled([tracerProvider.shutdown(), meterProvider.shutdown()]);
      trace.disable();
      metrics.disable();
    },
  };
};

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);
