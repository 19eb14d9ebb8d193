import { WEIGHTS } from '../engine-weights.js';
import type { Tally } from './tally.js';
import { shown } from './shown.js';
import { operationKey, type TraceEvidence } from './trace-window.js';

/** Time an operation spends in the service's own code, above the slower of the reference and the time before the onset. */
export const addOwnTime = (tally: Tally, { during, before, reference, called }: TraceEvidence): void => {
  const { extraMsMin, doublingsMin, cap, fullCount, weight } = WEIGHTS.ownTime;
  for (const [key, now] of during.calls) {
    const usual = reference.calls.get(key);
    if (!usual || usual.count < 3 || now.count < 2 || called.has(operationKey(now.service, now.operation))) continue;
    const earlier = before.calls.get(key);
    const usualMs = Math.max(usual.selfMs / usual.count, earlier && earlier.count >= 3 ? earlier.selfMs / earlier.count : 0);
    const nowMs = now.selfMs / now.count;
    const doublings = Math.log2((nowMs + 1) / (usualMs + 1)) * Math.min(1, now.count / fullCount);
    if (nowMs - usualMs <= extraMsMin || doublings < doublingsMin) continue;
    tally.add({
      channel: 'own-time',
      service: now.service,
      weight: weight * Math.min(cap, doublings),
      statement: `${now.operation} of ${now.service} spends ${shown(nowMs)} ms in its own code instead of ${shown(usualMs)} ms.`,
      pointer: now.operation,
      before: usualMs,
      during: nowMs,
    });
  }
};
