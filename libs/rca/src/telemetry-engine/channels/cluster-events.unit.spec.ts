import { diagnoseTelemetry } from '../diagnose-telemetry.js';
import { noEvidence } from '../testing/builders.js';
import type { ClusterEvent } from '../telemetry-evidence.js';

const CALLS = [['shop', 'basket']] as const;
const event = (given: Partial<ClusterEvent>): ClusterEvent => ({
  service: 'basket',
  reason: 'Unhealthy',
  message: 'Readiness probe failed: HTTP 503',
  atSeconds: 1_000,
  ...given,
});
/** Evidence with a told onset at 1000 s. */
const ranked = (...clusterEvents: ClusterEvent[]) =>
  diagnoseTelemetry({ ...noEvidence(), calls: CALLS, clusterEvents }, undefined, { onsetSeconds: 1_000 }).ranked;

it.each([
  ['OOMKilled', 'container exceeded its limit', 'oom_killed'],
  ['Failed', 'Failed to pull image "shop:7": not found', 'image_pull_backoff'],
  ['Evicted', 'The node was low on resource: memory', 'evicted'],
  ['BackOff', 'Back-off restarting failed container', 'crash_loop'],
  ['NotReady', '0 of 3 ready', 'readiness_probe_failure'],
])('takes %s (%s) for %s', (reason, message, faultType) =>
  expect(ranked(event({ reason, message }))[0]).toMatchObject({
    service: 'basket',
    faultType,
    findings: [{ channel: 'cluster-events', pointer: reason, atSeconds: 1_000 }],
  }),
);

it('blames the callee when both are not ready, and the caller that was killed for memory itself', () => {
  expect(ranked(event({ service: 'shop' }), event({}))[0]?.service).toBe('basket');
  expect(ranked(event({ service: 'shop', reason: 'OOMKilled' }), event({}))[0]?.service).toBe('shop');
});

it('takes what was there long before for how things are, and says nothing of what is no trouble', () => {
  expect(ranked(event({ atSeconds: 10 }), event({}))).toEqual([]);
  expect(ranked(event({ reason: 'Pulled', message: 'Container image already present' }))).toEqual([]);
});
