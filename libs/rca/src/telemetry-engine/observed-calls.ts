import { CallGraph } from './call-graph.js';
import type { EdgeLatency, SpanWindow, TelemetryEvidence, TelemetryReference } from './telemetry-evidence.js';

type Call = readonly [caller: string, callee: string];

/** Who calls whom: as somebody drew it, and as edges and spans show it. */
export const observedCalls = (evidence: TelemetryEvidence, reference: TelemetryReference): CallGraph =>
  new CallGraph([...evidence.calls, ...callsIn(evidence), ...referenceCalls(reference)]);

/** One reference serves many incidents. */
const known = new WeakMap<TelemetryReference, readonly Call[]>();

const referenceCalls = (reference: TelemetryReference): readonly Call[] => {
  const calls = known.get(reference) ?? callsIn(reference);
  known.set(reference, calls);
  return calls;
};

const callsIn = ({
  edges,
  spanWindows,
}: {
  edges: readonly EdgeLatency[];
  spanWindows: readonly SpanWindow[];
}): readonly Call[] => {
  const calls = new Map<string, Call>();
  const note = (caller: string, callee: string): void => {
    if (caller !== '' && caller !== callee) calls.set(`${caller}\0${callee}`, [caller, callee]);
  };
  for (const { caller, callee } of edges) note(caller, callee);
  for (const { operations, spans } of spanWindows) {
    for (const { caller, service } of operations) note(caller, service);
    for (const { parent, service } of spans) note(spans[parent]?.service ?? '', service);
  }
  return [...calls.values()];
};
