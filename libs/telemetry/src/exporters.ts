import { wholeNumber } from '@inquest/config';
import { z } from 'zod';

const exporter = z.enum(['otlp', 'none'], { error: 'must be "otlp" or "none"' }).default('otlp');

/** The variables of OpenTelemetry that we obey; exporters read their headers and certificates (`OTEL_EXPORTER_OTLP_…`) themselves. */
export const TelemetryEnvironment = z.object({
  /** Where traces, metrics and logs go (OTLP over HTTP), each to its path below it. Unset: nowhere, to nobody. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** Where one of them goes instead; the whole address. */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url().optional(),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: z.url().optional(),
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: z.url().optional(),
  /** `none` keeps one of them here. */
  OTEL_TRACES_EXPORTER: exporter,
  OTEL_METRICS_EXPORTER: exporter,
  OTEL_LOGS_EXPORTER: exporter,
  /** Milliseconds between two sendings of metrics. */
  OTEL_METRIC_EXPORT_INTERVAL: wholeNumber(60_000, 100, 3_600_000),
  /** Share of debates that are traced, 0–1; decided once per debate, at its root. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(0.1),
});
export type TelemetryEnvironment = z.infer<typeof TelemetryEnvironment>;

type Signal = 'traces' | 'metrics' | 'logs';

/** The address that a signal is sent to; undefined when it is sent nowhere. */
export const endpointOf = (signal: Signal, environment: TelemetryEnvironment): string | undefined => {
  const name = signal.toUpperCase() as Uppercase<Signal>;
  if (environment[`OTEL_${name}_EXPORTER`] === 'none') return undefined;
  const base = environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  return environment[`OTEL_EXPORTER_OTLP_${name}_ENDPOINT`] ?? (base && new URL(`v1/${signal}`, withSlash(base)).href);
};

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);
