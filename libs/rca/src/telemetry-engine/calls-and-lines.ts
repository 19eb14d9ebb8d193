import type { CallGraph } from './call-graph.js';
import { addBrokenCode } from './channels/broken-code.js';
import { addCallCounts } from './channels/call-counts.js';
import { edgeDelaysOfMetrics, mergedDelays } from './channels/edge-delays.js';
import { errorOperations } from './channels/error-operations.js';
import { edgeDelaysOfLines } from './channels/line-gaps.js';
import { lostInCalls, usualInCalls } from './channels/lost-in-calls.js';
import { lostSteps, runsOf, usualSteps } from './channels/lost-steps.js';
import { newErrors } from './channels/new-errors.js';
import { addOwnTime } from './channels/own-time.js';
import { addSilentEdges } from './channels/silent-edges.js';
import { addTemplateRates } from './channels/template-rates.js';
import type { Tally } from './channels/tally.js';
import { calledServices, TraceWindow } from './channels/trace-window.js';
import { tracedLines } from './channels/traced-lines.js';
import { addWireGaps, edgeDelaysOfTraces } from './channels/wire-gap.js';
import { prepareReference } from './prepared-reference.js';
import { recentEvidence } from './recent-evidence.js';
import type { EdgeLatency, TelemetryEvidence, TelemetryReference } from './telemetry-evidence.js';

/**
 * What single calls, spans and log lines say, against the reference or, without one, against what was before. Returns since when they
 * count as those of the incident, in seconds.
 */
export const addCallsAndLines = (
  tally: Tally,
  evidence: TelemetryEvidence,
  reference: TelemetryReference,
  { edges, calls, onsetSeconds }: { edges: readonly EdgeLatency[]; calls: CallGraph; onsetSeconds: number },
): number => {
  const prepared = prepareReference(reference);
  const { logs } = evidence;
  const recent = recentEvidence(evidence, onsetSeconds);
  const [during, before] = [new TraceWindow(recent.during), new TraceWindow(recent.before)];
  const usual = prepared.traces.isEmpty ? before : prepared.traces;
  const measured = edgeDelaysOfMetrics(edges, prepared.edges, onsetSeconds);
  addSilentEdges(tally, edges, prepared.edges);

  const lines = { now: tracedLines(logs, recent.sinceMs), usual: prepared.lines };
  if (lines.usual.length === 0) lines.usual = tracedLines(logs, -Infinity, recent.sinceMs);

  if (during.isEmpty || usual.isEmpty) {
    const ofLines = evidence.spanWindows.length === 0 ? edgeDelaysOfLines(lines.now, lines.usual, calls) : [];
    addWireGaps(tally, mergedDelays(measured, ofLines));
  } else {
    const traces = { during, before, reference: usual, called: calledServices([during, usual]) };
    addOwnTime(tally, traces);
    addWireGaps(tally, mergedDelays(measured, edgeDelaysOfTraces(traces)));
    addCallCounts(tally, traces);
  }

  const steps = prepared.steps.size > 0 ? prepared.steps : usualSteps(runsOf(logs, recent.before, -Infinity, recent.sinceMs));
  const lost = [
    ...lostSteps(runsOf(logs, recent.during, recent.sinceMs), steps),
    ...lostInCalls(lines.now, usualInCalls(lines.usual, calls)),
  ];
  const errors = [...newErrors(logs, reference.logs, recent.sinceMs), ...errorOperations(during, usual)];
  addBrokenCode(tally, lost, errors, calls);
  const sinceSeconds = recent.sinceMs / 1_000;
  // Inside traces lost steps tell the same, and better.
  if (lines.now.length === 0) addTemplateRates(tally, logs, reference.logs, { calls, sinceSeconds });
  return sinceSeconds;
};
