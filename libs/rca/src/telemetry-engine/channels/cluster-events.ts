import type { KnownFault } from '../../fault-types.js';
import type { CallGraph } from '../call-graph.js';
import { WEIGHTS } from '../engine-weights.js';
import type { TelemetryFinding } from '../telemetry-diagnosis.js';
import type { ClusterEvent } from '../telemetry-evidence.js';
import type { Tally } from './tally.js';

const { cause, consequence, suffering } = WEIGHTS.clusterEvents;

/**
 * What Kubernetes' reasons and states stand for. The first that matches counts, so the narrower come first. A probe fails as well where
 * only something behind the service is broken.
 */
const SIGNS: readonly (readonly [RegExp, KnownFault, number])[] = [
  [/oom[-_ ]?kill|out of memory/i, 'oom_killed', cause],
  [/image ?pull|errimage|invalidimage|failed to pull image/i, 'image_pull_backoff', cause],
  [/CreateContainerConfigError|(?:configmap|secret) .{0,80}not found/i, 'config_missing', cause],
  [/evict/i, 'evicted', cause],
  [/FailedMount|FailedAttachVolume/i, 'mount_failed', cause],
  [/FailedScheduling|unschedulable/i, 'unschedulable', cause],
  [/NodeNotReady|node (?:is )?not ?ready/i, 'node_not_ready', cause],
  [/liveness probe failed|failed liveness probe/i, 'probe_failure', consequence],
  [/CrashLoopBackOff|back-off restarting|\bBackOff\b|restarted|ContainerDied/i, 'crash_loop', consequence],
  [/Unhealthy|readiness probe|not ?ready|unready/i, 'readiness_probe_failure', suffering],
];

/**
 * Events and states of a service's pods. What was there long before the onset is how things are here. That a service suffers is
 * discounted by what it calls; that its container was killed or never started is its own.
 */
export const addClusterEvents = (tally: Tally, events: readonly ClusterEvent[], calls: CallGraph, onsetSeconds: number): void => {
  const signs = events.flatMap((event) => {
    const text = `${event.reason} ${event.message}`;
    const [, faultType, weight] = SIGNS.find(([pattern]) => pattern.test(text)) ?? [];
    return faultType && weight && Number.isFinite(event.atSeconds) ? [{ event, faultType, weight }] : [];
  });
  const isOld = ({ event }: (typeof signs)[number]): boolean =>
    event.atSeconds < onsetSeconds - WEIGHTS.clusterEvents.beforeOnsetSeconds;
  const chronic = new Set(signs.filter(isOld).map(({ event, faultType }) => `${event.service}\0${faultType}`));
  const worst = new Map<string, TelemetryFinding>();
  for (const { event, faultType, weight } of signs) {
    if (chronic.has(`${event.service}\0${faultType}`)) continue;
    const known = worst.get(event.service);
    const text = `${event.reason}: ${event.message}`.slice(0, TEXT_MAX);
    if (known && (known.weight > weight || (known.weight === weight && known.pointer <= event.reason))) continue;
    const times = event.count === undefined || event.count < 2 ? '' : ` (${event.count} times)`;
    worst.set(event.service, {
      channel: 'cluster-events',
      service: event.service,
      weight,
      statement: `Kubernetes says of ${event.service}: ${text}${times}`,
      pointer: event.reason,
      atSeconds: event.atSeconds,
      faultType,
      ...(event.count !== undefined && { during: event.count }),
    });
  }
  const weights = new Map([...worst].map(([service, { weight }]) => [service, weight]));
  const left = calls.explainAway(weights, WEIGHTS.explainedShare);
  for (const [service, finding] of worst)
    tally.add({ ...finding, weight: finding.weight === cause ? cause : (left.get(service) ?? 0) });
};

const TEXT_MAX = 200;
