import { WEIGHTS } from '../engine-weights.js';
import type { EdgeLatency } from '../telemetry-evidence.js';
import { edgeKey } from './edge-delays.js';
import type { Tally } from './tally.js';
import { shown } from './shown.js';

/**
 * Calls that were always measured and are no longer, while their caller still calls others or is called: its own code breaks off
 * before them. The surprise is the number of measurements expected since the last one.
 */
export const addSilentEdges = (tally: Tally, edges: readonly EdgeLatency[], reference: readonly EdgeLatency[]): void => {
  const { presentMin, cap, weight, pointsMin } = WEIGHTS.silentEdges;
  const times = [...new Set(edges.flatMap(({ client }) => client.map(([at]) => at)))].sort((a, b) => a - b);
  const usual = new Map(reference.map((edge) => [edgeKey(edge), edge.client.length]));
  const usualTimes = new Set(reference.flatMap(({ client }) => client.map(([at]) => at))).size;
  const isActive = (service: string, since: number): boolean =>
    edges.some(
      ({ caller, callee, client }) => (caller === service || callee === service) && (client.at(-1)?.[0] ?? -Infinity) > since,
    );
  for (const edge of edges) {
    const last = edge.client.at(-1)?.[0];
    if (last === undefined || !isActive(edge.caller, last)) continue;
    const missing = times.filter((at) => at > last).length;
    const until = times.length - missing;
    const rate = (edge.client.length + (usual.get(edgeKey(edge)) ?? 0)) / (until + usualTimes);
    if (missing < pointsMin || rate < presentMin) continue;
    tally.add({
      channel: 'call-counts',
      service: edge.caller,
      weight: weight * Math.min(cap, rate * missing),
      statement: `${edge.caller} no longer calls ${edge.callee}: ${missing} measurements are missing, of which ${shown(rate * missing)} were expected.`,
      pointer: `${edge.caller} -> ${edge.callee}`,
    });
  }
};
