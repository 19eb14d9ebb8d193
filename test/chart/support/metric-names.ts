import { GEN_AI_METRIC, METRIC } from '@inquest/telemetry';

/** Instruments that only go up: Prometheus shows them with `_total`. The others are histograms and gauges. */
const COUNTERS: readonly string[] = [
  ...[METRIC.answers, METRIC.decisions, METRIC.challenges, METRIC.answeredFor, METRIC.deadLetters],
  ...[METRIC.redeliveries, METRIC.streamFaults, METRIC.recordedRows, METRIC.incidents, METRIC.rulesReloads],
  ...[METRIC.incidentsFiltered, METRIC.challengesUpheld, METRIC.modelCost, METRIC.budgetRefusals],
  METRIC.ungroundedClaims,
  ...[GEN_AI_METRIC.inputTokens, GEN_AI_METRIC.outputTokens],
  ...[GEN_AI_METRIC.cacheReadInputTokens, GEN_AI_METRIC.cacheWriteInputTokens],
];

/** Every metric family of ours, named as Prometheus shows it. */
export const metricNames = (): ReadonlySet<string> =>
  new Set([...Object.values(METRIC), ...Object.values(GEN_AI_METRIC)].map(shownAs));

const shownAs = (name: string): string => `${name.replaceAll('.', '_')}${COUNTERS.includes(name) ? '_total' : ''}`;
