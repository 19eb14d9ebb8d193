import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';

/**
 * The same exporter, without points whose value is not a number. Such a point says in Prometheus that nobody knows; OTLP as JSON has no
 * form for it, and collectors refuse everything that is sent with it.
 */
export const onlyKnownValues = <E extends PushMetricExporter>(exporter: E): E => {
  const send = exporter.export.bind(exporter);
  exporter.export = (metrics, done) => send(known(metrics), done);
  return exporter;
};

const known = (metrics: ResourceMetrics): ResourceMetrics => ({
  ...metrics,
  scopeMetrics: metrics.scopeMetrics.map((scope) => ({
    ...scope,
    metrics: scope.metrics.map((metric) => ({
      ...metric,
      dataPoints: (metric.dataPoints as { readonly value: unknown }[]).filter(({ value }) => !Number.isNaN(value)),
    })) as typeof scope.metrics,
  })),
});
