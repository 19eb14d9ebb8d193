import { WEIGHTS } from '../engine-weights.js';
import type { Tally } from './tally.js';
import { shown } from './shown.js';
import { operationKey, type TraceEvidence } from './trace-window.js';

/**
 * Children that an operation no longer calls, or calls far more often; the caller's own code decides that, so it is blamed.
 * Counts per run of the operation, compared as two Poisson rates.
 */
export const addCallCounts = (tally: Tally, { during, reference }: TraceEvidence): void => {
  const { zMin, changeMin, cap, gone, changed, acrossServices } = WEIGHTS.callCounts;
  for (const key of new Set([...reference.calls.keys(), ...during.calls.keys()])) {
    const row = reference.calls.get(key) ?? during.calls.get(key);
    if (!row || row.caller === '') continue;
    const name = operationKey(row.caller, row.callerOperation);
    const [runsBefore, runsNow] = [reference.operations.get(name) ?? 0, during.operations.get(name) ?? 0];
    if (runsBefore < 5 || runsNow < 3) continue;
    const usual = (reference.calls.get(key)?.count ?? 0) / runsBefore;
    const now = (during.calls.get(key)?.count ?? 0) / runsNow;
    const error = Math.sqrt((usual + 0.05) / runsBefore + (now + 0.05) / runsNow);
    const z = Math.abs(now - usual) / error;
    if (z < zMin || Math.abs(now - usual) < changeMin * Math.max(usual, 0.2)) continue;
    const isGone = now < 0.2 * usual;
    tally.add({
      channel: 'call-counts',
      service: row.caller,
      weight: Math.min(cap, Math.log2(z / 2)) * (isGone ? gone : changed) * (row.caller === row.service ? 1 : acrossServices),
      statement: `${row.callerOperation} of ${row.caller} calls ${row.operation} of ${row.service} ${shown(now)} times a run instead of ${shown(usual)}.`,
      pointer: `${row.caller} ${row.callerOperation} -> ${row.service} ${row.operation}`,
      before: usual,
      during: now,
    });
  }
};
