import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { onlyKnownValues } from './known-values.js';

it('hands on the points that are numbers and leaves out those that are none', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: onlyKnownValues(exporter) })] });
  const meter = provider.getMeter('spec');
  meter.createObservableGauge('known').addCallback((result) => result.observe(7));
  meter.createObservableGauge('unknown').addCallback((result) => result.observe(Number.NaN));
  meter.createHistogram('timed').record(3);
  await provider.forceFlush();
  const points = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ metrics }) => metrics)
    .map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.length]);
  expect(points).toEqual([
    ['known', 1],
    ['unknown', 0],
    ['timed', 1],
  ]);
  await provider.shutdown();
});
