import { WEIGHTS } from '../engine-weights.js';
import { HANDLES_ERRORS } from './lost-steps.js';
import type { NewErrors } from './new-errors.js';
import type { TraceWindow } from './trace-window.js';

/** Operations that serve errors and, per run of the operation that called them, were hardly ever called before. */
export const errorOperations = (during: TraceWindow, reference: TraceWindow): NewErrors[] => {
  if (reference.isEmpty) return [];
  const served = (window: TraceWindow): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { service, operation, count } of window.calls.values())
      if (HANDLES_ERRORS.test(operation)) counts.set(service, (counts.get(service) ?? 0) + count);
    return counts;
  };
  const before = served(reference);
  const [usualRuns, runs] = [runsOf(reference), runsOf(during)];
  return [...served(during)].flatMap(([service, count]) => {
    const usual = ((before.get(service) ?? 0) + 0.5) / ((usualRuns.get(service) ?? 0) + 1);
    const expected = usual * (runs.get(service) ?? 0);
    const isNew = count >= WEIGHTS.newErrors.linesMin && count > GROWTH_MIN * expected;
    return isNew ? [{ service, place: 'operations that serve errors', lines: count }] : [];
  });
};

/** Some requests fail on an ordinary day, and not always as many. */
const GROWTH_MIN = 4;

const runsOf = ({ calls }: TraceWindow): Map<string, number> => {
  const runs = new Map<string, number>();
  for (const { service, caller, count } of calls.values())
    if (caller !== service) runs.set(service, (runs.get(service) ?? 0) + count);
  return runs;
};
