import { WEIGHTS } from './engine-weights.js';
import type { SpanWindow, TelemetryEvidence } from './telemetry-evidence.js';

/** Spans and lines of the incident, told from those before it. */
export interface RecentEvidence {
  during: readonly SpanWindow[];
  before: readonly SpanWindow[];
  /** Log lines since then count as those of the incident. */
  sinceMs: number;
}

/**
 * The last minute or so: incidents are looked at while they last, and code breaks without a metric moving, so the onset found in
 * metrics would be the wrong line to draw. Where single lines and spans are unknown, the onset is all there is, and without it
 * their counts.
 */
export const recentEvidence = ({ spanWindows, logs }: TelemetryEvidence, onsetSeconds: number): RecentEvidence => {
  const since = highest(spanWindows.map(({ toSeconds }) => toSeconds)) - WEIGHTS.recentSeconds;
  const during = spanWindows.filter(({ toSeconds }) => toSeconds > since);
  const before = spanWindows.filter(({ toSeconds }) => toSeconds <= since);
  const windowsSince = -highest(during.map(({ fromSeconds }) => -fromSeconds));
  const linesSince = highest(logs.events.map(({ atMs }) => atMs / 1_000)) - WEIGHTS.recentSeconds;
  const countsSince = highest(logs.templates.flatMap(({ counts }) => counts.map(([at]) => at))) - WEIGHTS.recentSeconds;
  const sinceSeconds =
    [windowsSince, linesSince, onsetSeconds, countsSince].find((seconds) => Number.isFinite(seconds)) ?? -Infinity;
  return { during, before, sinceMs: 1_000 * sinceSeconds };
};

/** Long lists would be too many arguments of Math.max. */
const highest = (values: readonly number[]): number => values.reduce((max, value) => Math.max(max, value), -Infinity);
