import type { Series } from '@inquest/contracts';
import { z } from 'zod';
import { evidenceOf, type Collected, type Collector, type Found, type Question } from '../collector.js';
import type { Source } from '../http/source.js';
import type { Subject } from '../subject.js';
import { expressionOf } from './expression.js';
import { goldenSignals } from './golden-signals.js';

const POINTS = 180;
const STEP_MIN_S = 15;
const SERIES_MAX = 20;
/** What Prometheus itself may take for a query; ours ends sooner, but its own work would not. */
const QUERY_TIMEOUT = '5s';

const Matrix = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        // Native histograms have `histograms` instead.
        values: z.array(z.tuple([z.number(), z.string()])).default([]),
      }),
    ),
  }),
});

interface Naming {
  readonly metric?: string;
  readonly unit?: string;
  /** Whom a series without labels is about. */
  readonly service?: string | undefined;
}

/** Range queries of Prometheus' HTTP API, which Thanos, Mimir, Cortex and VictoriaMetrics also speak. */
export class Prometheus implements Collector {
  readonly name = 'prometheus';
  readonly dimension = 'metrics';

  constructor(private readonly source: Source) {}

  collect(subject: Subject, signal: AbortSignal): Promise<Collected[]> {
    const expression = expressionOf(subject.incident);
    const asked = goldenSignals(subject).map(({ id, title, query, metric, unit }) =>
      this.ask(`prometheus-${id}`, title, query, { metric, unit, service: subject.service }, subject, signal),
    );
    if (!expression) return Promise.all(asked);
    const { measured, threshold } = expression;
    const title = threshold === '' ? "The alert's expression" : `The alert's expression, which fires at ${threshold}`;
    return Promise.all([this.ask('prometheus-alert', title, measured, { service: subject.service }, subject, signal), ...asked]);
  }

  private ask(id: string, title: string, query: string, naming: Naming, { window }: Subject, signal: AbortSignal) {
    const question: Question = {
      ...{ id, title, kind: 'metric', dimension: 'metrics', tool: 'prometheus/query_range', invocation: query },
    };
    const [start, end] = [window.fromMs / 1_000, window.toMs / 1_000];
    const step = Math.max(STEP_MIN_S, Math.ceil((end - start) / POINTS));
    return evidenceOf(question, signal, async () => {
      const { data } = await this.source.get(
        'api/v1/query_range',
        { query, start: start.toFixed(3), end: end.toFixed(3), step, timeout: QUERY_TIMEOUT },
        Matrix,
        signal,
      );
      return foundIn(data.result, naming);
    });
  }
}

type Result = z.infer<typeof Matrix>['data']['result'];

const foundIn = (result: Result, { metric, unit, service }: Naming): Found | undefined => {
  const series = result.flatMap(({ metric: labels, values }): Series[] => {
    const points = values
      .map(([at, value]): [number, number] => [at, Number(value)])
      .filter(([, value]) => Number.isFinite(value));
    if (points.length === 0) return [];
    const { __name__: own, ...rest } = labels;
    const about = Object.keys(rest).length === 0 && service !== undefined ? { service } : rest;
    return [{ name: (metric ?? own ?? 'value').slice(0, 300), ...(unit === undefined ? {} : { unit }), labels: about, points }];
  });
  if (series.length === 0) return undefined;
  const left = series.length - SERIES_MAX;
  if (left <= 0) return { series };
  return { series: series.slice(0, SERIES_MAX), text: `${left} further series were left out.` };
};
