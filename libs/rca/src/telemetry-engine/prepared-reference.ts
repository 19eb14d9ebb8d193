import { TraceWindow } from './channels/trace-window.js';
import { tracedLines, type TracedLine } from './channels/traced-lines.js';
import { runsOf, usualSteps, type UsualSteps } from './channels/lost-steps.js';
import { cleanEdges, referenceValues } from './measured-series.js';
import { robustSpread, type Spread } from './statistics.js';
import type { EdgeLatency, TelemetryReference } from './telemetry-evidence.js';

/** What the channels need of a reference. Derived once, since one reference serves all incidents of a day. */
export interface PreparedReference {
  /** Usual values by `seriesKey`. */
  values: ReadonlyMap<string, readonly number[]>;
  /** Their spread, of the series that have enough of them. */
  spreads: ReadonlyMap<string, Spread>;
  edges: readonly EdgeLatency[];
  traces: TraceWindow;
  steps: UsualSteps;
  /** Log lines by trace. */
  lines: readonly (readonly TracedLine[])[];
}

const SPREAD_POINTS_MIN = 10;

const prepared = new WeakMap<TelemetryReference, PreparedReference>();

export const prepareReference = (reference: TelemetryReference): PreparedReference => {
  let known = prepared.get(reference);
  if (!known) {
    const values = referenceValues(reference.series);
    known = {
      values,
      spreads: new Map(
        [...values].filter(([, of]) => of.length >= SPREAD_POINTS_MIN).map(([key, of]) => [key, robustSpread(of)] as const),
      ),
      edges: cleanEdges(reference.edges),
      traces: new TraceWindow(reference.spanWindows),
      steps: usualSteps(runsOf(reference.logs, reference.spanWindows, -Infinity)),
      lines: tracedLines(reference.logs),
    };
    prepared.set(reference, known);
  }
  return known;
};
