import type { CallGraph } from '../call-graph.js';
import { WEIGHTS } from '../engine-weights.js';
import type { TelemetryFinding } from '../telemetry-diagnosis.js';
import type { LostStep } from './lost-steps.js';
import type { NewErrors } from './new-errors.js';
import type { Tally } from './tally.js';
import { shown } from './shown.js';

/** Lost steps and new errors: both travel up a call, so a broken callee, at any distance, explains those of its callers. */
export const addBrokenCode = (tally: Tally, lost: readonly LostStep[], errors: readonly NewErrors[], calls: CallGraph): void => {
  const worst = new Map<string, TelemetryFinding>();
  const note = (finding: TelemetryFinding): void => {
    const known = worst.get(finding.service);
    if (!known || finding.weight > known.weight || (finding.weight === known.weight && finding.pointer < known.pointer))
      worst.set(finding.service, finding);
  };
  for (const { service, step, lost: gone, surprise } of lost)
    note({
      channel: 'lost-steps',
      service,
      weight: surprise,
      statement: `In ${service}, ${step} goes on but ${gone}, which nearly always came with it, does not (surprise ${shown(surprise)}).`,
      pointer: `${step} | ${gone}`,
    });
  for (const { service, place, lines } of errors)
    note({
      channel: 'new-errors',
      service,
      weight: WEIGHTS.newErrors.weight,
      statement: `${service} logs an error that was never seen before, ${lines} times: ${place}`,
      pointer: place,
    });
  const left = calls.explainAway(new Map([...worst].map(([service, { weight }]) => [service, weight])), WEIGHTS.explainedShare);
  for (const [service, finding] of worst) tally.add({ ...finding, weight: left.get(service) ?? 0 });
};
