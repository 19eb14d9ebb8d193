import type { CallGraph } from '../call-graph.js';
import { WEIGHTS } from '../engine-weights.js';
import type { TelemetryFinding } from '../telemetry-diagnosis.js';
import type { LogEvidence } from '../telemetry-evidence.js';
import { IS_ERROR, placeOf } from './lost-steps.js';
import { shown } from './shown.js';
import type { Tally } from './tally.js';

/** Lines and seconds of one stretch of time. */
interface Counted {
  lines: ReadonlyMap<string, number>;
  seconds: number;
}

/**
 * Lines without traces: templates that have vanished or now come far less or far more often, as a change of Poisson rates. A caller that
 * waits for a broken callee goes quiet too, so callees explain callers away. Rates follow the load as well, so it tells less than a step
 * that is lost inside a trace.
 */
export const addTemplateRates = (
  tally: Tally,
  logs: LogEvidence,
  reference: LogEvidence,
  { calls, sinceSeconds }: { calls: CallGraph; sinceSeconds: number },
): void => {
  const { zMin, changeMin, cap, weight } = WEIGHTS.templateRates;
  const now = countsOf(logs, sinceSeconds, Infinity);
  const ofReference = countsOf(reference, -Infinity, Infinity);
  const usual = ofReference.seconds > 0 ? ofReference : countsOf(logs, -Infinity, sinceSeconds);
  if (!(now.seconds > 0) || !(usual.seconds > 0)) return;
  const worst = new Map<string, TelemetryFinding>();
  for (const name of new Set([...now.lines.keys(), ...usual.lines.keys()])) {
    const [service = '', place = ''] = name.split('\0');
    const [count, before] = [now.lines.get(name) ?? 0, usual.lines.get(name) ?? 0];
    const [rate, usualRate] = [count / now.seconds, before / usual.seconds];
    // Differences of square roots of Poisson counts have a variance of a quarter each, whatever the rate.
    const z = Math.abs(Math.sqrt(rate) - Math.sqrt(usualRate)) / Math.sqrt(0.25 / now.seconds + 0.25 / usual.seconds);
    if (z < zMin || Math.abs(Math.log2((rate + 1e-9) / (usualRate + 1e-9))) < changeMin) continue;
    const score = weight * Math.min(cap, Math.log2(z / zMin) + 1) * (count === 0 || before === 0 ? 1 : 0.5);
    const known = worst.get(service);
    if (known && (known.weight > score || (known.weight === score && known.pointer <= place))) continue;
    worst.set(service, {
      channel: 'template-rates',
      service,
      weight: score,
      statement: `${service} logs ${shown(60 * rate)} lines a minute instead of ${shown(60 * usualRate)}: ${place}`,
      pointer: place,
      before: 60 * usualRate,
      during: 60 * rate,
    });
  }
  const left = calls.explainAway(new Map([...worst].map(([service, { weight: own }]) => [service, own])), WEIGHTS.explainedShare);
  for (const [service, finding] of worst) tally.add({ ...finding, weight: left.get(service) ?? 0 });
};

/** Lines by service and place; errors are another channel's. */
const countsOf = ({ templates, events }: LogEvidence, since: number, until: number): Counted => {
  const lines = new Map<string, number>();
  let [first, last] = [Infinity, -Infinity];
  const note = (template: number, at: number, count: number): void => {
    const one = templates[template];
    if (!one || !(at >= since && at < until) || !(count > 0)) return;
    [first, last] = [Math.min(first, at), Math.max(last, at)];
    const key = `${one.service}\0${placeOf(one.template)}`;
    if (!IS_ERROR.test(one.level)) lines.set(key, (lines.get(key) ?? 0) + count);
  };
  if (events.length > 0) for (const { template, atMs } of events) note(template, atMs / 1_000, 1);
  else templates.forEach(({ counts }, index) => counts.forEach(([at, count]) => note(index, at, count)));
  return { lines, seconds: last > first ? last - first : 0 };
};
